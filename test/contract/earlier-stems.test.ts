import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import { noMarks } from '../../src-main/common/document/marks.js';
import { snapshot } from '../../src-main/common/document/migrations.js';
import { DocumentStore } from '../../src-main/common/document/store.js';
import { fillRectangle } from '../../src-main/common/separation/edits/shapes.js';
import { TileMask, maskGrid } from '../../src-main/common/separation/edits/tile-mask.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { testFolder } from '../cli/support/run.js';
import { song, writeWav } from '../cli/support/songs.js';
import { pcmOf } from '../support/pcm.js';

// Stems that another separation has replaced (S5), in the session and in its project.
const root = testFolder();
let engine: EngineApi;

afterEach(() => engine.dispose());

const start = (dir: string): EngineApi =>
  new EngineApi({
    ...{ cacheDir: join(dir, 'cache'), stateDir: join(dir, 'state') },
    host: headlessServices('library'),
  });
const samples = (session: string, track: string): Float32Array =>
  pcmOf(engine, { session, track, start: 20_000, count: 10_000 });
const separated = (session: string, model: string): Promise<SessionInfo> =>
  engine.client().separateSession({ job: model, session, settings: { model, workers: 1 } });

it('S5 replaced stems are kept with the project, brought back sample by sample, and deleted when asked', async () => {
  const dir = join(root, 'earlier');
  mkdirSync(dir);
  writeWav(join(dir, 'song.wav'), song(2, 44100));
  engine = start(dir);
  const { session } = await engine.sessions.openPath(join(dir, 'song.wav'), 'song.wav');
  const first = await separated(session, 'hpss');
  expect(first.earlier).toEqual([]);
  const harmonic = samples(session, 'harmonic');
  const document = snapshot(new DocumentStore());
  await engine.client().saveProject({ session, document, history: noMarks, view: null });
  const second = await separated(session, 'centre');
  const centre = samples(session, 'centre');
  expect(second.earlier.map(({ id, stems }) => [id, stems])).toEqual([
    [first.stems, ['harmonic', 'percussive']],
  ]);

  const swapped = await engine.client().useStems({ session, stems: first.stems! });
  expect(swapped.earlier.map(({ id }) => id)).toEqual([second.stems]);
  expect([swapped.stems, swapped.separation?.model]).toEqual([first.stems, 'hpss']);
  expect(samples(session, 'harmonic')).toEqual(harmonic);
  await expect(engine.client().useStems({ session, stems: first.stems! })).rejects.toMatchObject({
    code: 'invalid-argument',
  });

  // Another start of the program has both.
  await engine.dispose();
  engine = start(dir);
  const [entry] = (await engine.client().projects({})).projects;
  const { info } = await engine.client().openProject({ project: entry.handle });
  expect(info.tracks.map(({ id }) => id)).toEqual(['source', 'harmonic', 'percussive']);
  expect(info.earlier.map(({ separation }) => separation.model)).toEqual(['centre']);
  const back = await engine.client().useStems({ session: info.session, stems: info.earlier[0].id });
  expect(samples(info.session, 'centre')).toEqual(centre);

  // The folder holds two sets, and one when the other was deleted and the save before that is gone too.
  const kept = join(dir, 'state', 'projects', 'song.unbraid', 'stems');
  expect(readdirSync(kept)).toHaveLength(2);
  await engine.client().deleteStems({ session: info.session, stems: back.earlier[0].id });
  await engine.client().saveProject({ session: info.session, document, history: noMarks, view: null });
  expect(readdirSync(kept)).toHaveLength(1);
  expect(samples(info.session, 'centre')).toEqual(centre);
});

/** Samples as `/pcm` gives them to a page that shows these tracks. */
async function asShown(
  session: string,
  track: string,
  shown: { readonly stems: string; readonly removed: boolean },
): Promise<Float32Array> {
  const request = { session, track, start: 20_000, count: 10_000, ...shown };
  const bytes = Buffer.concat((await engine.sessions.store.pcm(request).pieces.toArray()) as Uint8Array[]);
  return new Float32Array(new Uint8Array(bytes).buffer);
}

it('S17 stems come back with their edits; a page that has not heard of them reads tracks that add up', async () => {
  const dir = join(root, 'together');
  mkdirSync(dir);
  writeWav(join(dir, 'song.wav'), song(2, 44100));
  engine = start(dir);
  const { session } = await engine.sessions.openPath(join(dir, 'song.wav'), 'song.wav');
  const first = await separated(session, 'hpss');
  const harmonic = samples(session, 'harmonic');
  const mask = new TileMask(maskGrid);
  fillRectangle(mask, { start: 0, end: 90, low: 0, high: 200 });
  const hash = engine.sessions.store.get(session).edits.addMask(mask.encode());
  const edit = { id: 'a', kind: 'attenuate', sources: ['harmonic'], target: null, strength: 1 } as const;
  const edits = [{ ...edit, sources: ['harmonic'], mask: hash }];
  await engine.client().editSession({ job: 'edit', session, edits });
  const edited = samples(session, 'harmonic');
  expect(edited).not.toEqual(harmonic);
  const shown = { stems: first.stems!, removed: true };
  expect(await asShown(session, 'harmonic', { ...shown, removed: false })).toEqual(harmonic);
  expect(await asShown(session, 'harmonic', shown)).toEqual(edited);

  const second = await separated(session, 'centre');
  const silence = new Float32Array(harmonic.length);
  for (const track of ['harmonic', 'removed'])
    expect(await asShown(session, track, shown)).toEqual(track === 'removed' ? silence : harmonic);
  const back = await engine.client().useStems({ session, stems: first.stems!, edits });
  expect(back.tracks.map(({ id }) => id)).toEqual(['source', 'harmonic', 'percussive', 'removed']);
  expect(samples(session, 'harmonic')).toEqual(edited);
  const other = { stems: second.stems!, removed: true };
  expect(await asShown(session, 'removed', other)).toEqual(silence);

  // Edits whose mask is missing leave the stems as they were separated.
  await engine.client().useStems({ session, stems: second.stems! });
  const lost = [{ ...edits[0], mask: '0'.repeat(64) }];
  const bare = await engine.client().useStems({ session, stems: first.stems!, edits: lost });
  expect(bare.tracks.map(({ id }) => id)).toEqual(['source', 'harmonic', 'percussive']);
  expect(samples(session, 'harmonic')).toEqual(harmonic);
});
