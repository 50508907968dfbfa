import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import { PcmReader, PcmWriter, type PcmCacheRef } from '../audio/pcm-cache.js';
import { singleInfo, type ModelSeparatorEntry } from './model-store.js';
import type { SeparationEngine } from './separation-engine.js';
import { makeFolder } from '../files/make-folder.js';

/** Seconds of sound that a new model is tried on. */
const trialSeconds = 10;
/** Stems that are louder than the song by more than this are wrong, dB. */
const absurdDb = 30;

export interface ModelTried {
  readonly seconds: number;
  /** Seconds it took. */
  readonly took: number;
  /** What the stems leave of the sound, dB of it. */
  readonly restDb: number;
}

/**
 * Separates ten seconds with a model: files and hashes are read, every dimension is compared, and what comes out must
 * be numbers of a level that can be. Throws `model-*`, `inference-failed`, `out-of-memory`, `cancelled`.
 */
export async function tryModel(
  engine: SeparationEngine,
  model: ModelSeparatorEntry,
  signal?: AbortSignal,
): Promise<ModelTried> {
  const cache = process.env['UNBRAID_CACHE'] ?? tmpdir();
  makeFolder(cache);
  const dir = mkdtempSync(join(cache, 'unbraid-try-'));
  try {
    const { sampleRate } = singleInfo(model);
    const source = writeSound(join(dir, 'source'), trialSeconds * sampleRate, sampleRate);
    mkdirSync(join(dir, 'work'));
    const { stems, workSeconds } = await engine.separate(
      {
        ...{ source, channelLayout: 'stereo', separator: model, device: 'cpu', quality: {} },
        ...{ residual: 'stem', tempDir: join(dir, 'work'), workers: 1 },
      },
      { ...(signal && { signal }) },
    );
    const loudest = stems.reduce((a, b) => (b.peak > a.peak ? b : a));
    if (20 * Math.log10(loudest.peak / peak) > absurdDb) {
      throw new UnbraidError(
        'model-incompatible',
        `The model makes "${loudest.name}" ${(loudest.peak / peak).toFixed(0)} times as loud as the song`,
        { hint: 'Its parameters do not fit, or its file is damaged. Add it again with other answers.' },
      );
    }
    const rest = stems[stems.length - 1].ref;
    return { seconds: trialSeconds, took: workSeconds, restDb: energyDb(rest) - energyDb(source) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const peak = 0.5;

/** Two channels of chords and noise, not alike: something for every stem. */
function writeSound(dir: string, frames: number, sampleRate: number): PcmCacheRef {
  const writer = new PcmWriter(dir, 2, sampleRate);
  try {
    let seed = 1;
    const planes = [0, 1].map((channel) =>
      Float32Array.from({ length: frames }, (_, n) => {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        const t = (2 * Math.PI * n) / sampleRate;
        const chord = Math.sin(110 * t) + Math.sin(440 * t + channel) + Math.sin(1760 * t);
        return peak * (0.25 * chord + 0.25 * (seed / 2 ** 31 - 1));
      }),
    );
    writer.append(planes, frames);
    return writer.ref();
  } finally {
    writer.dispose();
  }
}

function energyDb(ref: PcmCacheRef): number {
  const reader = new PcmReader(ref);
  try {
    const planes = Array.from({ length: ref.channels }, () => new Float32Array(ref.frames));
    reader.read(0, ref.frames, planes);
    let sum = 0;
    for (const plane of planes) for (const sample of plane) sum += sample * sample;
    return Math.max(-300, 10 * Math.log10(sum));
  } finally {
    reader.dispose();
  }
}
