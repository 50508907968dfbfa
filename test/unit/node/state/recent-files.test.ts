import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { RecentFiles, stateFolder } from '../../../../src-main/node/state/recent-files.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-recent-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const song = (number: number): string => join(folder, `song-${number}.wav`);
for (let number = 0; number < 15; number++) writeFileSync(song(number), '');
const names = (recent: RecentFiles): string[] => recent.list().map(({ name }) => name);

it('keeps the newest first, each once, and no more than twelve', () => {
  let time = 0;
  const recent = new RecentFiles(join(folder, 'a', 'recent.json'), () => ++time);
  for (let number = 0; number < 15; number++) recent.add(song(number), `${number}`);
  recent.add(song(10), 'ten');
  expect(names(recent)).toEqual(['ten', '14', '13', '12', '11', '9', '8', '7', '6', '5', '4', '3']);
  expect(recent.list()[0]).toEqual({ path: song(10), name: 'ten', openedAt: 16 });
  expect(names(new RecentFiles(join(folder, 'a', 'recent.json')))).toEqual(names(recent));
});

it('does not list what is gone, and lists it again when it is back', () => {
  const recent = new RecentFiles(join(folder, 'b.json'));
  recent.add(song(1), 'one');
  rmSync(song(1));
  expect(names(recent)).toEqual([]);
  writeFileSync(song(1), '');
  expect(names(recent)).toEqual(['one']);
});

it('forgets one or all', () => {
  const recent = new RecentFiles(join(folder, 'c.json'));
  for (const number of [1, 2, 3]) recent.add(song(number), `${number}`);
  recent.forget(song(2));
  expect(names(recent)).toEqual(['3', '1']);
  recent.forget();
  expect(names(recent)).toEqual([]);
});

it('takes a broken file for an empty list, and a place it cannot write to for none', () => {
  const file = join(folder, 'd.json');
  for (const text of ['', '{"version":2,"files":[]}', '{"version":1,"files":[{"path":5}]}']) {
    writeFileSync(file, text);
    expect(names(new RecentFiles(file))).toEqual([]);
  }
  const nowhere = new RecentFiles(join(file, 'recent.json'));
  expect(() => nowhere.add(song(1), 'one')).not.toThrow();
  expect(readFileSync(file, 'utf8')).toContain('"path":5');
});

it('takes its folder from the environment', () => {
  expect(stateFolder({ UNBRAID_STATE: '/elsewhere' })).toBe('/elsewhere');
  if (process.platform === 'linux')
    expect(stateFolder({ XDG_CONFIG_HOME: '/config' })).toBe(join('/config', 'unbraid'));
});
