import { hertzToMel, melToHertz } from '../../src-main/common/dsp/mel.js';
import { barkToHertz, hertzToBark } from './bark.js';

export type AxisKind = 'log' | 'mel' | 'bark' | 'linear';
/** The shader knows a kind by its place in this list. */
export const axisKinds: readonly AxisKind[] = ['log', 'mel', 'bark', 'linear'];

/** A range of frequencies, Hz. */
export interface Band {
  readonly low: number;
  readonly high: number;
}

/** A frequency axis: what is at the bottom and at the top of a lane, Hz. */
export interface FrequencyAxis extends Band {
  readonly kind: AxisKind;
}

/** Lowest frequency of a logarithmic axis; a bass's low B is at 31 Hz. */
const lowestLog = 30;

/** The whole axis, or the part of it that `band` has in it. */
export function axisFor(kind: AxisKind, sampleRate: number, band: Band | null = null): FrequencyAxis {
  const top = sampleRate / 2;
  const bottom = kind === 'log' ? Math.min(lowestLog, top / 2) : 0;
  const [low, high] = [Math.max(bottom, band?.low ?? bottom), Math.min(top, band?.high ?? top)];
  // A band that lies off this axis altogether shows all of it.
  return high > low ? { kind, low, high } : { kind, low: bottom, high: top };
}

/** The scale on which the axis is even; mel as in HTK. */
export function warp(kind: AxisKind, hertz: number): number {
  // A logarithmic axis has no place for 0 Hz; 1 mHz is below every one of them.
  if (kind === 'log') return Math.log2(Math.max(hertz, 1e-3));
  if (kind === 'bark') return hertzToBark(hertz);
  return kind === 'mel' ? hertzToMel(hertz, 'htk') : hertz;
}

/** Inverse of `warp`. */
export function unwarp(kind: AxisKind, value: number): number {
  if (kind === 'log') return 2 ** value;
  if (kind === 'bark') return barkToHertz(value);
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
