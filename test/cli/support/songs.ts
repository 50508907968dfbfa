import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { CodecClient } from '../../../src-main/node/audio/codec-client.js';
import type { AudioInfo } from '../../../src-main/node/audio/types.js';
import { planesOf } from '../../fixtures/audio/caches.js';
import { floats, integers, wavBytes } from '../../fixtures/audio/wav-bytes.js';
import { noise, sine } from '../../fixtures/signals.js';

/** A short song in planes `[channels][frames]`: tones, a beat of noise bursts; peak below 0.7. */
export function song(channels: number, frames: number, rate = 44100, seed = 1): Float32Array[] {
  const hiss = noise(frames, seed);
  return Array.from({ length: channels }, (_, c) => {
    const tone = sine(frames, 220 + 60 * seed + 35 * c, rate, 0.3);
    const high = sine(frames, 1500 + 110 * c, rate, 0.1);
    const beat = rate / 4;
    return Float32Array.from(
      tone,
      (x, i) => x + high[i] + 0.25 * hiss[i] * Math.exp((-12 * (i % beat)) / beat),
    );
  });
}

/** Writes planes as WAV: 16 or 24-bit integers, or 32-bit float. */
export function writeWav(
  path: string,
  planes: readonly Float32Array[],
  rate = 44100,
  kind: '16' | '24' | '32f' = '16',
) {
  const values = Array.from({ length: planes.length * planes[0].length }, (_, i) => {
    return planes[i % planes.length][Math.floor(i / planes.length)];
  });
  const bits = kind === '16' ? 16 : kind === '24' ? 24 : 32;
  const scale = 2 ** (bits - 1);
  const levels = (): number[] =>
    values.map((x) => Math.max(-scale, Math.min(scale - 1, Math.round(x * scale))));
  const data = kind === '32f' ? floats(values) : integers(levels(), kind === '16' ? 2 : 3);
  mkdirSync(dirname(path), { recursive: true });
  const shape = { channels: planes.length, rate, bits, data, extensible: planes.length > 2 };
  writeFileSync(path, wavBytes({ format: kind === '32f' ? 3 : 1, ...shape }));
  return path;
}

/** Reads files back with the real codec process. */
export class Listener {
  private readonly codec = new CodecClient();
  private count = 0;

  constructor(private readonly dir: string) {
    afterAll(() => this.codec.dispose());
  }

  async read(
    path: string,
    track?: number,
  ): Promise<{ info: AudioInfo; planes: Float32Array[]; warnings: string[] }> {
    const dir = join(this.dir, `heard-${this.count++}`);
    const { ref, info, warnings } = await this.codec.decode({
      path,
      dir,
      ...(track !== undefined && { track }),
    });
    const planes = planesOf(ref);
    rmSync(dir, { recursive: true });
    return { info: { ...info, frames: ref.frames }, planes, warnings };
  }

  /** Encodes planes in any format, with tags; for sources that are not WAV. */
  async write(
    path: string,
    ref: Parameters<typeof planesOf>[0],
    format: 'flac' | 'mp3' | 'alac',
    tags: Record<string, string>,
  ) {
    const output = {
      path,
      format,
      inputs: [{ ref, gain: 1 }],
      tags,
      ...(format !== 'mp3' && { sample: 's16' as const }),
    };
    await this.codec.encodeSet({ outputs: [output], dither: 'none', seed: 1 });
    return path;
  }
}

/** Σ parts, sample by sample, in double precision. */
export function sumOf(parts: readonly (readonly Float32Array[])[]): Float64Array[] {
  return parts[0].map((plane, c) =>
    Float64Array.from(plane, (_, i) => parts.reduce((sum, part) => sum + part[c][i], 0)),
  );
}

/** Largest difference of two sets of planes; infinite when shapes differ. */
export function worst(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let c = 0; c < a.length; c++) {
    if (a[c].length !== b[c].length) return Infinity;
    for (let i = 0; i < a[c].length; i++) most = Math.max(most, Math.abs(a[c][i] - b[c][i]));
  }
  return most;
}

/** Energy of the difference over the energy of the reference, dB. */
export function differenceDb(
  actual: readonly ArrayLike<number>[],
  reference: readonly ArrayLike<number>[],
): number {
  if (worst(actual, reference) === Infinity) return Infinity;
  let error = 0;
  let power = 0;
  reference.forEach((plane, c) => {
    for (let i = 0; i < plane.length; i++) {
      error += (actual[c][i] - plane[i]) ** 2;
      power += plane[i] ** 2;
    }
  });
  return error === 0 ? -Infinity : 10 * Math.log10(error / power);
}

/** Every file below a folder by relative path, with its SHA-256; the state folder is left out unless asked for. */
export function hashes(root: string, state = false): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (folder: string): void => {
    for (const name of readdirSync(join(root, folder)).sort()) {
      const path = join(folder, name);
      if (name === '.unbraid' && !state) continue;
      if (lstatSync(join(root, path)).isDirectory()) visit(path);
      else
        found[path] = createHash('sha256')
          .update(readFileSync(join(root, path)))
          .digest('hex');
    }
  };
  if (existsSync(root)) visit('');
  return found;
}
