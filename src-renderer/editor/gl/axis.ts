import { hertzToMel, melToHertz } from '../../../src-main/common/dsp/mel.js';

export type AxisKind = 'log' | 'mel' | 'linear';
export const axisKinds: readonly AxisKind[] = ['log', 'mel', 'linear'];

/** A frequency axis: what is at the bottom and at the top of a lane, Hz. */
export interface FrequencyAxis {
  readonly kind: AxisKind;
  readonly low: number;
  readonly high: number;
}

/** Lowest frequency of a logarithmic axis; a bass's low B is at 31 Hz. */
const lowestLog = 30;

export function axisFor(kind: AxisKind, sampleRate: number): FrequencyAxis {
  const high = sampleRate / 2;
  return { kind, low: kind === 'log' ? Math.min(lowestLog, high / 2) : 0, high };
}

/** The scale on which the axis is even; mel as in HTK. */
function warp(kind: AxisKind, hertz: number): number {
  // A logarithmic axis has no place for 0 Hz; 1 mHz is below every one of them.
  if (kind === 'log') return Math.log2(Math.max(hertz, 1e-3));
  return kind === 'mel' ? hertzToMel(hertz, 'htk') : hertz;
}

function unwarp(kind: AxisKind, value: number): number {
  if (kind === 'log') return 2 ** value;
  return kind === 'mel' ? melToHertz(value, 'htk') : value;
}

/** Frequency at height `y` of a lane, 0 at the bottom, 1 at the top. */
export function hertzAt(axis: FrequencyAxis, y: number): number {
  const [low, high] = [warp(axis.kind, axis.low), warp(axis.kind, axis.high)];
  return unwarp(axis.kind, low + y * (high - low));
}

/** Height of a frequency, 0 … 1 from the bottom; outside of that for frequencies off the axis. */
export function heightOf(axis: FrequencyAxis, hertz: number): number {
  const [low, high] = [warp(axis.kind, axis.low), warp(axis.kind, axis.high)];
  return (warp(axis.kind, hertz) - low) / (high - low);
}

/** Frequencies to label, lowest first: 1-2-5 steps on logarithmic axes, even ones on a linear axis. */
export function axisLabels(axis: FrequencyAxis, height: number): number[] {
  const candidates =
    axis.kind === 'linear'
      ? Array.from({ length: 48 }, (_, i) => (i + 1) * 1000)
      : [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 40_000];
  const labels: number[] = [];
  let last = -Infinity;
  for (const hertz of candidates) {
    const pixel = heightOf(axis, hertz) * height;
    // Room for a line of text, and none cut off at the edges.
    if (pixel < 8 || pixel > height - 8 || pixel - last < 20) continue;
    labels.push(hertz);
    last = pixel;
  }
  return labels;
}
