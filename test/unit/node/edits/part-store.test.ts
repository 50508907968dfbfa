import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { PartStore, type PartRef } from '../../../../src-main/node/edits/part-store.js';

const dir = mkdtempSync(join(tmpdir(), 'unbraid-parts-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function samples(store: PartStore, ref: PartRef, channel: number): number[] {
  const into = new Float32Array(ref.count);
  store.read(ref, channel, 0, into);
  return [...into];
}

it('parts that are not kept are room for later ones, which begin silent, and the file ends behind the last', () => {
  const path = join(dir, 'parts.f32');
  const store = new PartStore(path);
  const size = (): number => statSync(path).size / 4;
  const [a, b, c] = [100, 50, 30].map((count, i) => {
    const ref = store.reserve(2, count);
    for (const channel of [0, 1]) store.add(ref, channel, 0, new Float32Array(count).fill(i + 1));
    return ref;
  });
  expect(size()).toBe(360);
  store.keep([b, c]);
  const small = store.reserve(2, 40);
  const [first, second] = [0, 1].map((channel) => samples(store, small, channel));
  expect([new Set(first), new Set(second)]).toEqual([new Set([0]), new Set([0])]);
  store.add(small, 1, 39, Float32Array.of(0.5));
  expect(size()).toBe(360);
  expect([samples(store, b, 0)[0], samples(store, b, 1)[49], samples(store, c, 1)[29]]).toEqual([2, 2, 3]);
  const large = store.reserve(2, 61);
  expect(size()).toBe(360 + 122);
  expect(new Set(samples(store, large, 0))).toEqual(new Set([0]));
  store.keep([small]);
  expect(size()).toBe(80);
  expect(samples(store, small, 1)[39]).toBe(0.5);
  expect(() => samples(store, a, 1)).toThrow(expect.objectContaining({ code: 'io-error' }));
  store.keep([]);
  expect(size()).toBe(0);
  store.dispose();
});

it('switching one edit off and on for ever takes no more room than once', () => {
  const path = join(dir, 'toggled.f32');
  const store = new PartStore(path);
  const below = store.reserve(1, 10);
  for (let i = 0; i < 20; i++) {
    const part = store.reserve(1, 1000);
    store.keep([below, part]);
    store.keep([below]);
  }
  store.reserve(1, 1000);
  expect(statSync(path).size).toBe(4 * 1010);
  store.dispose();
});
