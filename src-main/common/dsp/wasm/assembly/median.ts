/**
 * Running medians of bytes, thirty-two places at a time. The window of a place has `size` (odd, at most 255) values, `step`
 * bytes apart from the place on: `step` 1 runs along a row, the length of a row runs down the columns. Values are stored
 * with their highest bit turned, since compares are signed. `rows` rows of `columns` places (a multiple of 32) lie `row`
 * bytes apart at `from`; the medians come without gaps between their rows, as plain bytes.
 *
 * The median is found bit by bit: a bit stays if more than half of the window's values are at least as high with it.
 */
export function medianBytes(
  from: usize,
  rows: usize,
  columns: usize,
  row: usize,
  step: usize,
  size: usize,
  into: usize,
): void {
  const most = i8x16.splat(<i8>(size / 2 + 1));
  const turned = i8x16.splat(-128);
  const one = i8x16.splat(1);
  const span = size * step;
  for (let r: usize = 0; r < rows; r++) {
    for (let c: usize = 0; c < columns; c += 32) {
      const first = from + r * row + c;
      const end = first + span;
      // Two at a time: neither waits for its sum.
      let m0 = i8x16.splat(0);
      let m1 = m0;
      for (let bit: i32 = 128; bit > 0; bit >>= 1) {
        const b = i8x16.splat(<i8>bit);
        const h0 = v128.or(m0, b);
        const h1 = v128.or(m1, b);
        const below0 = v128.xor(i8x16.sub(h0, one), turned);
        const below1 = v128.xor(i8x16.sub(h1, one), turned);
        let n0 = i8x16.splat(0);
        let n1 = n0;
        for (let at = first; at < end; at += step) {
          n0 = i8x16.sub(n0, i8x16.gt_s(v128.load(at), below0));
          n1 = i8x16.sub(n1, i8x16.gt_s(v128.load(at, 16), below1));
        }
        m0 = v128.bitselect(h0, m0, i8x16.eq(i8x16.max_u(n0, most), n0));
        m1 = v128.bitselect(h1, m1, i8x16.eq(i8x16.max_u(n1, most), n1));
      }
      v128.store(into, m0);
      v128.store(into, m1, 16);
      into += 32;
    }
  }
}
