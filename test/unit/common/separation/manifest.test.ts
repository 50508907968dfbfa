import { describe, expect, it } from 'vitest';
import type { UnbraidError } from '../../../../src-main/common/base/errors.js';
import { manifestJsonSchema, parseManifest } from '../../../../src-main/common/separation/manifest.js';
import { graph, manifest, smallStft } from '../../../fixtures/manifests.js';

const valid = (): Record<string, unknown> => structuredClone(manifest());

function refusal(json: unknown): UnbraidError {
  try {
    parseManifest(json, 'a/model.json');
  } catch (error) {
    return error as UnbraidError;
  }
  throw new Error('the manifest was accepted');
}

describe('model manifests', () => {
  it('fills what is left out with the field’s defaults', () => {
    const { segment, runtime, post } = manifest();
    expect(segment).toMatchObject({ fixed: true, window: 'hann', shifts: 0, pad: 'zero' });
    expect(runtime).toMatchObject({ optLevel: 'all', memPattern: false });
    expect(post.denoiseFlip).toBe(false);
  });

  it.each([
    ['an unknown field', (m: Record<string, unknown>) => (m['surprise'] = 1), /surprise|Unrecognized/],
    ['a missing licence', (m: Record<string, unknown>) => delete m['license'], /license/],
    [
      'a path in a file name',
      (m: Record<string, unknown>) => ((m['graphs'] as { file: string }[])[0].file = '../x.onnx'),
      /graphs\.0\.file/,
    ],
    [
      'a hash of another form',
      (m: Record<string, unknown>) => ((m['graphs'] as { sha256: string }[])[0].sha256 = 'abc'),
      /sha256/i,
    ],
    [
      'an invalid layout',
      (m: Record<string, unknown>) =>
        ((m['graphs'] as { inputs: { layout: string }[] }[])[0].inputs[0].layout = 'b q n'),
      /layout/,
    ],
    [
      'a stem no graph estimates',
      (m: Record<string, unknown>) => (m['stems'] = { order: ['banjo'], residual: 'other' }),
      /banjo/,
    ],
  ])('refuses %s and names the place and the file', (_, change, pattern) => {
    const json = valid();
    change(json);
    const error = refusal(json);
    expect(error.code).toBe('model-manifest-invalid');
    expect(error.message).toMatch(pattern);
    expect(error.file).toBe('a/model.json');
  });

  it('refuses spectrogram tensors without an STFT, and bins beyond it', () => {
    const spectral = [graph({ role: 'mag', layout: 'b ch f t' }, { role: 'mask-mag', layout: 'b s ch f t' })];
    expect(() => manifest({ graphs: spectral })).toThrowError(/STFT/);
    expect(() => manifest({ graphs: spectral, stft: { ...smallStft, bins: [0, 200] } })).toThrowError(/bins/);
    expect(manifest({ graphs: spectral, stft: { ...smallStft, bins: [0, 129] } }).stft?.bins).toEqual([
      0, 129,
    ]);
  });

  it('Open-Unmix leaves the arena out, unless its manifest asks for it', () => {
    const [{ sha256, bytes }] = manifest().graphs;
    const openUnmix = (more: object = {}): boolean =>
      parseManifest({
        ...{ schema: 'unbraid-model/2', preset: 'open-unmix', id: 'umx', name: 'UMX' },
        license: { weights: 'MIT', redistributable: true },
        stems: { order: ['vocals'], residual: 'accompaniment' },
        graphs: [{ file: 'umx.onnx', sha256, bytes: bytes ?? 1, stems: ['vocals'] }],
        ...more,
      }).runtime.cpuMemArena;
    expect(manifest().runtime.cpuMemArena).toBe(true);
    expect([openUnmix(), openUnmix({ runtime: { cpuMemArena: true } })]).toEqual([false, true]);
  });

  it('offers itself as a JSON schema with the fields that are required', () => {
    const schema = manifestJsonSchema() as { required: string[]; properties: Record<string, unknown> };
    expect(schema.required).toEqual(expect.arrayContaining(['schema', 'id', 'name', 'license', 'graphs']));
    expect(schema.properties['segment']).toBeDefined();
  });
});
