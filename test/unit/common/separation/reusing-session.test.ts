import { expect, it } from 'vitest';
import { ReusingSession } from '../../../../src-main/common/separation/reusing-session.js';
import { frameEnergy } from '../../../../src-main/common/separation/host-plans.js';
import type { Session, Tensor } from '../../../../src-main/common/separation/separator.js';
import { createWindow } from '../../../../src-main/common/dsp/windows.js';

/** Doubles its input, into `into` where it is given; fails for negative numbers after it has begun to write. */
const doubling: Session & { given: (Tensor | undefined)[] } = {
  given: [],
  inputNames: ['x'],
  outputNames: ['y'],
  run({ x }, into) {
    this.given.push(into?.y);
    const y = into?.y ?? { data: new Float32Array(x.data.length), dims: x.dims };
    for (let i = 0; i < x.data.length; i++) {
      if (x.data[i] < 0) return Promise.reject(new Error('negative'));
      y.data[i] = 2 * x.data[i];
    }
    return Promise.resolve({ y });
  },
};

const tensor = (...data: number[]): Tensor => ({ data: Float32Array.from(data), dims: [data.length] });

it('a session writes into what it gave last while sizes stay, and into fresh memory otherwise', async () => {
  const session = new ReusingSession(doubling);
  const { y: first } = await session.run({ x: tensor(1, 2) });
  const { y: second } = await session.run({ x: tensor(3, 4) });
  expect(second.data).toBe(first.data);
  expect([...second.data]).toEqual([6, 8]);
  const { y: longer } = await session.run({ x: tensor(1, 2, 3) });
  expect([...longer.data]).toEqual([2, 4, 6]);
  expect([...second.data]).toEqual([6, 8]);
  // What the caller brings is used as it is, and what a failed run began is not used again.
  const own = tensor(0, 0, 0);
  await session.run({ x: tensor(5, 5, 5) }, { y: own });
  expect([...own.data]).toEqual([10, 10, 10]);
  expect([...longer.data]).toEqual([2, 4, 6]);
  await expect(session.run({ x: tensor(7, -1, 7) })).rejects.toThrow('negative');
  const { y: after } = await session.run({ x: tensor(1, 1, 1) });
  expect(after.data).not.toBe(longer.data);
  expect(doubling.given.at(-1)).toBeUndefined();
});

it.each([
  [16, 4, 3],
  [16, 4, 5],
  [16, 4, 40],
  [16, 5, 33],
  [12, 12, 9],
])('Σ w² of frames of %i samples every %i: %i of them, summed one by one', (nFft, hop, frames) => {
  const energy = frameEnergy({ nFft, hop, window: 'hamming', winLength: nFft - 2 }, frames);
  const window = createWindow('hamming', nFft - 2, 'periodic');
  const wanted = new Float32Array((frames - 1) * hop + nFft);
  for (let f = 0; f < frames; f++) window.forEach((w, i) => (wanted[f * hop + 1 + i] += w * w));
  expect(energy).toEqual(wanted);
});
