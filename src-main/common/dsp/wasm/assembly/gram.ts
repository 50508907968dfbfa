// Products of two panels of float32 rows, in blocks of 4 × 2 rows so that eight sums stay in registers.

// @ts-ignore: decorator
@inline
function sum4(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/** out[i][j] = a[i] · b[j] for panels of `rows` rows (a multiple of 4) of `k` floats (a multiple of 4). */
export function gramPanel(a: usize, b: usize, rows: usize, k: usize, out: usize): void {
  const row = 4 * k;
  for (let i: usize = 0; i < rows; i += 4) {
    for (let j: usize = 0; j < rows; j += 2) {
      let s00 = f32x4.splat(0);
      let s10 = s00;
      let s20 = s00;
      let s30 = s00;
      let s01 = s00;
      let s11 = s00;
      let s21 = s00;
      let s31 = s00;
      let pa = a + i * row;
      let pb = b + j * row;
      const end = pb + row;
      while (pb < end) {
        const b0 = v128.load(pb);
        const b1 = v128.load(pb + row);
        const a0 = v128.load(pa);
        s00 = f32x4.add(s00, f32x4.mul(a0, b0));
        s01 = f32x4.add(s01, f32x4.mul(a0, b1));
        const a1 = v128.load(pa + row);
        s10 = f32x4.add(s10, f32x4.mul(a1, b0));
        s11 = f32x4.add(s11, f32x4.mul(a1, b1));
        const a2 = v128.load(pa + 2 * row);
        s20 = f32x4.add(s20, f32x4.mul(a2, b0));
        s21 = f32x4.add(s21, f32x4.mul(a2, b1));
        const a3 = v128.load(pa + 3 * row);
        s30 = f32x4.add(s30, f32x4.mul(a3, b0));
        s31 = f32x4.add(s31, f32x4.mul(a3, b1));
        pa += 16;
        pb += 16;
      }
      const o = out + 4 * (i * rows + j);
      store<f32>(o, sum4(s00));
      store<f32>(o, sum4(s01), 4);
      store<f32>(o + 4 * rows, sum4(s10));
      store<f32>(o + 4 * rows, sum4(s11), 4);
      store<f32>(o + 8 * rows, sum4(s20));
      store<f32>(o + 8 * rows, sum4(s21), 4);
      store<f32>(o + 12 * rows, sum4(s30));
      store<f32>(o + 12 * rows, sum4(s31), 4);
    }
  }
}
