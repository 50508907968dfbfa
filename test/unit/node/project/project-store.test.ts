import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { noMarks } from '../../../../src-main/common/document/marks.js';
import { documentVersion } from '../../../../src-main/common/document/migrations.js';
import { newTrack, recordSchema, type TrackRecord } from '../../../../src-main/common/document/records.js';
import { SongRunner } from '../../../../src-main/node/jobs/song-runner.js';
import { ProjectStore, type SaveRequest } from '../../../../src-main/node/project/project-store.js';
import { UnnamedSongs } from '../../../../src-main/node/project/unnamed-songs.js';
import type { Session } from '../../../../src-main/node/session/session.js';
import { SessionStore } from '../../../../src-main/node/session/session-store.js';
import { writeWav } from '../../../cli/support/songs.js';
import { testFolder, testSignal } from '../../../fixtures/audio/caches.js';
import { stepOf } from './folder/projects.js';

// The real engine reads the song; a project is what is on the disk.
const root = testFolder();
const runner = new SongRunner({ cacheDir: join(root, 'cache') });
const sessions = new SessionStore(runner);
const unnamed = new UnnamedSongs(join(root, 'unnamed'), (dir) => store.holderOf(dir) !== undefined);
const store: ProjectStore = new ProjectStore({
  ...{ version: '1.0.0', now: () => 1000, sessions: () => sessions, isTemporary: () => false, unnamed },
});
afterAll(async () => {
  await store.dispose();
  await sessions.dispose();
  await runner.dispose();
});

mkdirSync(join(root, 'cache'), { recursive: true });
const song = writeWav(join(root, 'song.wav'), testSignal(1, 2000), 44_100, '32f');
const drums = recordSchema.parse(newTrack('drums', 0)) as TrackRecord;
const request = (gainDb = 0, since?: number): SaveRequest => ({
  document: { document: 'unbraid', version: documentVersion, records: [{ ...drums, gainDb }] },
  ...{ history: noMarks, view: null, since },
});
const gain = (from: number, to: number) =>
  stepOf({
    ...{ added: {}, removed: {} },
    updated: {
      [drums.id]: [
        { ...drums, gainDb: from },
        { ...drums, gainDb: to },
      ],
    },
  });

async function open(): Promise<Session> {
  return sessions.get((await sessions.open(song, 'song.wav')).session);
}
const fresh = (): string => join(mkdtempSync(join(root, 'p-')), 'song.unbraid');
const gainIn = (dir: string): Promise<number> =>
  store.openFolder(dir).then(async ({ session, folder }) => {
    const [record] = folder.file.document.records as TrackRecord[];
    await sessions.close(session.id);
    return record.gainDb;
  });

describe('the projects of open songs', () => {
  it('S10 changes that were kept while a save ran are in the folder, in any order', async () => {
    const session = await open();
    const dir = fresh();
    await store.save(session, request(), { newDir: () => dir });
    // The save knows of none of the changes that were asked for before and after it.
    const done = await Promise.all([
      store.append(session, [gain(0, -1)]),
      store.save(session, request(0, 0), { newDir: fresh }),
      store.append(session, [gain(-1, -2)]),
    ]);
    expect([done[0], done[2]]).toEqual([1, 2]);
    expect(store.folderOf(session.id)).toBe(dir);
    await sessions.close(session.id);
    expect(store.holderOf(dir)).toBeUndefined();
    expect(await gainIn(dir)).toBe(-2);
  });

  it('two saves of a new song at once make one project', async () => {
    const session = await open();
    const dirs = [fresh(), fresh()];
    const saved = await Promise.all(
      dirs.map((dir, i) => store.save(session, request(i), { newDir: () => dir })),
    );
    expect(saved.map(({ created }) => created)).toEqual([dirs[0], null]);
    expect(dirs.map((dir) => existsSync(dir))).toEqual([true, false]);
    await sessions.close(session.id);
    expect(await gainIn(dirs[0])).toBe(1);
  });

  it('a first save that fails leaves no folder, and the song can be saved elsewhere', async () => {
    const session = await open();
    const dir = fresh();
    const wrong = { ...request(), document: { document: 'unbraid', version: 999, records: [] } };
    await expect(store.save(session, wrong, { newDir: () => dir })).rejects.toMatchObject({
      code: expect.any(String) as string,
    });
    expect(existsSync(dir)).toBe(false);
    await expect(store.append(session, [gain(0, 1)])).rejects.toMatchObject({ code: 'invalid-argument' });
    const other = fresh();
    await store.save(session, request(3), { newDir: () => other });
    await sessions.close(session.id);
    expect(await gainIn(other)).toBe(3);
  });

  it('a song without a name moves into the project it is saved as', async () => {
    const session = await open();
    const first = unnamed.newDir('song');
    await store.save(session, request(1), { newDir: () => first, unnamed: true });
    const dir = fresh();
    const { named } = await store.save(session, request(2), { newDir: () => dir });
    expect(named).toBe(true);
    expect(existsSync(first)).toBe(false);
    expect(store.folderOf(session.id)).toBe(dir);
    await sessions.close(session.id);
  });

  it('S12 a page that lives keeps its project; one that was left loses it, and gets an error', async () => {
    const session = await open();
    const dir = fresh();
    await store.save(session, request(), { newDir: () => dir });
    await expect(store.openFolder(dir, undefined, () => true)).rejects.toMatchObject({
      code: 'project-open',
    });
    const { session: taken } = await store.openFolder(dir);
    expect(store.holderOf(dir)).toBe(taken.id);
    await expect(store.append(session, [gain(0, 1)])).rejects.toMatchObject({ code: 'project-open' });
    expect(await store.append(taken, [gain(0, 1)])).toBe(1);
    await sessions.close(session.id);
    await sessions.close(taken.id);
  });

  it('a project that cannot be read is closed again', async () => {
    const dir = fresh();
    mkdirSync(dir);
    writeFileSync(join(dir, 'project.json'), 'no project');
    await expect(store.openFolder(dir)).rejects.toMatchObject({ code: 'project-damaged' });
    expect(sessions.all).toEqual([]);
    expect(readdirSync(dir).filter((name) => name.includes('lock'))).toEqual([]);
  });
});
