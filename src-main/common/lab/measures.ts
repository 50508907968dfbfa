/** Where figures end that would be infinite, in dB: float64 noise beyond it says nothing. */
const end = 120;

type Signal = Float64Array | Float32Array;

function energy(x: Signal): number {
  let sum = 0;
  for (const value of x) sum += value * value;
  return sum;
}

function ratioDb(signal: number, noise: number): number {
  // Silence that stays silence is without error.
  if (noise <= 0) return end;
  return signal <= 0 ? -end : Math.max(-end, Math.min(end, 10 * Math.log10(signal / noise)));
}

/**
 * Signal to distortion: 10·log10(Σ r² / Σ (r − e)²), within ±120 dB (Mitsufuji et al., Music Demixing Challenge 2021, eq. 1,
 * without its offsets).
 */
export function sdr(reference: Signal, estimate: Signal): number {
  let noise = 0;
  for (let i = 0; i < reference.length; i++) noise += (reference[i] - estimate[i]) ** 2;
  return ratioDb(energy(reference), noise);
}

/** The same upside down, as one writes errors: −120 dB means no error. */
export function errorDb(reference: Signal, estimate: Signal): number {
  return -sdr(reference, estimate);
}

/** SDR after the reference was scaled to fit (Le Roux et al., "SDR – half-baked or well done?", ICASSP 2019). */
export function siSdr(reference: Float64Array, estimate: Float64Array): number {
  const power = energy(reference);
  const cross = reference.reduce((sum, r, i) => sum + r * estimate[i], 0);
  const target = reference.map((r) => (power > 0 ? (cross / power) * r : 0));
  return ratioDb(energy(target), energy(target.map((x, i) => x - estimate[i])));
}

/** Energy of one signal against that of another, within ±120 dB. */
export function balanceDb(a: Signal, b: Signal): number {
  return ratioDb(energy(a), energy(b));
}
