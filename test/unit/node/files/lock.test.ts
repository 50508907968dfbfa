import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, watch, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lockFolder, takeLock } from '../../../../src-main/node/files/lock.js';
import { ownerTag } from '../../../../src-main/node/files/workspace.js';
import { testFolder } from '../../../cli/support/run.js';

const root = testFolder();
const fresh = (): string => mkdtempSync(join(root, 'l-'));
const refused = (dir: string): unknown => expect.objectContaining({ code: 'project-locked', file: dir });

function leave(dir: string, owner: unknown): void {
  writeFileSync(join(dir, 'lock'), JSON.stringify(owner));
}

it('a folder has one owner, and is free again afterwards', () => {
  const dir = fresh();
  const lock = lockFolder(dir);
  expect(() => lockFolder(dir)).toThrow(refused(dir));
  void lock.dispose();
  expect(readdirSync(dir)).toEqual([]);
  void lockFolder(dir).dispose();
});

it('the lock of a process that lives is refused, and taken over once it has ended', async () => {
  const dir = fresh();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    leave(dir, { host: hostname(), pid: child.pid, token: 'other' });
    expect(() => lockFolder(dir)).toThrow(`process ${child.pid}`);
    expect(() => lockFolder(dir)).toThrow(refused(dir));
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
  const lock = lockFolder(dir);
  expect(JSON.parse(readFileSync(join(dir, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
  expect(readdirSync(dir)).toEqual(['lock']);
  void lock.dispose();
});

it('a lock of another computer is never taken over, and the message names it', () => {
  const dir = fresh();
  leave(dir, { host: 'other-computer', pid: 1, token: 'x' });
  expect(() => lockFolder(dir)).toThrow(/other-computer/);
});

it.each([
  [
    'with the number of this process, left by one before it',
    { host: hostname(), pid: process.pid, token: 'x' },
  ],
  ['that says nothing', null],
])('a lock %s is taken over', (_, owner) => {
  const dir = fresh();
  leave(dir, owner);
  const lock = lockFolder(dir);
  void lock.dispose();
  expect(existsSync(join(dir, 'lock'))).toBe(false);
});

it('who lost a lock does not take away the new one', () => {
  const dir = fresh();
  const lock = lockFolder(dir);
  leave(dir, { host: 'other-computer', pid: 1, token: 'x' });
  void lock.dispose();
  expect(existsSync(join(dir, 'lock'))).toBe(true);
});

it('what a process that was killed left while it took or wrote something is deleted by the next owner', async () => {
  const dir = fresh();
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('exit', resolve));
  const host = ownerTag().split('-')[0];
  const dead = ['lock.0123456789abcdef', 'lock.0123456789abcdef.stale', 'project.json'];
  for (const name of dead) writeFileSync(join(dir, `${name}.${host}-${child.pid}.part`), '{}');
  const kept = ['lock.other-7-1.part', `project.json.elsewhere-${child.pid}.part`, `a.${ownerTag()}.part`];
  for (const name of kept) writeFileSync(join(dir, name), '{}');
  const lock = lockFolder(dir);
  expect(readdirSync(dir).sort()).toEqual([...kept, 'lock'].sort());
  void lock.dispose();
});

it('the file with which a lock is taken says whose it is, so that the next owner can delete it', async () => {
  const dir = fresh();
  const seen: string[] = [];
  const watcher = watch(dir, (_, name) => seen.push(String(name)));
  try {
    const taken = takeLock(join(dir, 'song.claim'));
    if ('lock' in taken) void taken.lock.dispose();
    await expect.poll(() => seen).toContain('song.claim');
    const others = seen.filter((name) => name !== 'song.claim');
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter((name) => !name.endsWith(`.${ownerTag()}.part`))).toEqual([]);
  } finally {
    watcher.close();
  }
});
