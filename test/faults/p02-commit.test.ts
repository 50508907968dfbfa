import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { OutputFolder } from '../../src-main/node/jobs/output-folder.js';
import { testFolder } from '../cli/support/run.js';

const dir = testFolder();
const script = fileURLToPath(new URL('./support/commit-child.mjs', import.meta.url));
const key = 'f'.repeat(64);
/** More than the file operations of one commit. */
const most = 32;

/** Commits with the faults number `first` to `last`; what the process said about each before it ended. */
function commitWith(fault: string, first: number, last: number, replace = ''): Promise<string[]> {
  return new Promise((resolve) => {
    const base = join(dir, replace);
    const args = [script, base, fault, key, String(first), String(last), replace];
    execFile(process.execPath, args, (_error, stdout) => resolve(stdout.trim().split('\n')));
  });
}

/** The files under their final names; fails when one is not whole. */
function shown(root: string, fault: string): string[] {
  const song = join(root, 'song');
  const names = existsSync(song) ? readdirSync(song) : [];
  for (const name of names) {
    expect(readFileSync(join(song, name), 'utf8')).toBe(`${fault} ${name.slice(0, 3)} `.repeat(1000));
  }
  return names;
}

/** Opens the folder as the next run does: the set must be there with its record, or be gone without a trace. */
function expectAllOrNothing(fault: string, n: number): number {
  const root = join(dir, `${fault}-${n}`);
  const before = shown(root, fault).length;
  const folder = new OutputFolder(root);
  folder.open();
  const after = shown(root, fault).length;
  expect([0, 2]).toContain(after);
  expect(after).toBeGreaterThanOrEqual(before);
  expect(folder.records.find(key) !== undefined).toBe(after === 2);
  folder.close();
  const state = join(root, '.unbraid');
  expect(existsSync(state) ? readdirSync(state) : []).toEqual(after === 2 ? [`${key}.json`] : []);
  return before;
}

describe('P2 a commit is all or nothing', () => {
  it('when the process is killed at any of its file operations', async () => {
    const numbers = Array.from({ length: most }, (_, i) => i + 1);
    const told: string[] = [];
    for (let i = 0; i < most; i += 4) {
      const some = numbers.slice(i, i + 4).map((n) => commitWith('SIGKILL', n, n));
      told.push(...(await Promise.all(some)).map(([text]) => text));
    }
    for (const n of numbers) expectAllOrNothing('SIGKILL', n);
    // Open, write, sync and rename of intent and record, two moves, folders synced: the faults did visit them.
    expect(told.filter((text) => text === '').length).toBeGreaterThan(15);
    expect(told.at(-1)).toBe('past the end');
  });

  it.each([
    ['ENOSPC', 'disk-full'],
    ['EIO', 'io-error'],
    ['EACCES', 'permission-denied'],
  ])('when any of its file operations fails with %s: one typed error, nothing shown', async (fault, code) => {
    const told = await commitWith(fault, 1, most);
    const faults = told.filter((text) => text !== 'past the end');
    expect(faults.length).toBeGreaterThan(12);
    expect(new Set(faults)).toEqual(new Set([code]));
    told.forEach((text, i) => expect(expectAllOrNothing(fault, i + 1)).toBe(text === code ? 0 : 2));
  });

  /** The two files under their names, as the next run finds them: of the old set or of the new one, never of both. */
  function expectOldOrNew(fault: string, n: number): 'old' | 'new' {
    const root = join(dir, 'replace', `${fault}-${n}`);
    // Also for one who looks before the next run has put things right.
    expect([fault, n, readdirSync(join(root, 'song')).sort()]).toEqual([fault, n, ['one.wav', 'two.wav']]);
    const folder = new OutputFolder(root);
    folder.open();
    folder.close();
    const texts = ['one', 'two'].map((name) => readFileSync(join(root, 'song', `${name}.wav`), 'utf8'));
    const old = texts.filter((text) => text.startsWith('before'));
    expect([fault, n, old.length === 0 || old.length === 2]).toEqual([fault, n, true]);
    if (old.length === 0)
      expect(texts).toEqual(['one', 'two'].map((name) => `${fault} ${name} `.repeat(1000)));
    const state = join(root, '.unbraid');
    const left = existsSync(state) ? readdirSync(state) : [];
    expect(left).toEqual(old.length === 0 ? [`${key}.json`] : []);
    return old.length === 0 ? 'new' : 'old';
  }

  it('P2 replaces a set as a whole, or leaves the old one, whatever fails', async () => {
    for (const fault of ['ENOSPC', 'EIO', 'EACCES']) {
      const told = await commitWith(fault, 1, most, 'replace');
      expect(told.filter((text) => text !== 'past the end').length).toBeGreaterThan(14);
      told.forEach((text, i) =>
        expect([fault, i, expectOldOrNew(fault, i + 1)]).toEqual([
          fault,
          i,
          text === 'past the end' ? 'new' : 'old',
        ]),
      );
    }
  });

  it('P1 and when the process is killed at any operation', async () => {
    const ends = new Set<string>();
    for (let n = 1; n <= most; n++) {
      await commitWith('SIGKILL', n, n, 'replace');
      ends.add(expectOldOrNew('SIGKILL', n));
    }
    expect([...ends].sort()).toEqual(['new', 'old']);
  });
});
