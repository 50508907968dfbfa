// Dot products of the polyphase resampler, float32 with four lanes; the order of additions depends on nothing
// but the number of taps, so any blocking gives identical samples.

// @ts-ignore: decorator
@inline
function sum4(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

// @ts-ignore: decorator
@inline
function dot(x: usize, row: usize, taps: usize): f32 {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  const end = row + 4 * taps;
  while (row < end) {
    s0 = f32x4.add(s0, f32x4.mul(v128.load(x), v128.load(row)));
    s1 = f32x4.add(s1, f32x4.mul(v128.load(x, 16), v128.load(row, 16)));
    x += 32;
    row += 32;
  }
  return sum4(f32x4.add(s0, s1));
}

/** Exact phases: the position advances by step/phases input frames an output; taps is a multiple of 8. */
export function polyphase(
  x: usize,
  table: usize,
  taps: usize,
  phases: usize,
  step: usize,
  phase: usize,
  count: usize,
  out: usize,
): void {
  const whole = step / phases;
  const part = step % phases;
  for (let i: usize = 0; i < count; i++) {
    store<f32>(out + 4 * i, dot(x, table + 4 * taps * phase, taps));
    x += 4 * whole;
    phase += part;
    if (phase >= phases) {
      phase -= phases;
      x += 4;
    }
  }
}

/** The same for ratios with many phases: `rows` + 1 tabled phases, blended linearly. */
export function polyphaseLerp(
  x: usize,
  table: usize,
  taps: usize,
  rows: usize,
  phases: usize,
  step: usize,
  phase: usize,
  count: usize,
  out: usize,
): void {
  const whole = step / phases;
  const part = step % phases;
  for (let i: usize = 0; i < count; i++) {
    const position = (<f64>phase * <f64>rows) / <f64>phases;
    const index = <usize>position;
    const blend = position - <f64>index;
    const row = table + 4 * taps * index;
    const a = <f64>dot(x, row, taps);
    const b = <f64>dot(x, row + 4 * taps, taps);
    store<f32>(out + 4 * i, <f32>(a + blend * (b - a)));
    x += 4 * whole;
    phase += part;
    if (phase >= phases) {
      phase -= phases;
      x += 4;
    }
  }
}
