import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hashFile } from '../../../../../src-main/node/files/content-hash.js';
import type { ProjectSource } from '../../../../../src-main/node/project/folder/format.js';
import { describeSource, findSource } from '../../../../../src-main/node/project/folder/source.js';
import { testFolder } from '../../../../cli/support/run.js';

const root = testFolder();

/** A project beside its song. */
async function project(): Promise<{ home: string; dir: string; song: string; source: ProjectSource }> {
  const home = mkdtempSync(join(root, 's-'));
  const dir = join(home, 'a', 'song.unbraid');
  const song = join(home, 'a', 'song.wav');
  mkdirSync(dir, { recursive: true });
  writeFileSync(song, 'the song');
  return { home, dir, song, source: describeSource(dir, song, 'song.wav', await hashFile(song)) };
}

it('a song that stays is found', async () => {
  const { dir, song, source } = await project();
  expect(source).toMatchObject({ name: 'song.wav', absolute: song, relative: '../song.wav', bytes: 8 });
  expect(await findSource(dir, source)).toBe(song);
});

it('a song that moved with its project is found beside it', async () => {
  const { home, source } = await project();
  renameSync(join(home, 'a'), join(home, 'b'));
  expect(await findSource(join(home, 'b', 'song.unbraid'), source)).toBe(join(home, 'b', 'song.wav'));
});

it('a song that stays while its project moves is found where it was', async () => {
  const { home, dir, song, source } = await project();
  mkdirSync(join(home, 'b', 'c'), { recursive: true });
  renameSync(dir, join(home, 'b', 'c', 'song.unbraid'));
  expect(await findSource(join(home, 'b', 'c', 'song.unbraid'), source)).toBe(song);
});

it('a song that is gone is asked for by name, and taken from where a person says', async () => {
  const { home, dir, song, source } = await project();
  const elsewhere = join(home, 'elsewhere.wav');
  renameSync(song, elsewhere);
  await expect(findSource(dir, source)).rejects.toMatchObject({
    code: 'source-moved',
    file: song,
    message: 'The song "song.wav" of this project is not where it was',
    hint: 'Put it back, or say where it is now.',
  });
  expect(await findSource(dir, source, elsewhere)).toBe(elsewhere);
});

it.each([
  ['of another length', 'another song'],
  ['of the same length', 'the Song'],
])('a file %s is not the song', async (_, text) => {
  const { dir, song, source } = await project();
  writeFileSync(song, text);
  await expect(findSource(dir, source)).rejects.toMatchObject({ code: 'source-changed', file: song });
  await expect(findSource(dir, source, song)).rejects.toMatchObject({ code: 'source-changed', file: song });
});
