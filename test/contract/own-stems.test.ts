import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ComparedSystem } from '../../src-main/common/jobs/comparison.js';
import { scoreNames, type EvaluationReport } from '../../src-main/common/jobs/evaluation.js';
import { fillRectangle } from '../../src-main/common/separation/edits/shapes.js';
import { TileMask, maskGrid } from '../../src-main/common/separation/edits/tile-mask.js';
import { noise, sine } from '../fixtures/signals.js';
import { dataOf } from '../support/report.js';
import { InProcess, jsonLines, testFolder } from '../cli/support/run.js';
import { sumOf, writeWav } from '../cli/support/songs.js';

// Stems of an open song against true stems on disk; the command line's `evaluate` is the reference.
const root = testFolder();
const cli = new InProcess(join(root, 'cache'));
const rate = 44_100;
const length = 3 * rate;
const beat = noise(length, 3).map((x, i) => 0.3 * x * Math.exp(-(i % 11_025) / 500));
const hiss = noise(length, 5).map((x) => 0.02 * x);
const tone = sine(length, 440, rate, 0.3);
const low = sine(length, 80, rate, 0.2).map((x, i) => x * Math.cos((Math.PI * i) / rate));
const voice = sine(length, 880, rate, 0.3).map((x, i) => x * Math.sin((2 * Math.PI * i) / rate));
const planes: Readonly<Record<string, Float32Array[]>> = {
  vocals: [voice, voice],
  bass: [low, low],
  drums: [beat, beat.map((x) => 0.5 * x)],
  other: [tone.map((x, i) => x + hiss[i]), tone.map((x, i) => 0.7 * x - hiss[i])],
};
let session = '';

const wav = (folder: string, name: string, sound: readonly Float32Array[], at = rate): string => {
  mkdirSync(join(root, folder), { recursive: true });
  return writeWav(join(root, folder, `${name}.wav`), [...sound], at, '32f');
};

beforeAll(async () => {
  for (const [name, sound] of Object.entries(planes)) wav('truth', name, sound);
  const mix = sumOf(Object.values(planes)).map((plane) => Float32Array.from(plane));
  session = (await cli.api.sessions.openPath(wav('song', 'song', mix), 'song.wav')).session;
});
afterAll(() => cli.api.dispose());

// The figures of BSSEval take a minute each on a slow machine.
vi.setConfig({ testTimeout: 400_000 });

/** Files as a page sends them; each comparison has its own. */
const uploads = (paths: readonly string[]): string[] =>
  paths.map((path) => {
    const upload = cli.api.sessions.newUpload(path.split('/').at(-1)!);
    copyFileSync(path, upload.path);
    return upload.handle;
  });
const truth = (): string[] => uploads(Object.keys(planes).map((name) => join(root, 'truth', `${name}.wav`)));

type Asked = Parameters<InProcess['client']['compareSession']>[0];
const compare = (more: Partial<Asked>): ReturnType<InProcess['client']['compareSession']> =>
  cli.client.compareSession({
    ...{ job: 'own', session, models: [], own: true, baselines: [], start: 0, seconds: 60, truth: [] },
    ...more,
  });

it('without stems, or with nothing to compare, it says so', async () => {
  const nothing = { code: 'invalid-argument', message: 'The song has no stems yet' };
  await expect(compare({ truth: truth() })).rejects.toMatchObject(nothing);
  await expect(compare({ own: false })).rejects.toMatchObject({ code: 'invalid-argument' });
});

it('edited stems have the figures that `unbraid evaluate` gives for their files, and nothing is separated', async () => {
  await cli.client.separateSession({ job: 's', session, settings: { model: 'classic-4', workers: 1 } });
  const plain = (await compare({ truth: truth() })).systems[0];
  const mask = new TileMask(maskGrid);
  fillRectangle(mask, { start: 0, end: 80, low: 20, high: 60 });
  const hash = cli.api.sessions.store.get(session).edits.addMask(mask.encode());
  const edits = [
    { id: 'a', kind: 'move', sources: ['other'], target: 'vocals', strength: 1, mask: hash },
    { id: 'b', kind: 'attenuate', sources: ['drums'], target: null, strength: 0.5, mask: hash },
  ] as const;
  const { info } = await cli.client.editSession({
    ...{ job: 'edit', session },
    edits: edits.map((edit) => ({ ...edit, sources: [...edit.sources] })),
  });
  expect(info.tracks.map(({ id }) => id)).toContain('removed');

  const report = await compare({ truth: truth() });
  expect(report.systems.map(({ id, kind, error }) => [id, kind, error])).toEqual([
    ['your-stems', 'own', null],
  ]);
  const own = report.systems[0];
  expect(own).toMatchObject({ workSeconds: null, memoryBytes: null, provider: null });

  const settings = { model: 'classic-4', format: 'wav', depth: '32f' } as const;
  const { files } = await cli.client.exportSession({ job: 'e', session, what: 'stems', settings });
  mkdirSync(join(root, 'made'));
  for (const { name, download } of files.filter((file) => !/removed|json/.test(file.name)))
    copyFileSync(cli.api.sessions.download(download).path, join(root, 'made', name));
  const { out, err } = await cli.run(['evaluate', join(root, 'truth'), join(root, 'made'), '--json']);
  const [{ songs }] = (jsonLines(out).at(-1) as unknown as EvaluationReport).methods;
  const scored = own.stems.filter(({ scores }) => scores !== null);
  expect(scored.map(({ name }) => name).sort(), err).toEqual(Object.keys(planes).sort());
  for (const { name, scores } of scored) {
    const reference = songs[0].stems[name];
    for (const score of scoreNames)
      expect(scores![score], `${name} ${score}`).toBeCloseTo(reference[score]!, 6);
    expect(scores!.bandEnds).toBe(reference.bandEnds);
  }
  // The tone ends at 440 Hz: it is said which figures that makes doubtful.
  expect(scored.find(({ name }) => name === 'vocals')?.scores?.bandEnds).toBeLessThan(2000);
  const usdr = (system: ComparedSystem, stem: string): number =>
    system.stems.find(({ name }) => name === stem)?.scores?.usdr ?? NaN;
  for (const stem of ['vocals', 'drums', 'other'])
    expect(Math.abs(usdr(own, stem) - usdr(plain, stem))).toBeGreaterThan(0.1);
});

it('they are the first row beside what is separated anew, and sound in the page', async () => {
  const choice = { models: ['hpss'], baselines: ['irm2' as const], start: 1, seconds: 1 };
  const { systems, download } = await compare({ truth: truth(), ...choice });
  expect(systems.map(({ id }) => id)).toEqual(['your-stems', 'hpss', 'irm2']);
  const { report, clips } = dataOf(cli.api.sessions.download(download).path);
  expect(report.seconds).toBe(1);
  const sounds = clips.filter(({ system }) => system === 'your-stems').map(({ stem }) => stem);
  expect(sounds).toEqual(systems[0].stems.map(({ name }) => name));
  // Without true stems they are heard, and have no figures.
  const bare = await compare({ seconds: 1 });
  expect(bare.systems[0].stems.map(({ scores }) => scores)).toEqual(bare.systems[0].stems.map(() => null));
});

it('refuses true stems of another rate or length, and those that none of the stems has', async () => {
  const other = planes['other'];
  const slow = uploads([wav('slow', 'other', other, 48_000)]);
  await expect(compare({ truth: slow })).rejects.toMatchObject({
    ...{ code: 'invalid-argument', hint: 'Convert the true stems to 44100 Hz and 2 channels.' },
    message: 'The true stems have 2 channels at 48000 Hz, the song 2 at 44100 Hz',
  });
  const short = uploads([
    wav('short', 'other', [other[0].subarray(0, 2 * rate), other[1].subarray(0, 2 * rate)]),
  ]);
  await expect(compare({ truth: short })).rejects.toMatchObject({
    ...{ code: 'invalid-argument', message: 'The true stems last 2.0 s, the song 3.0 s' },
  });
  const strange = uploads([wav('strange', 'oboe', other)]);
  await expect(compare({ truth: strange })).rejects.toMatchObject({ code: 'file-not-found' });
});

it('refuses the files of two songs instead of taking some of each', async () => {
  const again = wav('second', 'song [drums]', planes['other']);
  const both = [...truth(), ...uploads([again])];
  await expect(compare({ truth: both })).rejects.toMatchObject({
    ...{
      code: 'invalid-argument',
      message: 'Two files are the stem "drums": drums.wav and song [drums].wav',
    },
  });
});

it('tells how far it is, and ends when it is cancelled', async () => {
  const told: number[] = [];
  const unsubscribe = cli.client.subscribe((event) => {
    if ('progress' in event && 'job' in event && event.job === 'halt') {
      told.push(event.progress.done);
      void cli.client.cancel({ job: 'halt' });
    }
  });
  await expect(compare({ job: 'halt', truth: truth() })).rejects.toMatchObject({ code: 'cancelled' });
  unsubscribe();
  expect(told.length).toBeGreaterThan(0);
});
