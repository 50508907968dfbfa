import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SeparationEngine } from '../../../../src-main/node/inference/separation-engine.js';
import type { SeparateOptions } from '../../../../src-main/node/inference/separation.js';
import { Gate } from '../../../../src-main/node/queue/gate.js';
import { cacheOf, planesOf } from '../../../fixtures/audio/caches.js';
import { noise } from '../../../fixtures/signals.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-hold-'));
const engine = new SeparationEngine({ workers: 1 });
afterAll(() => {
  engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Separates half a minute by HPSS: several segments. */
async function separate(name: string, options: SeparateOptions): Promise<Float32Array[][]> {
  const tempDir = join(folder, name);
  mkdirSync(tempDir);
  const song = await engine.separate(
    {
      source: cacheOf(tempDir, [noise(30 * 44_100, 1)], 44_100),
      channelLayout: 'mono',
      separator: {
        ...{ kind: 'classic', id: 'hpss', name: 'HPSS', description: '' },
        ...{ stems: ['harmonic', 'percussive'], installed: true },
      },
      ...{ device: 'cpu', quality: {}, residual: 'fold', tempDir },
    },
    options,
  );
  return song.stems.map(({ ref }) => planesOf(ref));
}

describe('a separation that is held', () => {
  it('begins nothing until it is let through, and then gives the same samples', async () => {
    const gate = new Gate();
    let asked = 0;
    let told = 0;
    let reached: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (reached = resolve));
    const done = separate('held', {
      pass: () => {
        if (++asked === 3) {
          gate.close();
          reached();
        }
        return gate.pass();
      },
      onProgress: () => told++,
    });
    await held;
    // With one process nothing is under way here: everything that was begun has been reported.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = [asked, told];
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([asked, told]).toEqual(before);
    gate.open();
    const [paused, free] = [await done, await separate('free', {})];
    for (const [s, planes] of paused.entries()) {
      expect(planes[0].findIndex((sample, i) => sample !== free[s][0][i])).toBe(-1);
      expect(planes[0].length).toBe(free[s][0].length);
    }
    expect(asked).toBeGreaterThan(before[0]);
  });

  it('can be cancelled while it is held', async () => {
    const gate = new Gate();
    const abort = new AbortController();
    gate.close();
    const run = separate('cancelled', { pass: gate.pass, signal: abort.signal });
    abort.abort();
    gate.open();
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
  });
});
