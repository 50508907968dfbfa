import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { TileMask, maskGrid } from '../../../../src-main/common/separation/edits/tile-mask.js';
import { runMaskTask } from '../../../../src-main/node/project/mask-thread.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-mask-thread-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const shape = { frames: 4, bins: maskGrid.nFft / 2 + 1 };

function maskFile(): string {
  const mask = new TileMask(maskGrid);
  mask.set(2, 30, 1);
  const path = join(folder, 'mask');
  writeFileSync(path, mask.encode());
  return path;
}

describe('the thread of a selection', () => {
  it('hands back what its task made, and the typed error of one that failed', async () => {
    const path = join(folder, 'out.npy');
    const task = { maskFile: maskFile(), path, format: 'npy', shape } as const;
    expect(await runMaskTask('write', task)).toBeNull();
    const bytes = await runMaskTask('read', { path, shape });
    expect([...bytes]).toEqual([...readFileSync(maskFile())]);
    const missing = runMaskTask('read', { path: join(folder, 'nowhere.npy'), shape });
    await expect(missing).rejects.toMatchObject({ code: 'file-not-found' });
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
