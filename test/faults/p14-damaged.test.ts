import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnbraidError } from '../../src-main/common/base/errors.js';
import { Dither } from '../../src-main/common/dsp/quantise.js';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import type { OutputFormat } from '../../src-main/common/jobs/formats.js';
import { cacheOf, planesOf, testFolder, testSignal } from '../fixtures/audio/caches.js';
import { onGrid, pcmFile } from '../fixtures/audio/corpus/pcm-files.js';
import { writeForeign, type foreign } from '../fixtures/audio/foreign-files.js';

const dir = testFolder();
const codec = new CodecClient();
afterAll(() => codec.dispose());

const written: OutputFormat[] = ['wav', 'flac', 'mp3', 'aac', 'alac', 'opus', 'vorbis', 'aiff'];
const others: (keyof typeof foreign)[] = ['wma', 'wv', 'mka', 'webm', 'caf', 'w64', 'tta'];
const frames = 48_000;
const files = new Map<string, Buffer>();
let count = 0;

beforeAll(async () => {
  const planes = testSignal(2, frames, 48000);
  const inputs = [{ ref: cacheOf(dir, planes, 48000), gain: 1 }];
  const outputs = written.map((format) => ({
    path: join(dir, `whole.${format}`),
    format,
    inputs,
    tags: { title: 'T' },
  }));
  await codec.encodeSet({ outputs, dither: 'none', seed: 1 });
  for (const kind of others) {
    const levels = planes.map((plane) => Int32Array.from(plane, (x) => Math.round(x * 32768)));
    writeForeign(
      join(dir, `whole.${kind}`),
      kind,
      kind === 'wma' || kind === 'webm' ? planes : levels,
      48000,
    );
  }
  for (const name of [...written, ...others]) files.set(name, readFileSync(join(dir, `whole.${name}`)));
});

/** Decodes bytes; answers the result or the typed error. A dead process or an `internal` error fails the test. */
async function attempt(name: string, bytes: Buffer) {
  const path = join(dir, `broken-${count++}.${name}`);
  writeFileSync(path, bytes);
  const out = join(dir, `out-${count++}`);
  try {
    const result = await codec.decode({ path, dir: out, maxBytes: 64 * 2 ** 20 });
    for (const plane of planesOf(result.ref)) expect(plane.every(Number.isFinite)).toBe(true);
    return result;
  } catch (error) {
    expect(error).toBeInstanceOf(UnbraidError);
    expect(['process-died', 'internal']).not.toContain((error as UnbraidError).code);
    expect((error as UnbraidError).file).toBe(path);
    expect(existsSync(out)).toBe(false);
    return error as UnbraidError;
  }
}

describe.each([...written, ...others])('P14 %s', (name) => {
  it('cut at any header byte is an error or a warning, never a crash', async () => {
    const whole = files.get(name)!;
    for (let at = 0; at < Math.min(whole.length, 1400); at += at < 64 ? 3 : 67)
      await attempt(name, whole.subarray(0, at));
  });

  it('cut in the middle is an error, or says how much was read', async () => {
    const whole = files.get(name)!;
    for (const share of [0.3, 0.5, 0.8]) {
      const result = await attempt(name, whole.subarray(0, Math.floor(whole.length * share)));
      if (result instanceof UnbraidError) continue;
      expect(result.ref.frames).toBeLessThan(frames * 0.95);
      expect(result.warnings.join()).toMatch(/damaged or cut/);
    }
  });

  it('with flipped bits gives finite audio or one error', async () => {
    const whole = files.get(name)!;
    const random = new Dither(11, count);
    for (let i = 0; i < 12; i++) {
      const bytes = Buffer.from(whole);
      const span = i % 2 === 0 ? bytes.length : Math.min(bytes.length, 600);
      for (let flip = 0; flip < 4; flip++) bytes[Math.floor(Math.abs(random.next()) * span)] ^= 1 << flip;
      await attempt(name, bytes);
    }
  });
});

describe('P14 bounds', () => {
  it('random bytes under every extension are refused or harmless', async () => {
    const random = new Dither(5);
    const bytes = Buffer.from(
      Array.from({ length: 20_000 }, () => Math.floor(Math.abs(random.next()) * 256)),
    );
    for (const name of ['wav', 'mp3', 'm4a', 'ogg', 'flac', 'aac', 'm3u8', 'txt', 'jpg'])
      await attempt(name, bytes);
  });

  it('leaves no cache behind after all these failures', () => {
    const left = readdirSync(dir).filter((name) => name.startsWith('out-'));
    for (const name of left) expect(readdirSync(join(dir, name)).length).toBeGreaterThan(0);
  });
});

describe('P14 many channels', () => {
  const wav = (channels: number, frames: number): { planes: Float32Array[]; path: string } => {
    const planes = onGrid(testSignal(channels, frames), '16');
    const path = join(dir, `many-${channels}.wav`);
    writeFileSync(path, pcmFile({ container: 'wav', depth: '16', rate: 44100, planes }));
    return { planes, path };
  };

  it.each([9, 12, 16, 64])(
    '%i channels are read, and their loudness is refused, not a crash',
    async (channels) => {
      const { planes, path } = wav(channels, 1000);
      const { ref } = await codec.decode({ path, dir: `${path}-out` });
      expect(planesOf(ref)).toEqual(planes);
      await expect(codec.loudness([{ ref, gain: 1 }])).rejects.toMatchObject({
        code: 'unsupported-format',
      });
    },
  );

  it('65 channels are refused', async () => {
    const { path } = wav(65, 10);
    await expect(codec.decode({ path, dir: `${path}-out` })).rejects.toMatchObject({
      code: 'unsupported-format',
    });
  });
});
