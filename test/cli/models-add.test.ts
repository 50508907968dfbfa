import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AddedModel } from '../../src-main/common/contract/recognition.js';
import { familyNetworks } from '../fixtures/family-networks.js';
import { writeOnnx } from '../fixtures/onnx.js';
import { InProcess, runBin, testFolder } from './support/run.js';
import { Listener, song, sumOf, worst, writeWav } from './support/songs.js';

// A random-weight file of every family, in the sizes people's files have, from nothing to a model that separates.
const dir = testFolder();
const downloads = join(dir, 'downloads');
const models = join(dir, 'models');
const before = process.env['UNBRAID_MODELS'];
beforeAll(() => {
  process.env['UNBRAID_MODELS'] = models;
  mkdirSync(downloads);
});
afterAll(() => {
  if (before === undefined) delete process.env['UNBRAID_MODELS'];
  else process.env['UNBRAID_MODELS'] = before;
});
const cli = new InProcess(join(dir, 'cache'));
const listener = new Listener(dir);
const planes = song(2, 50_000);
const wav = writeWav(join(dir, 'song.wav'), planes, 44_100, '32f');

const written = (family: string): string[] =>
  familyNetworks[family].map(({ file, graph }) => join(downloads, writeOnnx(downloads, file, graph).file));

const sets = (answers: Readonly<Record<string, string>>): string[] =>
  Object.entries(answers).flatMap(([key, value]) => ['--set', `${key}=${value}`]);

describe('unbraid models add', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['mdx-net', { nFft: '6144', stems: 'vocals' }],
    ['mdx23c', { nFft: '8192', stems: 'vocals,accompaniment' }],
    ['htdemucs', {}],
    ['htdemucs-hybrid', {}],
    ['scnet', {}],
    ['open-unmix', { name: 'umx' }],
    ['spleeter', { name: 'spleeter' }],
    ['bs-roformer', { stems: 'vocals' }],
    ['mel-band-roformer', { output: 'spectrum' }],
    ['mask', { output: 'mask', hop: '512', stems: 'vocals,accompaniment' }],
    ['waveform', { preset: 'waveform', stems: 'vocals,accompaniment' }],
  ])('%s is recognised, tried on ten seconds, listed, and separates a song', async (family, answers) => {
    const { code, out, err } = await cli.run([
      'models',
      'add',
      ...written(family),
      ...sets(answers),
      '--json',
    ]);
    expect(err).toBe('');
    expect(code).toBe(0);
    const added = JSON.parse(out) as Extract<AddedModel, { state: 'added' }>;
    expect(added).toMatchObject({ state: 'added', model: { preset: family }, tried: { seconds: 10 } });
    expect(added.restDb).toBeLessThan(20);
    const list = JSON.parse((await cli.run(['models', '--json'])).out) as {
      separators: { id: string; installed: boolean }[];
    };
    expect(list.separators.find(({ id }) => id === added.model.id)).toMatchObject({ installed: true });
    expect(JSON.parse(readFileSync(join(models, added.model.id, 'manifest.json'), 'utf8'))).toMatchObject({
      ...{ schema: 'unbraid-model/2', preset: family },
    });
    const folder = join(dir, 'stems', family);
    const used = await cli.run(['separate', wav, '-m', added.model.id, '-o', folder, '--depth', '32f']);
    expect(used.code).toBe(0);
    const names = readdirSync(join(folder, 'song')).filter((name) => name.endsWith('.wav'));
    const stems = await Promise.all(names.map((name) => listener.read(join(folder, 'song', name))));
    expect(worst(sumOf(stems.map(({ planes }) => planes)), planes)).toBeLessThan(2 ** -22);
  });

  it('the built command says what it needs to know, and how to answer', async () => {
    const [file] = written('mdx-net');
    const asked = await runBin(['models', 'add', file, '--set', 'nFft=7680'], { cache: join(dir, 'cache') });
    expect(asked.code).toBe(2);
    expect(asked.out).toBe('');
    expect(asked.err).toContain('stems: vocals | accompaniment');
    // A name is quoted when a shell would take it apart: folders for temporary files may hold spaces.
    expect(asked.err).toMatch(/models add '?\S.*'? --set nFft=7680 --set stems=vocals/);
    expect(asked.err).toContain(file);
  });

  it('what does not run leaves nothing behind', async () => {
    const [{ graph }] = familyNetworks['htdemucs'];
    // The graph promises four stems, and gives the mixture once.
    const broken = {
      ...graph,
      nodes: [{ op: 'Identity', inputs: ['mix'], outputs: ['stems'] }],
      constants: [],
    };
    writeOnnx(downloads, 'broken.onnx', broken);
    const had = existsSync(models) ? readdirSync(models) : [];
    const { code, err } = await cli.run(['models', 'add', join(downloads, 'broken.onnx')]);
    expect(code).toBe(1);
    expect(err).toMatch(/broken\.onnx/);
    expect(readdirSync(models)).toEqual(had);
  });

  it('another file of the same name is a model beside the first, and both can be taken away', async () => {
    const [file] = written('waveform');
    const kept = readFileSync(join(models, 'wave-net', 'wave-net.onnx'));
    const [{ graph }] = familyNetworks['waveform'];
    const constants = graph.constants!.map((one) =>
      one.floats ? { ...one, floats: Float32Array.from(one.floats, (x) => x / 2) } : one,
    );
    writeOnnx(downloads, 'wave-net.onnx', { ...graph, constants });
    const answers = sets({ preset: 'waveform', stems: 'vocals,accompaniment' });
    const { code, out } = await cli.run(['models', 'add', file, ...answers, '--json']);
    expect(code).toBe(0);
    expect((JSON.parse(out) as Extract<AddedModel, { state: 'added' }>).model.id).toBe('wave-net-2');
    expect(readFileSync(join(models, 'wave-net', 'wave-net.onnx'))).toEqual(kept);
    expect(readFileSync(join(models, 'wave-net-2', 'wave-net.onnx'))).not.toEqual(kept);
    expect((await cli.run(['models', 'verify', 'wave-net-2'])).code).toBe(0);
    expect((await cli.run(['models', 'remove', 'wave-net-2'])).code).toBe(0);
    expect(readdirSync(models)).not.toContain('wave-net-2');
    expect(readdirSync(models)).toContain('wave-net');
  });

  it('files that are not a model are refused with what to do', async () => {
    writeFileSync(join(downloads, 'model.pth'), 'PK');
    const { code, err } = await cli.run(['models', 'add', join(downloads, 'model.pth')]);
    expect(code).toBe(1);
    expect(err).toMatch(/exported to ONNX/);
  });
});
