import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { UnbraidError } from '../../../../src-main/common/base/errors.js';
import { parseManifest } from '../../../../src-main/common/separation/manifest.js';
import { mdxTable } from '../../../../src-main/node/inference/mdx-table.js';
import { onnxFacts, type OnnxFacts, type OnnxValue } from '../../../../src-main/node/inference/onnx-facts.js';
import { recognise, type RecogniseOptions } from '../../../../src-main/node/inference/recognise.js';
import { familyNetworks } from '../../../fixtures/family-networks.js';
import { onnxModel, writeOnnx } from '../../../fixtures/onnx.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-recognise-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The files of one family's model, as they are read. */
function factsOf(family: string): Promise<OnnxFacts[]> {
  const files = familyNetworks[family].map(({ file, graph }) =>
    join(folder, writeOnnx(folder, file, graph).file),
  );
  return Promise.all(files.map((path) => onnxFacts(path)));
}

type Dims = readonly (number | string)[];
const value = (name: string, dims: Dims): OnnxValue => ({ name, dims, type: 'float32' });

/** A file that is nothing but its form. */
function form(
  inputs: readonly OnnxValue[],
  outputs: readonly OnnxValue[],
  more: Partial<OnnxFacts> = {},
): OnnxFacts {
  return {
    ...{ path: 'net.onnx', name: 'net.onnx', bytes: 1, sha256: 'a'.repeat(64), md5Tail: 'b'.repeat(32) },
    ...{ operators: new Set<string>(), metadata: {}, external: new Set<string>(), inputs, outputs },
    ...more,
  };
}

function ready(files: readonly OnnxFacts[], options: RecogniseOptions = {}) {
  const result = recognise(files, options);
  if (result.state !== 'ready') throw new Error(`questions: ${JSON.stringify(result.questions)}`);
  return result;
}

function refusal(work: () => unknown): UnbraidError {
  try {
    work();
  } catch (error) {
    return error as UnbraidError;
  }
  throw new Error('nothing was refused');
}

describe('what an ONNX file says of itself', () => {
  it('inputs, outputs, operators and hashes, without its weights', async () => {
    const [facts] = await factsOf('htdemucs-hybrid');
    expect(facts.inputs).toEqual([value('mix', [1, 2, 343_980]), value('z', [1, 4, 2048, 336])]);
    expect(facts.outputs).toEqual([value('x', [1, 4, 4, 2048, 336]), value('x_t', [1, 4, 2, 343_980])]);
    expect([...facts.operators].sort()).toEqual(['Conv', 'Reshape']);
    const [{ graph }] = familyNetworks['htdemucs-hybrid'];
    expect(facts.md5Tail).toBe(createHash('md5').update(onnxModel(graph)).digest('hex'));
  });

  it('a dynamic axis has its name; weights listed as inputs do not count as inputs', async () => {
    const [facts] = await factsOf('spleeter');
    expect(facts.inputs).toEqual([value('x', [2, 'splits', 512, 1024])]);
    const [{ graph }] = familyNetworks['spleeter'];
    const old = { ...graph, inputs: [...graph.inputs, { name: 'gain', dims: [1] }] };
    const { file } = writeOnnx(folder, 'old.onnx', old);
    expect((await onnxFacts(join(folder, file))).inputs).toEqual(facts.inputs);
  });

  it('the tail of a large file is its last 10,240,000 bytes', async () => {
    const [{ graph }] = familyNetworks['spleeter'];
    const large = Buffer.concat([
      onnxModel(graph),
      Buffer.from([0xa2, 0x06, 0x80, 0xe0, 0xf1, 0x04]),
      Buffer.alloc(10_252_288, 7),
    ]);
    writeFileSync(join(folder, 'large.onnx'), large);
    const { md5Tail } = await onnxFacts(join(folder, 'large.onnx'));
    expect(md5Tail).toBe(
      createHash('md5')
        .update(large.subarray(large.length - 10_240_000))
        .digest('hex'),
    );
  });

  it.each([
    ['a text', Buffer.from('<!doctype html><title>404</title>')],
    ['nothing', Buffer.alloc(0)],
    ['a file that was cut', Buffer.from(onnxModel(familyNetworks['mdx-net'][0].graph)).subarray(0, 300)],
  ])('%s is refused', async (_, bytes) => {
    writeFileSync(join(folder, 'bad.onnx'), bytes);
    await expect(onnxFacts(join(folder, 'bad.onnx'))).rejects.toMatchObject({
      code: 'model-file-invalid',
      file: join(folder, 'bad.onnx'),
    });
  });
});

describe('recognised by its form', () => {
  it.each([
    ['htdemucs', {}, ['drums', 'bass', 'other', 'vocals']],
    ['htdemucs-hybrid', {}, ['drums', 'bass', 'other', 'vocals']],
    ['scnet', {}, ['drums', 'bass', 'other', 'vocals']],
    ['open-unmix', {}, ['vocals', 'drums', 'bass', 'other']],
    ['spleeter', {}, ['vocals', 'accompaniment']],
    ['bs-roformer', { stems: 'vocals' }, ['vocals']],
    ['mel-band-roformer', { output: 'spectrum' }, ['drums', 'bass', 'other', 'vocals']],
    ['mdx-net', { nFft: '6144', stems: 'vocals' }, ['vocals']],
    ['mdx23c', { nFft: '8192', stems: 'vocals,accompaniment' }, ['vocals', 'accompaniment']],
    ['mask', { output: 'mask', hop: '512', stems: 'vocals,accompaniment' }, ['vocals', 'accompaniment']],
    ['waveform', { preset: 'waveform', stems: 'vocals,accompaniment' }, ['vocals', 'accompaniment']],
  ])('%s', async (family, answers, stems) => {
    const { model, manifest, json } = ready(await factsOf(family), { answers });
    expect(model).toMatchObject({ preset: family, by: 'form', stems });
    expect(parseManifest(json)).toEqual(manifest);
    expect(manifest.graphs.map(({ file }) => file)).toEqual(familyNetworks[family].map(({ file }) => file));
  });

  it('a set has the name that its files have in common, or that of its family', async () => {
    const names = ['htdemucs', 'open-unmix', 'spleeter'].map(
      async (family) => ready(await factsOf(family), {}).model.name,
    );
    expect(await Promise.all(names)).toEqual(['htdemucs', 'umx', 'spleeter']);
  });

  it('asks nothing that is not needed, and takes no answer that nobody asked', async () => {
    const asked = async (family: string) => {
      const result = recognise(await factsOf(family));
      return result.state === 'questions' ? result.questions.map(({ key }) => key) : [];
    };
    expect(await asked('htdemucs')).toEqual([]);
    expect(await asked('mdx-net')).toEqual(['nFft', 'stems']);
    expect(await asked('mel-band-roformer')).toEqual(['output']);
    expect(await asked('mask')).toEqual(['output', 'hop', 'stems']);
    for (const hop of ['0', '1025', '-1']) {
      const mask = await factsOf('mask');
      expect(refusal(() => recognise(mask, { answers: { hop } })).code).toBe('invalid-argument');
    }
    const vocals = recognise(await factsOf('bs-roformer'));
    if (vocals.state !== 'questions') throw new Error('it was not asked');
    expect(vocals.questions[0].choices.filter((one) => one === 'vocals')).toHaveLength(1);
    expect(await asked('waveform')).toEqual(['preset']);
    const facts = await factsOf('htdemucs');
    expect(refusal(() => recognise(facts, { answers: { nFft: '4096' } })).code).toBe('invalid-argument');
  });

  it('suggests the transform that most files with these bins have, never one they do not fit', async () => {
    const result = recognise(await factsOf('mdx-net'));
    if (result.state !== 'questions') throw new Error('it was not asked');
    const [{ choices, suggestion }] = result.questions;
    expect(suggestion).toBe('6144');
    expect(choices.every((nFft) => Number(nFft) >= 4096)).toBe(true);
    const facts = await factsOf('mdx-net');
    for (const nFft of ['2048', '6143', '7000', 'x'])
      expect(refusal(() => recognise(facts, { answers: { nFft } })).code).toBe('invalid-argument');
  });

  it('notes in the file are suggestions only', async () => {
    const [facts] = await factsOf('mdx-net');
    const result = recognise([{ ...facts, metadata: { nFft: '5120', sample_rate: '41000' } }]);
    expect(result).toMatchObject({ questions: [{ key: 'nFft', suggestion: '5120' }, { key: 'stems' }] });
    expect(
      ready([{ ...facts, metadata: { sample_rate: '41000' } }], { answers: { nFft: '6144', stems: 'a' } })
        .manifest.audio.sampleRate,
    ).toBe(44_100);
  });

  it('a stem is known by the file’s name', async () => {
    const [facts] = await factsOf('bs-roformer');
    expect(recognise([facts])).toMatchObject({ questions: [{ key: 'stems', suggestion: 'vocals' }] });
  });
});

describe('recognised by its hash', () => {
  it('MDX-Net’s parameters come from the table', async () => {
    const [facts] = await factsOf('mdx-net');
    const row = mdxTable.find(([, , bins, frames]) => bins === 2048 && frames === 256)!;
    const { model, manifest } = ready([{ ...facts, md5Tail: row[0] }]);
    expect(model).toMatchObject({ by: 'hash', name: row[6], stems: [row[5]] });
    expect(manifest.stft).toMatchObject({ nFft: row[1], bins: [0, 2048] });
    expect(manifest.segment).toMatchObject({ plan: 'padded', edge: row[1] / 2, length: 261_120 });
    expect(manifest.stems.compensate).toBe(row[4]);
  });

  it('the table has 44 files, each with a transform that can be computed', () => {
    expect(mdxTable).toHaveLength(44);
    expect(new Set(mdxTable.map(([md5]) => md5)).size).toBe(44);
    for (const [md5, nFft, bins] of mdxTable) {
      expect(md5).toMatch(/^[0-9a-f]{32}$/);
      expect(nFft % 512).toBe(0);
      expect(nFft).toBeGreaterThanOrEqual(2 * bins);
    }
  });

  it('SCNet’s licence and stems come with it', async () => {
    const [facts] = await factsOf('scnet');
    const sha256 = '98228931494151762a1c4ab1ec7899a894b1f81fd4a509921a9d2f9bacc50845';
    expect(ready([{ ...facts, sha256 }]).model).toMatchObject({
      by: 'hash',
      name: 'SCNet',
      stems: ['drums', 'bass', 'other', 'vocals'],
    });
    expect(ready([{ ...facts, sha256 }]).model.licence).toMatch(/^MIT/);
    expect(ready([facts]).model.licence).toBe('unknown');
  });
});

describe('forms of HTDemucs', () => {
  const wave = value('mix', [1, 2, 343_980]);

  it.each<[string, Dims, Dims, Dims, string, string]>([
    [
      'spectral core',
      [1, 2, 2, 2048, 336],
      [1, 4, 2, 2, 2048, 336],
      [1, 4, 2, 343_980],
      'b ch ri f t',
      'b s ch ri f t',
    ],
    [
      'parts last',
      [1, 2, 2048, 336, 2],
      [1, 6, 2, 2048, 336, 2],
      [1, 6, 2, 343_980],
      'b ch f t ri',
      'b s ch f t ri',
    ],
    ['OpenVINO', [1, 4, 2048, 336], [1, 16, 2048, 336], [1, 8, 343_980], 'b (ch ri) f t', 'b (s ch ri) f t'],
  ])('%s', (name, spec, specOut, waveOut, inside, outside) => {
    const facts = form([value('z', spec), wave], [value('t', waveOut), value('f', specOut)]);
    const { manifest, model } = ready([facts]);
    const layoutOf = (tensor: string): string | undefined =>
      manifest.graphs[0].inputs.concat(manifest.graphs[0].outputs).find((one) => one.name === tensor)?.layout;
    expect(layoutOf('z')).toBe(inside);
    expect(layoutOf('f')).toBe(outside);
    expect(model.stems).toHaveLength(waveOut.length === 3 ? 4 : Number(waveOut[1]));
    expect(manifest.audio.segmentNorm).toBe(name === 'OpenVINO' ? 'mean-std' : 'none');
    expect(manifest.stft).toMatchObject({ outerPad: [1536, 1620], frameCrop: [2, 2], normalised: 'sqrt-n' });
  });

  it('a set of four, of which each gives the stem in its name', () => {
    const files = ['drums', 'bass', 'other', 'vocals'].map((stem) =>
      form([wave], [value('y', [1, 4, 2, 343_980])], { name: `htdemucs_ft_${stem}.onnx`, path: stem }),
    );
    const { manifest } = ready(files);
    expect(manifest.graphs.map(({ use }) => use)).toEqual([['drums'], ['bass'], ['other'], ['vocals']]);
    expect(manifest.graphs.every(({ stems }) => stems.length === 4)).toBe(true);
  });
});

it('Spleeter with an output for each stem is one graph a stem', () => {
  const dims = [2, 'n', 512, 1024];
  const outputs = ['vocals', 'piano', 'drums', 'bass', 'other'].map((stem) => value(stem, dims));
  const { manifest } = ready([form([value('x', dims)], outputs)]);
  expect(manifest.graphs.map(({ stems, outputs: [{ name }] }) => [stems[0], name])).toEqual(
    ['vocals', 'piano', 'drums', 'bass', 'other'].map((stem) => [stem, stem]),
  );
  expect(manifest.post.ratioMask).toMatchObject({ power: 2, eps: 1e-10 });
});

it('one file of Spleeter is refused: its mask would be 1', async () => {
  const [facts] = await factsOf('spleeter');
  expect(refusal(() => recognise([facts], { answers: { stems: 'vocals' } })).message).toContain(
    'One Spleeter file',
  );
});

it('one file of Open-Unmix is filtered against what it leaves', async () => {
  const files = await factsOf('open-unmix');
  expect(ready(files.slice(0, 1), { answers: { stems: 'vocals' } }).manifest.post.wiener?.residual).toBe(
    true,
  );
  expect(ready(files).manifest.post.wiener?.residual).toBe(false);
});

it('Open-Unmix of a fixed number of frames is cut into so many', () => {
  const dims = [1, 2, 2049, 100];
  const { manifest } = ready([form([value('x', dims)], [value('y', dims)])], {
    answers: { stems: 'vocals' },
  });
  expect(manifest.segment).toMatchObject({ plan: 'frames', fixed: true, length: 99 * 1024 + 4096 });
});

describe('what is refused', () => {
  it('forms of no family, with what they are', () => {
    const error = refusal(() => recognise([form([value('x', [1, 80, 3000])], [value('y', [1, 51_865])])]));
    expect(error).toMatchObject({ code: 'model-incompatible' });
    expect(error.message).toContain('x [1, 80, 3000] → y [1, 51865]');
  });

  it('files that are not one model', async () => {
    const files = [...(await factsOf('htdemucs')), ...(await factsOf('scnet'))];
    expect(refusal(() => recognise(files)).message).toContain('a different form');
  });

  it('weights in a file that is not there', () => {
    const facts = form([value('mix', [1, 2, 343_980])], [value('y', [1, 4, 2, 343_980])], {
      external: new Set(['net.onnx.data']),
    });
    expect(refusal(() => recognise([facts]))).toMatchObject({ code: 'file-not-found' });
    const external = { 'net.onnx.data': { bytes: 3, sha256: 'c'.repeat(64) } };
    expect(ready([facts], { external }).manifest.graphs[0].externalData).toEqual([
      { name: 'net.onnx.data', ...external['net.onnx.data'] },
    ]);
  });

  it('stems whose number is not that of the graph', async () => {
    const facts = await factsOf('htdemucs');
    for (const stems of ['vocals', 'a,b,c,a', 'a,,b,c'])
      expect(refusal(() => recognise(facts, { answers: { stems } })).code).toBe('invalid-argument');
  });
});
