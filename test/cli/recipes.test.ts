import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { familyNetworks, waveNetwork } from '../fixtures/family-networks.js';
import { writeOnnx, type Graph } from '../fixtures/onnx.js';
import { InProcess, jsonLines, testFolder } from './support/run.js';
import { differenceDb, Listener, song, sumOf, writeWav } from './support/songs.js';

// The recipes and a chain that ship, whole: models of the catalogue's names, families and sizes, with random weights, since their
// own files cannot be passed on.
const dir = testFolder();
const models = join(dir, 'models');
const recipes = fileURLToPath(new URL('../../models/recipes/', import.meta.url));
const before = process.env['UNBRAID_MODELS'];
const listener = new Listener(dir);
const cli = new InProcess(join(dir, 'cache'));
const planes = song(2, 50_000);
const wav = join(dir, 'song.wav');

const four = ['drums', 'bass', 'other', 'vocals'];

interface StandIn {
  readonly preset: string;
  readonly graph: Graph;
  readonly stems: readonly string[];
  readonly residual: string;
}

const standIns: Readonly<Record<string, StandIn>> = {
  'scnet-int8': { preset: 'scnet', graph: familyNetworks['scnet'][0].graph, stems: four, residual: 'other' },
  'mdx-reverb-hq': {
    ...{ preset: 'mdx-net', graph: familyNetworks['mdx-net'][0].graph },
    ...{ stems: ['reverb'], residual: 'no-reverb' },
  },
  'htdemucs-6s-fp16': {
    ...{ preset: 'htdemucs', graph: waveNetwork(343_980, 6) },
    ...{ stems: [...four, 'guitar', 'piano'], residual: 'other' },
  },
  'roformer-karaoke': {
    ...{ preset: 'bs-roformer', graph: familyNetworks['bs-roformer'][0].graph },
    ...{ stems: ['lead'], residual: 'backing' },
  },
};

beforeAll(() => {
  process.env['UNBRAID_MODELS'] = models;
  mkdirSync(models);
  for (const [id, { preset, graph, stems, residual }] of Object.entries(standIns)) {
    const manifest = {
      ...{ schema: 'unbraid-model/2', preset, id, name: id },
      license: { weights: 'CC0-1.0', redistributable: true },
      stems: { order: stems, residual },
      graphs: [{ ...writeOnnx(models, `${id}.onnx`, graph), stems }],
    };
    writeFileSync(join(models, `${id}.json`), JSON.stringify(manifest));
  }
  for (const name of readdirSync(recipes)) cpSync(join(recipes, name), join(models, name));
  writeWav(wav, planes, 44_100, '32f');
});
afterAll(() => {
  if (before === undefined) delete process.env['UNBRAID_MODELS'];
  else process.env['UNBRAID_MODELS'] = before;
});

async function separate(
  id: string,
  more: readonly string[] = [],
): Promise<Readonly<Record<string, readonly Float32Array[]>>> {
  const output = join(dir, [id, ...more].join('-'));
  const args = ['separate', wav, '-m', id, '-o', output, '--depth', '32f', '--json', ...more];
  const { code, out, err } = await cli.run(args);
  expect(err).toBe('');
  expect(code).toBe(0);
  const done = jsonLines(out).findLast((line) => line['result'] !== undefined);
  const { outputs } = done!['result'] as { outputs: { stem: string; path: string }[] };
  const read = outputs.map(async ({ stem, path }) => [stem, (await listener.read(path)).planes] as const);
  return Object.fromEntries(await Promise.all(read));
}

it.each([
  ['lead-and-backing', ['drums', 'bass', 'other'], 'scnet-int8', 'vocals', ['lead', 'backing']],
  ['clean-vocals', ['drums', 'bass', 'other'], 'unbraid-blend', 'vocals', ['clean', 'noise']],
  ['dry-vocals', ['instrumental'], 'scnet-int8', 'vocals', ['dry', 'reverb']],
  ['guitar-and-piano', ['vocals', 'drums', 'bass'], 'scnet-int8', 'other', ['guitar', 'piano', 'other']],
  ['band-and-kit', ['vocals', 'bass', 'other'], 'unbraid-blend', 'drums', ['kick', 'snare', 'hihat', 'rest']],
])('%s gives its stems, which add up, each step to what it parts', async (id, kept, first, parent, parts) => {
  const stems = await separate(id);
  expect(Object.keys(stems).sort()).toEqual([...kept, ...parts].sort());
  expect(differenceDb(sumOf(Object.values(stems)), planes)).toBeLessThan(-130);
  // What the first model gives by itself is what the second step had to part.
  const alone = await separate(first);
  expect(differenceDb(sumOf(parts.map((part) => stems[part])), alone[parent])).toBeLessThan(-100);
  for (const part of parts) expect(differenceDb(stems[part], alone[parent])).toBeGreaterThan(-60);
});

it.each([
  ['band-and-kit', 'drums', 'no-drums', 'unbraid-blend'],
  ['lead-and-backing', 'vocals', 'accompaniment', 'scnet-int8'],
])('%s keeps %s whole when they are one of two stems', async (id, parent, rest, first) => {
  const two = await separate(id, ['--two-stems', parent]);
  expect(Object.keys(two).sort()).toEqual([parent, rest].sort());
  expect(differenceDb(sumOf(Object.values(two)), planes)).toBeLessThan(-130);
  const alone = await separate(first);
  expect(differenceDb(two[parent], alone[parent])).toBeLessThan(-100);
  // So does a choice of stems.
  expect(Object.keys(await separate(id, ['--stems', parent]))).toEqual([parent]);
});

it('drumless without the kit is all pieces of the drums left out', async () => {
  const stems = await separate('band-and-kit');
  const mix = join(dir, 'drumless.wav');
  const args = ['remix', wav, '-m', 'band-and-kit', '--preset', 'drumless', '-o', mix, '--depth', '32f'];
  expect(await cli.run(args)).toMatchObject({ code: 0 });
  const { planes: mixed } = await listener.read(mix);
  expect(differenceDb(mixed, sumOf(['vocals', 'bass', 'other'].map((stem) => stems[stem])))).toBeLessThan(
    -100,
  );
  const refused = ['remix', wav, '-m', 'unbraid-fast', '--mute', 'guitar', '-o', join(dir, 'no.wav')];
  expect((await cli.run(refused)).err).toContain('There is no stem "guitar"');
});
