import { copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { KeptDrawn } from '../../src-main/common/contract/drawn.js';
import { noMarks } from '../../src-main/common/document/marks.js';
import { documentVersion } from '../../src-main/common/document/migrations.js';
import { packRuns } from '../../src-main/common/separation/edits/mask-runs.js';
import { maskGrid, TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { testFolder } from '../cli/support/run.js';
import { song, writeWav } from '../cli/support/songs.js';

// The real engine and files; each engine stands for a start of the program.
const root = testFolder();
const engines: EngineApi[] = [];
const page = 'a'.repeat(32);
const document = { document: 'unbraid', version: documentVersion, records: [] };
let homes = 0;

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

function start(home = join(root, `home-${homes++}`)): {
  engine: EngineApi;
  client: EngineClient;
  home: string;
} {
  const host = headlessServices('library');
  const engine = new EngineApi({ cacheDir: join(home, 'cache'), stateDir: join(home, 'state'), host });
  engines.push(engine);
  return { engine, client: engine.client(), home };
}

/** A song that is a project without a name. */
async function open(engine: EngineApi): Promise<string> {
  const client = engine.client();
  const { handle, path } = engine.sessions.newUpload('song.wav');
  writeWav(path, song(2, 44_100));
  const { session } = await client.openUpload({ upload: handle });
  await client.claimSession({ session, page });
  await save(client, session, { unnamed: true });
  return session;
}

const save = (
  client: EngineClient,
  session: string,
  how: { unnamed?: boolean; name?: string; copy?: boolean },
): Promise<unknown> => client.saveProject({ session, page, document, history: noMarks, view: null, ...how });

/** Noise, which does not pack; another one for each seed. */
function noise(seed: number): Uint8Array {
  const mask = new TileMask(maskGrid);
  let last = seed;
  const draw = (): number => (last = (last * 16_807) % 2_147_483_647) / 2_147_483_647;
  mask.update({ start: 0, end: 40, low: 0, high: 2000 }, draw);
  return mask.encode();
}

const drawnWith = (revision: number, ...hashes: readonly string[]): KeptDrawn => ({
  revision,
  masks: hashes.map((blob) => ({ blob })),
  states: [
    { selection: null, band: null, mask: null },
    ...hashes.map((_, mask) => ({ selection: null, band: null, mask })),
  ],
  now: hashes.length,
  done: hashes.map((_, i) => ({ text: 'step.paint', from: i, to: i + 1 })),
  undone: [],
});

/** What a song that is opened has of its masks: the bytes, as the page gets them. */
const bytesOf = (engine: EngineApi, session: string, hash: string): Buffer =>
  readFileSync(engine.sessions.store.get(session).edits.maskFile(hash));

it('D26: large masks are files of the project: after a restart, under a new name, in a copy and in a zip', async () => {
  const { engine, client, home } = start();
  const session = await open(engine);
  const { edits } = engine.sessions.store.get(session);
  const [one, two] = [noise(1), noise(2)];
  const [first, second] = [edits.addMask(one), edits.addMask(two)];
  const mask = new TileMask(maskGrid);
  mask.set(5, 5, 1);
  const patch = Buffer.from(packRuns(mask.encode())).toString('base64');
  // The newest is known by how it differs from another: its files go wherever the song goes.
  const plain = drawnWith(1, first, first);
  const drawn = {
    ...plain,
    masks: [
      { blob: first, patch },
      { blob: first, patch: { blob: second } },
    ],
  };
  await client.keepDrawn({ session, page, drawn });
  // Saves sweep what nothing needs.
  await save(client, session, { unnamed: true });
  await save(client, session, { name: 'Called' });
  await save(client, session, {});
  expect((await client.claimSession({ session, page })).project?.drawn).toEqual(drawn);
  const zip = await client.collectProject({ job: 'z', session, document, history: noMarks, view: null });
  const upload = engine.sessions.newUpload('Sent.unbraid.zip');
  copyFileSync(engine.sessions.download(zip.files[0].download).path, upload.path);
  await client.unpackProject({ upload: upload.handle });
  await save(client, session, { name: 'Copied', copy: true });
  await engine.dispose();
  engines.splice(0);
  const again = start(home);
  const { projects } = await again.client.projects({});
  expect(projects).toHaveLength(3);
  for (const { handle } of projects) {
    const opened = await again.client.openProject({ project: handle, page });
    expect([opened.drawn, opened.recovery.missing]).toEqual([drawn, []]);
    for (const [hash, bytes] of [
      [first, one],
      [second, two],
    ] as const)
      expect(bytesOf(again.engine, opened.info.session, hash).equals(bytes)).toBe(true);
  }
});

it('D26: a mask that never came is refused, and one that nothing needs any more goes with the next save', async () => {
  const { engine, client, home } = start();
  const session = await open(engine);
  const [folder] = readdirSync(join(home, 'state', 'songs')).filter((name) => !name.endsWith('.json'));
  const blob = (hash: string): string => join(home, 'state', 'songs', folder, 'blobs', hash);
  const never = client.keepDrawn({ session, page, drawn: drawnWith(1, '0'.repeat(64)) });
  await expect(never).rejects.toMatchObject({ code: 'invalid-argument' });
  expect((await client.claimSession({ session, page })).project?.drawn).toBeNull();
  const { edits } = engine.sessions.store.get(session);
  const [first, second] = [edits.addMask(noise(1)), edits.addMask(noise(2))];
  await client.keepDrawn({ session, page, drawn: drawnWith(1, first) });
  await client.keepDrawn({ session, page, drawn: drawnWith(2, second) });
  await save(client, session, { unnamed: true });
  expect([existsSync(blob(first)), existsSync(blob(second))]).toEqual([false, true]);
});

it.each(['opened again', 'taken up by a page'])(
  'D26: damage is reported when the song is %s, and the rest is there',
  async (how) => {
    const { engine, client, home } = start();
    const session = await open(engine);
    const [folder] = readdirSync(join(home, 'state', 'songs')).filter((name) => !name.endsWith('.json'));
    const dir = join(home, 'state', 'songs', folder);
    const hash = engine.sessions.store.get(session).edits.addMask(noise(1));
    const drawn = drawnWith(1, hash);
    await client.keepDrawn({ session, page, drawn });
    const whole = await client.claimSession({ session, page });
    expect([whole.project?.missing, whole.project?.drawn]).toEqual([[], drawn]);
    if (how === 'taken up by a page') {
      writeFileSync(join(dir, 'drawn.json'), JSON.stringify({ ...drawn, now: 99 }));
      const { project } = await client.claimSession({ session, page });
      expect([project?.missing, project?.drawn?.done]).toEqual([['drawing'], drawn.done]);
      await client.keepDrawn({ session, page, drawn: { ...drawn, revision: 2 } });
      expect((await client.claimSession({ session, page })).project?.missing).toEqual([]);
      return;
    }
    await engine.dispose();
    engines.splice(0);
    writeFileSync(join(dir, 'blobs', hash), 'damaged');
    const again = start(home);
    const [{ handle }] = (await again.client.projects({})).projects;
    const opened = await again.client.openProject({ project: handle, page });
    expect([opened.recovery.missing, opened.drawn?.done]).toEqual([['drawing'], []]);
  },
);
