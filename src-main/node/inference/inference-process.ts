import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnbraidError, assert } from '../../common/base/errors.js';
import { averaged } from '../../common/separation/averaging.js';
import { createClassic } from '../../common/separation/classic/registry.js';
import { EnsembleSeparator } from '../../common/separation/ensemble.js';
import type { ModelManifest } from '../../common/separation/manifest.js';
import { withQuality } from '../../common/separation/quality.js';
import type { Separator } from '../../common/separation/separator.js';
import { rephased } from '../../common/separation/phase-separator.js';
import { filtered } from '../../common/separation/wiener-filter.js';
import { serveRpc } from '../process/rpc.js';
import type { InferenceApi, OpenResult, SeparatorSpec, SingleSpec } from './inference-api.js';
import { boundMemory } from './model-memory.js';
import { Song } from './song.js';
import { sumUp } from './sum-up.js';

/** The entry of an inference process: holds one separator and works on one song at a time. */
let separator: Separator | undefined;
let manifestFolder: { manifest: ModelManifest; folder: string } | undefined;
let song: Song | undefined;
/** Free the memory of the previous separator's graphs. */
const releases: (() => Promise<void>)[] = [];

async function open(spec: SeparatorSpec, onTry: (provider: string) => void): Promise<OpenResult> {
  song?.dispose();
  song = undefined;
  manifestFolder = undefined;
  separator = undefined;
  for (const release of releases.splice(0)) await release();
  boundMemory(spec.kind === 'ensemble' ? spec.members : [spec]);
  if (spec.kind !== 'ensemble') {
    const { separator: alone, ...loaded } = await load(spec, onTry);
    const { wiener, averaging, phase } = spec.quality;
    const more = spec.kind === 'model' && spec.manifest.post.wiener ? 0 : wiener;
    separator = rephased(filtered(averaged(alone, averaging), more), phase);
    return loaded;
  }
  const members: Loaded[] = [];
  for (const member of spec.members) members.push(await load(member, onTry));
  const ensemble = new EnsembleSeparator(
    spec.ensemble,
    members.map((member) => member.separator),
    spec.quality,
  );
  const { wiener, averaging, phase } = spec.quality;
  separator = rephased(filtered(averaged(ensemble, averaging), wiener), phase);
  const models = members.filter((_, m) => spec.members[m].kind === 'model');
  const provider = models.find((member) => member.provider !== 'cpu')?.provider ?? 'cpu';
  return {
    provider,
    alike: models.every((member) => member.provider === provider),
    warnings: members.flatMap((member) => member.warnings),
    refused: members.flatMap((member) => member.refused),
    dynamic: false,
  };
}

type Loaded = OpenResult & { readonly separator: Separator };

async function load(spec: SingleSpec, onTry: (provider: string) => void): Promise<Loaded> {
  if (spec.kind === 'classic') {
    const made = createClassic(spec.id, spec.quality);
    return { separator: made, provider: 'cpu', alike: true, warnings: [], refused: [], dynamic: false };
  }
  // The runtime is loaded only where a model needs it: classic methods work without its binary.
  const { loadModel } = await import('./device.js');
  const manifest = withQuality(spec.manifest, spec.quality);
  manifestFolder = { manifest, folder: spec.folder };
  const otherLength = spec.quality.segment !== undefined;
  const { release, ...loaded } = await loadModel(spec.device, { ...spec, manifest, otherLength, onTry });
  releases.push(release);
  return { ...loaded, alike: true };
}

function current(): Song {
  assert(song, 'a song was set before its segments');
  return song;
}

function readFloats(folder: string, file: string): Float32Array {
  const bytes = readFileSync(join(folder, file));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** Golden input `[channels][length]`, golden output `[stems][channels][length]`, raw float32. */
async function golden(): Promise<{ maxAbs: number | null; tolerance: number }> {
  assert(separator && manifestFolder, 'a model is open');
  const { manifest, folder } = manifestFolder;
  const [stored] = manifest.golden;
  if (!stored) return { maxAbs: null, tolerance: 0 };
  const input = readFloats(folder, stored.input);
  const expected = readFloats(folder, stored.output);
  const { channels } = separator.info;
  const length = input.length / channels;
  const mix = Array.from({ length: channels }, (_, ch) => input.subarray(ch * length, (ch + 1) * length));
  const stems = await separator.separate(mix, { mean: 0, std: 1 });
  if (expected.length !== separator.info.stems.length * input.length) {
    throw new UnbraidError('model-file-invalid', 'The golden output has the wrong length', {
      file: stored.output,
    });
  }
  let maxAbs = 0;
  stems.flat().forEach((plane, p) => {
    for (let i = 0; i < length; i++) {
      const difference = Math.abs(plane[i] - expected[p * length + i]);
      if (!(difference <= maxAbs)) maxAbs = Number.isNaN(difference) ? Infinity : difference;
    }
  });
  return { maxAbs, tolerance: stored.maxAbs };
}

serveRpc<InferenceApi>({
  open: (spec, { emit }) => open(spec, (trying) => emit({ trying })),
  song: (spec) => {
    assert(separator, 'a separator was opened before the song');
    song?.dispose();
    song = spec ? new Song(separator, spec) : undefined;
    return null;
  },
  stats: () => current().stats(),
  hear: async (task) => {
    await current().hear(task);
    return null;
  },
  segment: ({ stats, ...task }) => current().segment(task, stats),
  finish: ({ start, count, slots }) => current().finish(start, count, slots),
  sumUp,
  golden,
  // The system counts in KiB, on every platform.
  usage: () => ({ peakBytes: process.resourceUsage().maxRSS * 1024 }),
  providers: async () => (await import('./onnx-session.js')).supportedProviders(),
});
