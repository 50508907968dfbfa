// One round of PROJET's multiplicative updates. Planes of float32 lie `plane` bytes apart and have `cells` values, a multiple
// of 4; where they are padded they hold 0, which adds nothing.

const floor: f32 = 1e-12;
/** Bytes of a plane whose sums are in float32, before they go to float64. */
const block: usize = 4096;

/** ratios[m] = v[m] / Σ_j own[j][m] · p[j], four cells each. */
// @ts-ignore: decorator
@inline
function fit(v: usize, p: usize, plane: usize, sources: usize, projections: usize, own: usize, ratios: usize): void {
  for (let m: usize = 0; m < projections; m++) {
    let model = f32x4.splat(floor);
    let level = p;
    let gain = own + 4 * m;
    for (let j: usize = 0; j < sources; j++) {
      model = f32x4.add(model, f32x4.mul(v128.load(level), v128.load32_splat(gain)));
      level += plane;
      gain += 4 * projections;
    }
    v128.store(ratios + 16 * m, f32x4.div(v128.load(v + m * plane), model));
  }
}

/**
 * Magnitudes of the sources, p ← p · Σ_m own·v/model / Σ_m own, in place; then, with the new model, what an update of their
 * places needs: weighted[j][m] = Σ p[j]·v[m]/model[m] and sums[j] = Σ p[j], float64. `own` [sources][projections] and
 * `totals` [sources] are float32, `room` holds 16·(projections + sources·(projections + 1)) bytes.
 */
export function projetRound(
  v: usize,
  p: usize,
  plane: usize,
  cells: usize,
  sources: usize,
  projections: usize,
  own: usize,
  totals: usize,
  weighted: usize,
  sums: usize,
  room: usize,
): void {
  const pairs = sources * projections;
  const held = room + 16 * projections;
  const heldSums = held + 16 * pairs;
  memory.fill(weighted, 0, 8 * pairs);
  memory.fill(sums, 0, 8 * sources);
  for (let from: usize = 0; from < 4 * cells; from += block) {
    memory.fill(held, 0, 16 * (pairs + sources));
    const end: usize = min<usize>(4 * cells, from + block);
    for (let at = from; at < end; at += 16) {
      fit(v + at, p + at, plane, sources, projections, own, room);
      for (let j: usize = 0; j < sources; j++) {
        let sum = f32x4.splat(0);
        for (let m: usize = 0; m < projections; m++)
          sum = f32x4.add(sum, f32x4.mul(v128.load(room + 16 * m), v128.load32_splat(own + 4 * (j * projections + m))));
        const place = p + at + j * plane;
        v128.store(place, f32x4.mul(v128.load(place), f32x4.div(sum, v128.load32_splat(totals + 4 * j))));
      }
      fit(v + at, p + at, plane, sources, projections, own, room);
      let into = held;
      for (let j: usize = 0; j < sources; j++) {
        const level = v128.load(p + at + j * plane);
        v128.store(heldSums + 16 * j, f32x4.add(v128.load(heldSums + 16 * j), level));
        for (let m: usize = 0; m < projections; m++) {
          v128.store(into, f32x4.add(v128.load(into), f32x4.mul(level, v128.load(room + 16 * m))));
          into += 16;
        }
      }
    }
    for (let i: usize = 0; i < pairs; i++) addLanes(held + 16 * i, weighted + 8 * i);
    for (let j: usize = 0; j < sources; j++) addLanes(heldSums + 16 * j, sums + 8 * j);
  }
}

/** Adds four float32 to a float64. */
// @ts-ignore: decorator
@inline
function addLanes(from: usize, to: usize): void {
  const lanes = v128.load(from);
  const pairs = f64x2.add(
    f64x2.promote_low_f32x4(lanes),
    f64x2.promote_low_f32x4(v128.shuffle<f64>(lanes, lanes, 1, 1)),
  );
  store<f64>(to, load<f64>(to) + f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1));
}
