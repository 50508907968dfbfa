import { describe, expect, it } from 'vitest';
import { Stft } from '../../../../src-main/common/dsp/stft.js';
import { StemShaper, shapeBlock } from '../../../../src-main/common/separation/shape.js';
import { errorDb, noise, sine } from '../../../fixtures/signals.js';

const rate = 44_100;
const frames = 100_000;

/** Stems that overlap in time and frequency, `[stem][channel][frames]`. */
function stems(count: number): Float32Array[][] {
  return Array.from({ length: count }, (_, s) =>
    [0, 1].map((ch) => {
      const hiss = noise(frames, 1 + 2 * s + ch);
      const tone = sine(frames, 300 * (s + 1), rate, 0.3);
      return tone.map((x, i) => x + 0.1 * hiss[i] * (1 + Math.sin(i / (9000 + 4000 * s))));
    }),
  );
}

/** Shapes whole stems as files are: block by block, each with its surroundings. */
function shaped(values: readonly number[], of: Float32Array[][], block = shapeBlock): Float32Array[][] {
  const shaper = new StemShaper(rate, values);
  const { reach } = shaper;
  const made = of.map((planes) => planes.map(() => new Float32Array(frames)));
  for (let start = 0; start < frames; start += block) {
    const cut = of.map((planes) =>
      planes.map((plane) =>
        Float32Array.from({ length: block + 2 * reach }, (_, i) => plane[start - reach + i] ?? 0),
      ),
    );
    shaper.shape(cut);
    cut.forEach((planes, s) =>
      planes.forEach((plane, ch) =>
        made[s][ch].set(plane.subarray(reach, reach + Math.min(block, frames - start)), start),
      ),
    );
  }
  return made;
}

/** Two stems by the formula, written out: what the first keeps of itself and gets of the second. */
function byFormula(value: number, [a, b]: Float32Array[][]): Float32Array[] {
  const stft = new Stft({ nFft: 4096, hop: 1024, pad: 'zero' });
  const [x, y] = [a, b].map((planes) => planes.map((plane) => stft.forward(plane)));
  const power = (channels: typeof x, i: number): number =>
    channels.reduce((sum, { re, im }) => sum + re[i] ** 2 + im[i] ** 2, 0);
  const shares = Float64Array.from(x[0].re, (_, i) => power(x, i) / (power(x, i) + power(y, i)));
  return a.map((_, ch) => {
    const out = { ...x[ch], re: x[ch].re.slice(), im: x[ch].im.slice() };
    shares.forEach((r, i) => {
      const mask = r ** (3 ** value);
      const keep = value > 0 ? mask / r : 1;
      const take = value < 0 ? (mask - r) / (1 - r) : 0;
      out.re[i] = keep * x[ch].re[i] + take * y[ch].re[i];
      out.im[i] = keep * x[ch].im[i] + take * y[ch].im[i];
    });
    return stft.inverse(out, frames);
  });
}

function sumDb(made: Float32Array[][], of: Float32Array[][]): number {
  const total = (set: Float32Array[][]): Float64Array =>
    Float64Array.from({ length: frames }, (_, i) => set.reduce((sum, planes) => sum + planes[1][i], 0));
  return errorDb(total(made), total(of));
}

describe('stems made cleaner or fuller', () => {
  it.each([1, 0.4, -0.4, -1])('a mask is raised to the power 3^value: %s', (value) => {
    const before = stems(2);
    const made = shaped([value, 0], before);
    const wanted = byFormula(value, before);
    // At its ends the formula has no frames outside of the song.
    const inside = (plane: Float32Array): Float32Array => plane.subarray(8192, -8192);
    for (const ch of [0, 1]) expect(errorDb(inside(made[0][ch]), inside(wanted[ch]))).toBeLessThan(-110);
    expect(errorDb(made[0][0], before[0][0])).toBeGreaterThan(-40);
    expect(sumDb(made, before)).toBeLessThan(-140);
  });

  it('what a stem loses goes to the others by their power', () => {
    const before = stems(2);
    // The third stem is silent: it gets nothing, and the second gets all.
    const silent = before[0].map(() => new Float32Array(frames));
    const made = shaped([0.7, 0, 0], [...before, silent]);
    const pair = shaped([0.7, 0], before);
    expect(errorDb(made[0][0], pair[0][0])).toBeLessThan(-120);
    expect(errorDb(made[1][0], pair[1][0])).toBeLessThan(-120);
    expect(Math.max(...made[2][0].map(Math.abs))).toBeLessThan(1e-7);
  });

  it('the sum stays when every stem wants more than there is', () => {
    const before = stems(4);
    for (const values of [
      [-1, -1, -1, -1],
      [1, 1, 1, 1],
      [1, -1, 0.3, -0.2],
    ]) {
      const made = shaped(values, before);
      expect(sumDb(made, before)).toBeLessThan(-140);
      for (const planes of made) for (const x of planes[0]) if (!(Math.abs(x) < 2)) throw new Error(`${x}`);
    }
  });

  it('the samples are the same however the song is cut', () => {
    const before = stems(3);
    const whole = shaped([0.5, -0.5, 0], before);
    const pieces = shaped([0.5, -0.5, 0], before, shapeBlock / 4);
    whole.forEach((planes, s) => expect(errorDb(pieces[s][1], planes[1])).toBeLessThan(-125));
  });

  it('values of 0 and silence change nothing, to the last bit', () => {
    const before = stems(3);
    const made = shaped([0, 0, 0], before);
    made.forEach((planes, s) => expect(planes[0].every((x, i) => x === before[s][0][i])).toBe(true));
    const silent = before.map((planes) => planes.map(() => new Float32Array(frames)));
    expect(
      shaped([1, -1, 0], silent)
        .flat()
        .every((plane) => plane.every((x) => x === 0)),
    ).toBe(true);
  });
});
