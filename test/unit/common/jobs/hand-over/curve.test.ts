import { describe, expect, it } from 'vitest';
import { edgeFrames, fillGains, type Envelope } from '../../../../../src-main/common/jobs/automation.js';
import { envelopeCurve, type CurvePoint } from '../../../../../src-main/common/jobs/hand-over/curve.js';

const rate = 44_100;
const range = { start: 20_000, count: 400_000 };

/** What a program that draws lines between the points plays at a frame of the song. */
function played(curve: readonly CurvePoint[], frame: number): number {
  const seconds = (frame - range.start) / rate;
  const next = curve.findIndex((point) => point.seconds >= seconds - 1e-12);
  if (next <= 0) return curve[Math.max(0, next)].gain;
  const [a, b] = [curve[next - 1], curve[next]];
  return a.gain + ((b.gain - a.gain) * (seconds - a.seconds)) / (b.seconds - a.seconds);
}

/** Furthest from the mixer's own factors over every 7th frame: a share of the level, or of −60 dB below that. */
function error(envelope: Envelope, curve: readonly CurvePoint[]): number {
  const gains = new Float32Array(range.count).fill(1);
  fillGains(envelope, edgeFrames(rate), range.start, range.count, gains);
  let worst = 0;
  for (let i = 0; i < range.count; i += 7) {
    const off = Math.abs(played(curve, range.start + i) - gains[i]);
    worst = Math.max(worst, off / Math.max(gains[i], 1e-3));
  }
  return worst;
}

const region = (
  kind: Envelope[number]['kind'],
  start: number,
  end: number,
  points: Envelope[number]['points'] = [],
) => ({ kind, start, end, points }) as const;

describe('an envelope as lines', () => {
  it.each<[string, Envelope]>([
    ['a mute', [region('mute', 50_000, 60_001)]],
    ['fades', [region('fade-in', 20_000, 90_000), region('fade-out', 380_000, 420_000)]],
    [
      'a ramp in dB',
      [
        region('gain', 60_000, 200_000, [
          { frame: 70_000, db: 6 },
          { frame: 190_000, db: -50 },
        ]),
      ],
    ],
    [
      'a jump between two points at one frame',
      [
        region('gain', 60_000, 90_000, [
          { frame: 70_000, db: -3 },
          { frame: 70_000, db: 9 },
        ]),
      ],
    ],
    [
      'a fade over a ramp over a mute',
      [
        region('fade-out', 100_000, 300_000),
        region('gain', 150_000, 350_000, [
          { frame: 150_000, db: -20 },
          { frame: 350_000, db: 12 },
        ]),
        region('mute', 200_000, 210_000),
      ],
    ],
    ['a region that begins before the frames', [region('gain', 0, 30_000, [{ frame: 0, db: -6 }])]],
  ])('follows %s', (_, envelope) => {
    const curve = envelopeCurve(envelope, rate, range);
    expect(error(envelope, curve)).toBeLessThan(0.005);
    expect(curve[0].seconds).toBe(0);
    expect(curve.at(-1)!.seconds).toBeCloseTo(range.count / rate, 9);
    expect(curve.every(({ seconds }, i) => i === 0 || seconds > curve[i - 1].seconds)).toBe(true);
    expect(curve.length).toBeLessThan(200);
  });

  it('has none where nothing happens', () => {
    expect(envelopeCurve([], rate, range)).toEqual([]);
    expect(envelopeCurve([region('mute', 0, 10_000)], rate, range)).toEqual([]);
    expect(envelopeCurve([region('mute', 430_000, 440_000)], rate, range)).toEqual([]);
  });
});
