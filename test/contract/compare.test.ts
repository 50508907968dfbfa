import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ComparisonReport } from '../../src-main/common/jobs/comparison.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { openEngine } from '../../src-main/hosts/library/index.js';
import { noise, sine } from '../fixtures/signals.js';
import { dataOf } from '../support/report.js';
import { testFolder } from '../cli/support/run.js';
import { writeWav } from '../cli/support/songs.js';

const root = testFolder();
const rate = 44_100;
const length = 12 * rate;
const beat = noise(length, 3).map((x, i) => 0.3 * x * Math.exp(-(i % 11_025) / 500));
const tone = sine(length, 440, rate, 0.3);
const truth = {
  drums: writeWav(join(root, 'drums.wav'), [beat, beat]),
  other: writeWav(join(root, 'other.wav'), [tone, tone]),
};
const mix = tone.map((x, i) => x + beat[i]);
const song = writeWav(join(root, 'song.wav'), [mix, mix]);
let engine: EngineApi;

beforeAll(() => {
  engine = new EngineApi({
    cacheDir: join(root, 'cache'),
    stateDir: join(root, 'state'),
    host: headlessServices('library'),
  });
});
afterAll(() => engine.dispose());

// The figures of BSSEval take a minute each on a slow machine.
vi.setConfig({ testTimeout: 400_000 });

/** The true stems as uploads; each comparison has its own. */
function uploads(): string[] {
  return Object.entries(truth).map(([name, path]) => {
    const upload = engine.sessions.newUpload(`${name}.wav`);
    copyFileSync(path, upload.path);
    return upload.handle;
  });
}

type Choice = Pick<Parameters<ReturnType<EngineApi['client']>['compareSession']>[0], 'seconds' | 'baselines'>;

/** Compares on an open song, and reads what the page that comes shows. */
async function reportOf(session: string, choice: Choice, stems: string[]): Promise<ComparisonReport> {
  const { download } = await engine.client().compareSession({
    ...{ job: 'compare', session, models: ['hpss'], truth: stems, start: 0.5, ...choice },
  });
  return dataOf(engine.sessions.download(download).path).report;
}

const ids = ({ systems }: ComparisonReport): string[] => systems.map(({ id }) => id);

it('the report of an open song is as long, and has the baselines, that were chosen', async () => {
  const { session } = await engine.sessions.openPath(song, 'song.wav');
  const chosen = await reportOf(session, { seconds: 2, baselines: ['misi', 'ibm', 'misi'] }, uploads());
  expect(chosen).toMatchObject({ start: 0.5, seconds: 2, truth: ['drums', 'other'] });
  // A baseline that is named twice is one row.
  expect(ids(chosen)).toEqual(['hpss', 'misi', 'ibm']);
  // Each row is what its name says: with the true magnitudes there is less error than with binary masks.
  const [misi, ibm] = chosen.systems.slice(1).map(({ stems }) => stems[0].scores!.usdr!);
  expect(misi).toBeGreaterThan(ibm);

  const usual = await reportOf(session, {}, uploads());
  expect(usual.seconds).toBe(10);
  expect(ids(usual)).toEqual(['hpss', 'mixture', 'irm2']);

  const none = await reportOf(session, { seconds: 600, baselines: [] }, uploads());
  // As long as the song goes on.
  expect(none.seconds).toBe(11.5);
  expect(ids(none)).toEqual(['hpss']);
});

it('baselines need true stems: uploads, or those in the file of the song', async () => {
  const alone = await engine.sessions.openPath(song, 'song.wav');
  expect(alone.hasStems).toBe(false);
  expect(ids(await reportOf(alone.session, { seconds: 1, baselines: ['psm'] }, []))).toEqual(['hpss']);

  const library = openEngine({ cacheDir: join(root, 'library'), stateDir: join(root, 'library-state') });
  const settings = { model: 'classic-4', format: 'stem.mp4' } as const;
  await library.separate(song, { settings, output: join(root, 'packed') });
  await library.close();
  const packed = await engine.sessions.openPath(join(root, 'packed/song/song.stem.mp4'), 'song.stem.mp4');
  expect(packed.hasStems).toBe(true);
  const report = await reportOf(packed.session, { seconds: 1, baselines: ['psm'] }, []);
  expect(ids(report)).toEqual(['hpss', 'psm']);
});

it('lengths and baselines that compare does not know are refused', async () => {
  const { session } = await engine.sessions.openPath(song, 'song.wav');
  const wrong: object[] = [{ seconds: 601 }, { seconds: 0.5 }, { baselines: ['irm3'] }];
  for (const choice of wrong)
    await expect(reportOf(session, choice, [])).rejects.toMatchObject({ code: 'invalid-argument' });
});
