import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createResampler } from '../../src-main/common/dsp/resample.js';
import { parseManifest } from '../../src-main/common/separation/manifest.js';
import type { ResidualPolicy } from '../../src-main/common/separation/conservation.js';
import type { AvailableSeparator } from '../../src-main/node/inference/model-store.js';
import { SeparationEngine } from '../../src-main/node/inference/separation-engine.js';
import { cacheOf, planesOf, testFolder } from '../fixtures/audio/caches.js';
import { sha256 } from '../fixtures/onnx.js';
import { errorDb, noise } from '../fixtures/signals.js';

// Every family's small network in the engine, with real inference processes, against what its host makes of the same
// song (make_family_goldens.py). 54 songs each: one sample, one more or less than a window, multiples, random lengths,
// silence, mono.

interface Case {
  readonly frames: number;
  readonly channels: 1 | 2;
  readonly kind: 'noise' | 'silence';
  readonly stems: number;
  readonly offset: number;
}

const folder = fileURLToPath(new URL('families/', import.meta.url));
const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Record<string, Case[]>;
const bytes = readFileSync(join(folder, 'goldens.f32'));
const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const scratch = testFolder();
const engine = new SeparationEngine({ workers: 1 });
afterAll(() => engine.dispose());

/** Largest difference that counts as the same, in dB of the host's result. */
const same = -90;

/** The song of make_family_goldens.py. */
function songOf({ frames, channels, kind }: Pick<Case, 'frames' | 'channels' | 'kind'>): Float32Array[] {
  return Array.from({ length: channels }, (_, c) =>
    kind === 'silence'
      ? new Float32Array(frames)
      : noise(frames, c + 1).map((sample) => 0.25 * sample + 0.0625),
  );
}

/** Samples that are stored: every 11th, and both ends. */
function keptOf(frames: number): number[] {
  const ends = Array.from({ length: Math.min(6, frames) }, (_, i) => [i, frames - 1 - i]).flat();
  const every = Array.from({ length: Math.ceil(frames / 11) }, (_, i) => 11 * i);
  return [...new Set([...ends, ...every])].sort((a, b) => a - b);
}

function separatorOf(id: string, files: readonly string[], parts: object): AvailableSeparator {
  const stems = (parts as { graphs?: { stems?: string[] }[] }).graphs;
  const manifest = parseManifest({
    ...{ schema: 'unbraid-model/2', id, name: id, license: { weights: 'CC0-1.0', redistributable: true } },
    ...parts,
    graphs: files.map((file, g) => ({
      ...{ file, sha256: sha256(readFileSync(join(folder, file))), stems: ['a', 'b'] },
      ...stems?.[g],
    })),
  });
  const common = { id, name: id, description: '', stems: manifest.stems.order };
  return { kind: 'model', ...common, manifest, folder, installed: true };
}

const two = { order: ['a', 'b'], residual: 'b' };
const one = { order: ['a'], residual: 'rest' };
const each = [{ stems: ['a'] }, { stems: ['b'] }];
const small = { nFft: 128, hop: 32 };
const roformer = { nFft: 128, hop: 28 };

/** What a manifest says beside its preset: sizes, since these networks are small. */
const families: Readonly<Record<string, AvailableSeparator>> = {
  'mdx-net': separatorOf('mdx-net', ['mdx-net.onnx'], {
    ...{ preset: 'mdx-net', stems: one, graphs: [{ stems: ['a'] }] },
    ...{ stft: { nFft: 192, hop: 32, bins: [0, 64] }, segment: { length: 480 } },
  }),
  mdx23c: separatorOf('mdx23c', ['mdx23c.onnx'], {
    ...{ preset: 'mdx23c', stems: two, stft: small, segment: { length: 480 } },
  }),
  htdemucs: separatorOf('htdemucs', ['htdemucs.onnx'], {
    ...{ preset: 'htdemucs', stems: two, segment: { length: 470 } },
  }),
  'htdemucs-shifts': separatorOf('htdemucs-shifts', ['htdemucs.onnx'], {
    ...{ preset: 'htdemucs', stems: two, segment: { length: 470, shifts: 3, shiftMaxSeconds: 0.01 } },
  }),
  'htdemucs-hybrid': separatorOf('htdemucs-hybrid', ['htdemucs-hybrid.onnx'], {
    ...{ preset: 'htdemucs-hybrid', stems: two, stft: small, segment: { length: 470 } },
  }),
  scnet: separatorOf('scnet', ['scnet.onnx'], {
    ...{ preset: 'scnet', stems: two, stft: small, segment: { length: 470 } },
    graphs: [{ inputs: [{ name: 'input' }], outputs: [{ name: 'output' }] }],
  }),
  'bs-roformer': separatorOf('bs-roformer', ['bs-roformer.onnx'], {
    ...{ preset: 'bs-roformer', stems: one, stft: roformer, segment: { length: 560 } },
    graphs: [{ stems: ['a'] }],
  }),
  'roformer-parts': separatorOf('roformer-parts', ['roformer-parts.onnx'], {
    ...{ preset: 'mel-band-roformer', stems: two, stft: roformer, segment: { length: 560 } },
    graphs: [
      {
        inputs: ['re', 'im'].map((part) => ({
          ...{ name: part === 're' ? 'spec_real' : 'spec_imag', role: 'spec', layout: 'b ch f t', part },
        })),
        outputs: ['re', 'im'].map((part) => ({
          ...{ name: part === 're' ? 'out_real' : 'out_imag', role: 'spec', layout: 'b s ch f t', part },
        })),
      },
    ],
  }),
  ...Object.fromEntries(
    (['zero', 'mean'] as const).map((above) => {
      const id = above === 'zero' ? 'spleeter' : 'spleeter-mean';
      const parts = { preset: 'spleeter', stems: two, stft: small, segment: { length: 608 }, graphs: each };
      const post = { ratioMask: { power: 2, above } };
      return [id, separatorOf(id, ['spleeter-0.onnx', 'spleeter-1.onnx'], { ...parts, post })];
    }),
  ),
  'open-unmix': separatorOf('open-unmix', ['open-unmix-0.onnx', 'open-unmix-1.onnx'], {
    ...{ preset: 'open-unmix', stems: two, stft: small, graphs: each },
    post: { wiener: { iterations: 1, windowFrames: 20 } },
  }),
};

let runs = 0;

async function separated(
  separator: AvailableSeparator,
  song: readonly Float32Array[],
  residual: ResidualPolicy = 'stem',
  sampleRate = 44100,
) {
  const tempDir = join(scratch, `run-${runs++}`);
  mkdirSync(tempDir);
  const result = await engine.separate({
    ...{ source: cacheOf(scratch, song, sampleRate), channelLayout: '', separator, device: 'cpu' },
    ...{ quality: {}, residual, tempDir },
  });
  return { ...result, planes: result.stems.map(({ ref }) => planesOf(ref)) };
}

/** The stored samples of the estimates, `[stems][channels][samples]` in one row. */
function storedOf(planes: readonly (readonly Float32Array[])[], { frames, stems }: Case): number[] {
  const at = keptOf(frames);
  return planes.slice(0, stems).flatMap((channels) => channels.flatMap((plane) => at.map((i) => plane[i])));
}

describe.each(Object.keys(index))('%s gives what its host gives', (name) => {
  const separator = families[name];

  it(`to ${same} dB for every length`, async () => {
    expect(index[name].length).toBeGreaterThanOrEqual(50);
    const worse: string[] = [];
    let worst = -Infinity;
    for (const one of index[name]) {
      const { planes } = await separated(separator, songOf(one));
      const stored = storedOf(planes, one);
      const golden = values.subarray(one.offset, one.offset + stored.length);
      const error = errorDb(stored, golden);
      worst = Math.max(worst, error);
      if (!(error <= same))
        worse.push(`${one.kind}, ${one.channels} × ${one.frames}: ${error.toFixed(1)} dB`);
    }
    if (process.env['UNBRAID_PARITY']) console.log(`${name}: ${worst.toFixed(1)} dB`);
    expect(worse).toEqual([]);
  });

  it('and with conservation only the stem with the residual differs', async () => {
    const song = songOf({ frames: 1777, channels: 2, kind: 'noise' });
    const free = await separated(separator, song);
    const kept = await separated(separator, song, 'fold');
    expect(kept.nullDb).toBeLessThan(-140);
    kept.stems.forEach(({ name: stem }, s) => {
      if (stem !== 'b' && stem !== 'rest') expect(kept.planes[s]).toEqual(free.planes[s]);
    });
    const sums = song.map((plane, ch) =>
      plane.map((_, i) => kept.planes.reduce((sum, stem) => sum + stem[ch][i], 0)),
    );
    song.forEach((plane, ch) => expect(errorDb(sums[ch], plane)).toBeLessThan(-140));
  });
});

describe.each([48000, 96000])('a song at %s Hz', (rate) => {
  it.each(Object.keys(families))('%s gives what it gives at its own rate, converted', async (name) => {
    const [left, right] = songOf({ frames: 4001, channels: 2, kind: 'noise' });
    const there = createResampler(rate, 44100);
    const back = createResampler(44100, rate);
    const frames = there.outputLength(left.length);
    const converted = [left, right].map((plane) => convert(there, plane, frames));
    const own = await separated(families[name], converted);
    const direct = await separated(families[name], [left, right], 'stem', rate);
    own.planes.slice(0, families[name].stems.length > 1 ? 2 : 1).forEach((planes, s) =>
      planes.forEach((plane, ch) => {
        expect(errorDb(direct.planes[s][ch], convert(back, plane, left.length))).toBeLessThan(same);
      }),
    );
  });
});

function convert(
  resampler: ReturnType<typeof createResampler>,
  plane: Float32Array,
  frames: number,
): Float32Array {
  const { start, count } = resampler.inputRange(0, frames);
  const heard = Float32Array.from({ length: count }, (_, i) => plane[start + i] ?? 0);
  const into = new Float32Array(frames);
  resampler.process(heard, start, 0, frames, into);
  return into;
}
