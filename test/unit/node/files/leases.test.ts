import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Leases } from '../../../../src-main/node/files/leases.js';

const root = mkdtempSync(join(tmpdir(), 'unbraid-leases-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('a folder that is read goes with its last reader, also when a folder in it is read; others go at once', () => {
  const leases = new Leases();
  const [stems, layer, free] = ['stems', 'layer', 'free'].map((name) => join(root, name));
  const inner = join(layer, 'track-0');
  for (const dir of [stems, inner, free, `${layer}-2`]) mkdirSync(dir, { recursive: true });
  const [first, second] = [leases.hold([stems]), leases.hold([stems, inner])];
  leases.remove([stems, layer, free, `${layer}-2`]);
  expect([stems, inner, free, `${layer}-2`].map((dir) => existsSync(dir))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  void first.dispose();
  void first.dispose();
  expect(existsSync(stems)).toBe(true);
  void second.dispose();
  expect([stems, layer].map((dir) => existsSync(dir))).toEqual([false, false]);
});
