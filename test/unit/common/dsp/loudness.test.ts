import { afterAll, describe, expect, it } from 'vitest';
import { LoudnessMeter } from '../../../../src-main/common/dsp/loudness.js';
import { CodecClient } from '../../../../src-main/node/audio/codec-client.js';
import { cacheOf, testFolder, testSignal } from '../../../fixtures/audio/caches.js';
import { noise } from '../../../fixtures/signals.js';

const dir = testFolder();
const codec = new CodecClient();
afterAll(() => codec.dispose());

/** A stereo sine of 1 kHz whose peaks are at these levels, one after the other: [dBFS, seconds]. */
function tones(parts: readonly (readonly [number, number])[], rate: number): Float32Array[] {
  const plane = Float32Array.from(
    parts.flatMap(([db, seconds]) => Array<number>(seconds * rate).fill(10 ** (db / 20))),
    (level, i) => level * Math.sin((2 * Math.PI * 1000 * i) / rate),
  );
  return [plane, plane];
}

/** Feeds a meter in quanta, as the audio thread does. */
function measured(planes: readonly Float32Array[], rate: number, quantum = 128): LoudnessMeter {
  const meter = new LoudnessMeter(planes.length, rate);
  for (let at = 0; at < planes[0].length; at += quantum)
    meter.add(planes.map((plane) => plane.subarray(at, at + quantum)));
  return meter;
}

describe('loudness of what is played', () => {
  // EBU Tech 3341, cases 1 to 4; a meter may be wrong by 0.1 LU.
  it.each([
    ['1', [[-23, 20]], -23],
    ['2', [[-33, 20]], -33],
    [
      '3',
      [
        [-36, 10],
        [-23, 60],
        [-36, 10],
      ],
      -23,
    ],
    [
      '4',
      [
        [-72, 10],
        [-36, 10],
        [-23, 60],
        [-36, 10],
        [-72, 10],
      ],
      -23,
    ],
  ] as const)('meets the requirements of EBU Tech 3341, case %s', (_, parts, lufs) => {
    const { integrated } = measured(tones(parts, 48_000), 48_000).reading;
    expect(Math.abs(integrated - lufs)).toBeLessThan(0.1);
  });

  it.each([44_100, 48_000, 96_000])('is what FFmpeg measures, at %i Hz', async (rate) => {
    const loud = testSignal(2, 6 * rate, rate);
    const quiet = [noise(6 * rate, 1), noise(6 * rate, 2)].map((plane) => plane.map((x) => 0.002 * x));
    const planes = loud.map((plane, ch) => Float32Array.from([...plane, ...quiet[ch]]));
    const wanted = await codec.loudness([{ ref: cacheOf(dir, planes, rate), gain: 1 }]);
    const { integrated } = measured(planes, rate).reading;
    expect(Math.abs(integrated - wanted.integratedLufs)).toBeLessThan(0.1);
  });

  it('has the last 400 ms and 3 s, is silent before, and begins anew', () => {
    const rate = 48_000;
    const meter = measured(
      tones(
        [
          [-40, 5],
          [-20, 1],
        ],
        rate,
      ),
      rate,
    );
    const { momentary, shortTerm } = meter.reading;
    expect(momentary).toBeCloseTo(-20, 1);
    // One second of three is loud: 10 lg((10^−2 + 2 · 10^−4) / 3).
    expect(shortTerm).toBeCloseTo(-24.69, 1);
    meter.reset();
    expect(meter.reading).toEqual({ momentary: -Infinity, shortTerm: -Infinity, integrated: -Infinity });
    meter.add([new Float32Array(rate), new Float32Array(rate)]);
    expect(meter.reading.integrated).toBe(-Infinity);
  });
});
