import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { TileMask, maskGrid } from '../../../../src-main/common/separation/edits/tile-mask.js';
import { runMaskTask } from '../../../../src-main/node/masks/mask-thread.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-mask-thread-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const shape = { frames: 4, bins: maskGrid.nFft / 2 + 1 };
const song = { samples: 3 * maskGrid.hop, sampleRate: 44_100 };

function maskFile(): string {
  const mask = new TileMask(maskGrid);
  mask.set(2, 30, 1);
  const path = join(folder, 'mask');
  writeFileSync(path, mask.encode());
  return path;
}

describe('the selection thread', () => {
  it('hands back what its task made, and the typed error of one that failed', async () => {
    const path = join(folder, 'out.npy');
    const task = { maskFile: maskFile(), path, format: 'npy', shape } as const;
    expect(await runMaskTask('write', task)).toBeNull();
    const bytes = await runMaskTask('read', { path, song, grid: null });
    expect([...bytes]).toEqual([...readFileSync(maskFile())]);
    const missing = runMaskTask('read', { path: join(folder, 'nowhere.npy'), song, grid: null });
    await expect(missing).rejects.toMatchObject({ code: 'file-not-found' });
  });

  it('reports how much is done', async () => {
    const many = { frames: 1000, bins: shape.bins };
    const long = { samples: 999 * maskGrid.hop, sampleRate: 44_100 };
    const path = join(folder, 'long.npy');
    const told: number[] = [];
    const hear = (share: number): number => told.push(share);
    const task = { maskFile: maskFile(), path, format: 'npy', shape: many } as const;
    await runMaskTask('write', task, undefined, hear);
    expect(told).toEqual([0, 0.256, 0.512, 0.768]);
    await runMaskTask('read', { path, song: long, grid: null }, undefined, hear);
    expect(told.slice(4)).toEqual([0, 0.256, 0.512, 0.768]);
  });

  it('ends when it is aborted, before and while it works', async () => {
    const controller = new AbortController();
    const task = { maskFile: maskFile(), path: join(folder, 'late.npy'), format: 'npy', shape } as const;
    const running = runMaskTask('write', task, controller.signal);
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await expect(runMaskTask('write', task, controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
