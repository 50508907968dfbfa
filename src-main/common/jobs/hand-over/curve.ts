import type { Frames, Seconds } from '../../base/units.js';
import { edgeFrames, fillGains, type Envelope } from '../automation.js';

/** A level at a time; between two points the amplitude is linear. */
export interface CurvePoint {
  readonly seconds: Seconds;
  /** Amplitude factor. */
  readonly gain: number;
}

/** Furthest a line may be from the envelope: a share of its level, or this where it is nearly silent. */
const relativeError = 0.002;
const smallestError = 2e-6;

/**
 * An envelope as lines of amplitude, within 0.05 dB of what the mixer does at every frame (above −60 dB): programs
 * draw automation so, while gain regions are linear in dB and overlapping regions multiply. Seconds count from
 * `start`. Empty if nothing happens to the level in those frames.
 */
export function envelopeCurve(
  envelope: Envelope,
  sampleRate: number,
  { start, count }: { readonly start: Frames; readonly count: Frames },
): CurvePoint[] {
  const edge = edgeFrames(sampleRate);
  const end = start + count;
  const near = (from: Frames, to: Frames): Envelope =>
    envelope.filter((region) => region.start - edge <= to && region.end + edge > from);
  if (near(start, end).length === 0) return [];
  const corners = envelope.flatMap((region) => [
    ...[region.start - edge - 1, region.start - 1, region.start, region.end - 1, region.end + edge],
    // Two points at one frame are a jump: the frame before it has the old level.
    ...(region.kind === 'gain' ? region.points.flatMap(({ frame }) => [frame - 1, frame]) : []),
  ]);
  const inside = corners.filter((frame) => frame > start && frame < end);
  const frames = [...new Set([start, ...inside, end])].sort((a, b) => a - b);
  const curve: CurvePoint[] = [];
  for (let i = 0; i + 1 < frames.length; i++) {
    const gain = gainAt(near(frames[i], frames[i + 1]), edge);
    for (const frame of refined(gain, frames[i], frames[i + 1])) {
      curve.push({ seconds: (frame - start) / sampleRate, gain: gain(frame) });
    }
  }
  const last = gainAt(near(end, end), edge);
  return [...curve, { seconds: count / sampleRate, gain: last(end) }];
}

function gainAt(envelope: Envelope, edge: Frames): (frame: Frames) => number {
  const one = new Float32Array(1);
  return (frame) => (fillGains(envelope, edge, frame, 1, one) ? one[0] : 1);
}

/** Frames in [from, to) between which the level is as good as linear; `from` is one of them. */
function refined(gain: (frame: Frames) => number, from: Frames, to: Frames): Frames[] {
  if (to - from <= 1) return [from];
  const [low, high] = [gain(from), gain(to)];
  const straight = [0.25, 0.5, 0.75].every((part) => {
    const frame = Math.round(from + part * (to - from));
    const line = low + ((high - low) * (frame - from)) / (to - from);
    const level = gain(frame);
    return Math.abs(line - level) <= Math.max(smallestError, relativeError * level);
  });
  if (straight) return [from];
  const middle = Math.floor((from + to) / 2);
  return [...refined(gain, from, middle), ...refined(gain, middle, to)];
}
