import { describe, expect, it } from 'vitest';
import { edgeFrames, fillGains, type Envelope } from '../../../../src-main/common/jobs/automation.js';
import type { Mixer } from '../../../../src-main/common/jobs/mixer.js';
import { mixStems } from '../../../../src-main/node/jobs/mix.js';
import { cacheOf, planesOf, testFolder, testSignal } from '../../../fixtures/audio/caches.js';

const dir = testFolder();
const sampleRate = 8000;
/** More than one block of the mixer. */
const frames = (1 << 16) + 4000;
const signals = [testSignal(2, frames, sampleRate), testSignal(2, frames, 9000)];
const stems = signals.map((planes, s) => ({
  name: ['vocals', 'drums'][s],
  peak: 1,
  ref: cacheOf(dir, planes, sampleRate),
}));
const envelope: Envelope = [
  { kind: 'mute', start: 3000, end: 5000, points: [] },
  {
    kind: 'gain',
    start: (1 << 16) - 500,
    end: (1 << 16) + 500,
    points: [
      { frame: (1 << 16) - 300, db: -12 },
      { frame: (1 << 16) + 300, db: 6 },
    ],
  },
];

let count = 0;
async function mix(mixer: Mixer, firstFrame?: number): Promise<Float32Array[]> {
  const { ref } = await mixStems({ stems, mixer, firstFrame }, `${dir}/mix-${count++}`);
  return planesOf(ref);
}

/** Σ gains[s] · factors[s] · stem, as the mixer promises it. */
function expected(gains: readonly number[], factors: readonly (Float32Array | null)[]): Float32Array[] {
  return [0, 1].map((ch) =>
    Float32Array.from({ length: frames }, (_, i) =>
      signals.reduce((sum, planes, s) => {
        const factor = factors[s];
        return sum + (factor ? gains[s] * factor[i] : gains[s]) * planes[ch][i];
      }, 0),
    ),
  );
}

function factorsFrom(start: number): Float32Array {
  const out = new Float32Array(frames).fill(1);
  fillGains(envelope, edgeFrames(sampleRate), start, frames, out);
  return out;
}

describe('the exported mix', () => {
  it('of everything as it is, is the plain sum to the last bit', async () => {
    const plain = [0, 1].map((ch) => signals[0][ch].map((x, i) => x + signals[1][ch][i]));
    expect(await mix({})).toEqual(plain);
    expect(await mix({ vocals: { automation: [] } })).toEqual(plain);
  });

  it('follows the automation sample by sample, across blocks', async () => {
    const heard = await mix({ vocals: { automation: envelope }, drums: { gainDb: 20 * Math.log10(0.5) } });
    expect(heard).toEqual(expected([1, 0.5], [factorsFrom(0), null]));
    expect(heard[0].slice(3000, 5000)).toEqual(signals[1][0].slice(3000, 5000).map((x) => x * 0.5));
  });

  it('of a selection takes the automation from where the selection is', async () => {
    const heard = await mix({ drums: { automation: envelope } }, 2500);
    expect(heard).toEqual(expected([1, 1], [null, factorsFrom(2500)]));
  });
});
