import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PatchedWriter } from '../../../../src-main/node/audio/patched-cache.js';
import { PcmReader, patchBlock } from '../../../../src-main/node/audio/pcm-cache.js';
import { cacheOf, planesOf, testFolder } from '../../../fixtures/audio/caches.js';
import { noise } from '../../../fixtures/signals.js';

const folder = testFolder();
const frames = 4 * patchBlock + 1000;
const base = [noise(frames, 1), noise(frames, 2)];

/** Writes noise over `[start, start + count)` of the cache and of the planes that it is to equal. */
function patch(writer: PatchedWriter, expected: Float32Array[], start: number, count: number): void {
  const fresh = [noise(count, start + 3), noise(count, start + 4)];
  writer.writeAt(start, fresh, count);
  fresh.forEach((plane, ch) => expected[ch].set(plane.subarray(0, frames - start), start));
}

it('is the cache below but for what was written, within blocks and across them', () => {
  const below = cacheOf(folder, base, 44100);
  const writer = new PatchedWriter(below, join(folder, 'patched'));
  const expected = base.map((plane) => plane.slice());
  // A reader that is open already sees what is written later.
  const early = new PcmReader(writer.ref);
  expect(planesOf(writer.ref)).toEqual(expected);
  for (const [start, count] of [
    [100, 50],
    [2 * patchBlock - 10, 30],
    [120, 5],
    [frames - 20, 20],
  ] as const) {
    patch(writer, expected, start, count);
    expect(planesOf(writer.ref)).toEqual(expected);
  }
  const whole = new Float32Array(frames + 20);
  early.readChannel(1, -10, whole.length, whole);
  expect(whole.subarray(10, frames + 10)).toEqual(expected[1]);
  expect([...whole.subarray(0, 10), ...whole.subarray(frames + 10)].every((x) => x === 0)).toBe(true);
  early.dispose();
  writer.dispose();
  expect(planesOf(below)).toEqual(base);
});

it('takes only the blocks that were written', () => {
  const below = cacheOf(folder, base, 44100);
  const dir = join(folder, 'sparse');
  const writer = new PatchedWriter(below, dir);
  patch(
    writer,
    base.map((plane) => plane.slice()),
    patchBlock + 5,
    10,
  );
  writer.dispose();
  // A reader of the patches alone: everything but the one block is silent.
  const reader = new PcmReader({ dir, channels: 2, sampleRate: 44100, frames });
  const plane = new Float32Array(frames);
  reader.readChannel(0, 0, frames, plane);
  reader.dispose();
  expect(plane.subarray(0, patchBlock).every((x) => x === 0)).toBe(true);
  expect(plane.subarray(2 * patchBlock).every((x) => x === 0)).toBe(true);
  expect(plane.subarray(patchBlock, patchBlock + 5)).toEqual(base[0].subarray(patchBlock, patchBlock + 5));
  expect(statSync(join(dir, '0.f32')).size).toBe(4 * frames);
});

it('says so when the cache below is gone, and leaves nothing open', () => {
  const below = cacheOf(folder, base, 44100);
  const gone = { ...below, dir: join(folder, 'gone') };
  expect(() => new PatchedWriter(gone, join(folder, 'lost'))).toThrow(
    expect.objectContaining({ code: 'file-not-found' }),
  );
  expect(existsSync(join(folder, 'lost', 'blocks'))).toBe(false);
});
