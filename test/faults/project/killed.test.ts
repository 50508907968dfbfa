import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { newTrack, type TrackRecord } from '../../../src-main/common/document/records.js';
import { ProjectFolder } from '../../../src-main/node/project/folder/project-folder.js';
import { testFolder } from '../../cli/support/run.js';
import { stateOf } from '../../unit/node/project/folder/projects.js';

const root = testFolder();
const script = fileURLToPath(new URL('./project-child.mjs', import.meta.url));

async function make(name: string): Promise<string> {
  const dir = join(root, name);
  await ProjectFolder.create(dir, stateOf([newTrack('drums', 0)])).dispose();
  return dir;
}

/** The last state that the process called durable, and how many it has called so. */
function told(dir: string): { readonly last: number; readonly count: number } {
  const path = `${dir}.told`;
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  return { last: Number(lines.at(-1) ?? 0), count: lines.length };
}

/** Waits until the process has reported `count` states. */
async function reported(dir: string, count: number, child: ChildProcess): Promise<void> {
  const watcher = watch(root);
  const ended = once(child, 'exit');
  try {
    while (told(dir).count < count && child.exitCode === null)
      await Promise.race([once(watcher, 'change'), ended]);
  } finally {
    watcher.close();
  }
}

/** The state a killed process has left: what it called durable, or the one change it was about. */
async function survived(dir: string): Promise<number> {
  const { folder } = ProjectFolder.open(dir);
  const [track] = folder.file.document.records as TrackRecord[];
  await folder.dispose();
  expect(track).toEqual({ ...newTrack('drums', 0), order: track.order });
  const { last } = told(dir);
  expect(track.order).toBeGreaterThanOrEqual(last);
  expect(track.order).toBeLessThanOrEqual(last + 1);
  return track.order;
}

describe('a project whose process is killed', () => {
  it('at random moments of a long life keeps all it called durable', async () => {
    const dir = await make('long');
    let reached = 0;
    for (let life = 0; life < 12; life++) {
      const child = spawn(process.execPath, [script, dir], { stdio: ['ignore', 'ignore', 'inherit'] });
      const gone = once(child, 'exit');
      await reported(dir, told(dir).count + 1 + Math.floor(Math.random() * 40), child);
      child.kill('SIGKILL');
      expect((await gone)[1]).toBe('SIGKILL');
      const order = await survived(dir);
      expect(order).toBeGreaterThan(reached);
      reached = order;
    }
  });

  it('at each of its file operations has the state before or after', async () => {
    // Five changes of two operations each, a save of 18, and the beginning of the next.
    const numbers = Array.from({ length: 36 }, (_, i) => i + 1);
    const killAt = async (n: number): Promise<void> => {
      const dir = await make(`at-${n}`);
      const child = spawn(process.execPath, [script, dir, String(n)], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      expect((await once(child, 'exit'))[1]).toBe('SIGKILL');
      await survived(dir);
    };
    for (let i = 0; i < numbers.length; i += 4) await Promise.all(numbers.slice(i, i + 4).map(killAt));
  });
});
