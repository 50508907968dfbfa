import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { PcmWriter } from '../audio/pcm-cache.js';
import { singleInfo, type ModelSeparatorEntry } from '../inference/model-store.js';
import type { SeparationEngine } from '../inference/separation-engine.js';
import { makeFolder } from '../files/make-folder.js';

/** Stems that are louder than the song by more than this are wrong, dB. */
const absurdDb = 30;

/** Shortest piece that is tried, seconds. */
const shortest = 1;

/**
 * Runs a model on one segment of sound, in a process that may die: its files are read and their hashes compared, the
 * graph is loaded, its shapes are checked, and what it gives must be numbers of a level that can be. Throws one
 * `model-*`, `inference-failed`, `out-of-memory` or `timeout` that says what is wrong.
 */
export async function proveModel(
  engine: SeparationEngine,
  model: ModelSeparatorEntry,
  signal?: AbortSignal,
): Promise<void> {
  const cache = process.env['UNBRAID_CACHE'] ?? tmpdir();
  makeFolder(cache);
  const dir = mkdtempSync(join(cache, 'unbraid-prove-'));
  try {
    const { sampleRate, segment } = singleInfo(model);
    const frames = Math.max(shortest * sampleRate, Math.min(segment.length, 30 * sampleRate));
    const source = testSound(join(dir, 'source'), frames, sampleRate);
    mkdirSync(join(dir, 'work'));
    const { stems } = await engine.separate(
      {
        ...{ source, channelLayout: 'stereo', separator: model, device: 'cpu', quality: { shifts: 0 } },
        ...{ residual: 'stem', tempDir: join(dir, 'work'), workers: 1 },
      },
      { ...(signal && { signal }) },
    );
    const loudest = stems.reduce((a, b) => (b.peak > a.peak ? b : a));
    const level = 20 * Math.log10(loudest.peak / testPeak);
    if (level > absurdDb) {
      throw new UnbraidError(
        'model-incompatible',
        `The model makes "${loudest.name}" ${level.toFixed(0)} dB louder than the song`,
        { hint: 'Its parameters do not fit, or its file is damaged.' },
      );
    }
  } catch (error) {
    throw explained(toUnbraidError(error), model);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const testPeak = 0.5;

/** Two channels of chords and noise: something for every stem. */
function testSound(dir: string, frames: number, sampleRate: number): ReturnType<PcmWriter['ref']> {
  const writer = new PcmWriter(dir, 2, sampleRate);
  try {
    let seed = 1;
    const noise = (): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed / 2 ** 31 - 1;
    };
    const planes = [0, 1].map((channel) =>
      Float32Array.from({ length: frames }, (_, n) => {
        const t = (2 * Math.PI * n) / sampleRate;
        const chord = Math.sin(110 * t) + Math.sin(440 * t + channel) + Math.sin(1760 * t);
        return testPeak * (0.25 * chord + 0.25 * noise());
      }),
    );
    writer.append(planes, frames);
    return writer.ref();
  } finally {
    writer.dispose();
  }
}

/** Says of a process that died what that means for a person. */
function explained(error: UnbraidError, model: ModelSeparatorEntry): UnbraidError {
  if (error.code !== 'process-died') return error.about(model.folder);
  return new UnbraidError(
    'out-of-memory',
    `"${model.name}" ended its process (${error.message}): most probably it needs more memory than is free`,
    {
      file: model.folder,
      hint: 'Close other programs and check it again, or choose a smaller model.',
      cause: error,
    },
  );
}
