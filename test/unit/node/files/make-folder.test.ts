import { existsSync, mkdtempSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../../../src-main/node/files/make-folder.js';
import { testFolder } from '../../../cli/support/run.js';

const root = testFolder();
const fresh = (): string => mkdtempSync(join(root, 'm-'));
const withCode = (code: string): unknown => expect.objectContaining({ code });

it('makes all that is missing, once', () => {
  const dir = join(fresh(), 'a', 'b', 'c');
  expect(makeFolder(dir)).toEqual([join(dir, '..', '..'), join(dir, '..'), dir]);
  expect(makeFolder(dir)).toEqual([]);
  makeFolder(`${dir}/`);
  expect(statSync(dir).isDirectory()).toBe(true);
});

it('goes through links to folders, and takes no file for a folder', () => {
  const dir = fresh();
  symlinkSync(fresh(), join(dir, 'link'));
  makeFolder(join(dir, 'link', 'inside'));
  expect(existsSync(join(dir, 'link', 'inside'))).toBe(true);
  writeFileSync(join(dir, 'file'), '');
  expect(() => makeFolder(join(dir, 'file'))).toThrow(withCode('EEXIST'));
  expect(() => makeFolder(join(dir, 'file', 'inside'))).toThrow(withCode('ENOTDIR'));
  symlinkSync(join(dir, 'nowhere'), join(dir, 'dangling'));
  expect(() => makeFolder(join(dir, 'dangling'))).toThrow(withCode('EEXIST'));
});

it.runIf(existsSync('/proc/self'))('ends where a folder cannot be made', () => {
  expect(() => makeFolder('/proc/unbraid/deeper')).toThrow(withCode('ENOENT'));
  makeFolder('/');
  makeFolder('.');
});
