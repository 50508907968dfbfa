import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { StepMarks } from '../../src-main/common/document/history-schema.js';
import { noMarks } from '../../src-main/common/document/marks.js';
import {
  newTrack,
  recordSchema,
  type DocumentRecord,
  type TrackRecord,
} from '../../src-main/common/document/records.js';
import { ProjectFolder } from '../../src-main/node/project/folder/project-folder.js';
import { testFolder } from '../cli/support/run.js';
import { stateOf } from '../unit/node/project/folder/projects.js';

const root = testFolder();
const drums = recordSchema.parse(newTrack('drums', 0)) as TrackRecord;
const script = fileURLToPath(new URL('./support/project-child.mjs', import.meta.url));

async function make(name: string): Promise<string> {
  const dir = join(root, name);
  await ProjectFolder.create(dir, stateOf([drums])).dispose();
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

/** The history that belongs to the state `order` of a project whose first track was this one. */
function historyOf(order: number, first: TrackRecord): StepMarks {
  const mark = (from: number, to: number): StepMarks['done'][number] => ({
    name: { text: `step.${to}` },
    diff: {
      ...{ added: {}, removed: {} },
      updated: {
        [first.id]: [
          { ...first, order: from },
          { ...first, order: to },
        ],
      },
    },
  });
  if (order === 0) return noMarks;
  const done = Array.from({ length: order }, (_, i) => mark(i, i + 1));
  return { done, undone: [mark(order, order + 0.5)] };
}

/** The state a killed process has left: what it called durable, or the one change it was about; with its history. */
async function survived(dir: string, all: readonly DocumentRecord[] = [drums]): Promise<number> {
  const { folder } = ProjectFolder.open(dir);
  const { document, history } = folder.file;
  const [track, ...others] = document.records as TrackRecord[];
  const [first, ...rest] = all as TrackRecord[];
  await folder.dispose();
  expect(track).toEqual({ ...first, order: track.order });
  expect(others).toEqual(rest);
  expect(history).toEqual(historyOf(track.order, first));
  const { last } = told(dir);
  expect(track.order).toBeGreaterThanOrEqual(last);
  expect(track.order).toBeLessThanOrEqual(last + 1);
  return track.order;
}

/** Lets a process change a project until its n-th file operation kills it. */
async function runAndKill(dir: string, n: number): Promise<void> {
  const child = spawn(process.execPath, [script, dir, String(n)], { stdio: ['ignore', 'ignore', 'inherit'] });
  expect((await once(child, 'exit'))[1]).toBe('SIGKILL');
}

describe('P24 a project whose process is killed', () => {
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
      await runAndKill(dir, n);
      await survived(dir);
    };
    for (let i = 0; i < numbers.length; i += 4) await Promise.all(numbers.slice(i, i + 4).map(killAt));
  });

  it('D24: at each file operation of the first changes in a project of version 1 loses nothing', async () => {
    const stored = fileURLToPath(new URL('../fixtures/projects/version-1', import.meta.url));
    const copy = (name: string): string => {
      cpSync(stored, join(root, name), { recursive: true });
      return join(root, name);
    };
    const { folder } = ProjectFolder.open(copy('looked-at'));
    const { records } = folder.file.document;
    await folder.dispose();
    expect(records).toHaveLength(4);
    const reached: number[] = [];
    for (let n = 1; n <= 26; n++) {
      const dir = copy(`old-${n}`);
      await runAndKill(dir, n);
      reached.push(await survived(dir, records));
    }
    // Before the file is written anew, and after changes that came behind it.
    expect(reached[0]).toBe(0);
    expect(reached.at(-1)).toBeGreaterThan(1);
  });
});
