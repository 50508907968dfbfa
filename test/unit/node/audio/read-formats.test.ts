import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CodecClient } from '../../../../src-main/node/audio/codec-client.js';
import { bestLag, planesOf, testFolder, testSignal } from '../../../fixtures/audio/caches.js';
import { foreign, writeForeign, writeVideo } from '../../../fixtures/audio/foreign-files.js';
import { floats, integers, wavBytes, type WavOptions } from '../../../fixtures/audio/wav-bytes.js';

const dir = testFolder();
const codec = new CodecClient();
afterAll(() => codec.dispose());
let count = 0;

async function decodeBytes(bytes: Buffer, name = `file-${count++}.wav`) {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return codec.decode({ path, dir: join(dir, `out-${count++}`) });
}

const levels16 = [-32768, -1, 0, 1, 12345, 32767];
const stereo = { channels: 2, rate: 44100 };

describe('WAV in its variants', () => {
  const cases: [string, WavOptions, number[]][] = [
    [
      '8-bit',
      { format: 1, bits: 8, ...stereo, data: integers([-128, -1, 0, 1, 64, 127], 1) },
      [-1, -1 / 128, 0, 1 / 128, 0.5, 127 / 128],
    ],
    [
      '16-bit',
      { format: 1, bits: 16, ...stereo, data: integers(levels16, 2) },
      levels16.map((k) => k / 2 ** 15),
    ],
    [
      '24-bit',
      { format: 1, bits: 24, ...stereo, data: integers([-8388608, 8388607, 1, -1, 0, 77], 3) },
      [-8388608, 8388607, 1, -1, 0, 77].map((k) => k / 2 ** 23),
    ],
    [
      '32-bit',
      { format: 1, bits: 32, ...stereo, data: integers([-(2 ** 31), 2 ** 30, 128, -128, 0, 3 * 2 ** 20], 4) },
      [-1, 0.5, 2 ** -24, -(2 ** -24), 0, 3 * 2 ** -11],
    ],
    [
      'float32',
      { format: 3, bits: 32, ...stereo, data: floats([0.1, -1000, 1e-40, 0, 1, -1]) },
      [0.1, -1000, 1e-40, 0, 1, -1].map(Math.fround),
    ],
    [
      'float64',
      { format: 3, bits: 64, ...stereo, data: floats([0.1, -2, 0, 0.5, 1, -1], 8) },
      [0.1, -2, 0, 0.5, 1, -1].map(Math.fround),
    ],
    [
      'RF64',
      { format: 1, bits: 16, ...stereo, rf64: true, data: integers(levels16, 2) },
      levels16.map((k) => k / 2 ** 15),
    ],
    [
      'BWF',
      { format: 1, bits: 16, ...stereo, bext: true, data: integers(levels16, 2) },
      levels16.map((k) => k / 2 ** 15),
    ],
    [
      'EXTENSIBLE',
      { format: 1, bits: 24, ...stereo, extensible: true, data: integers(levels16, 3) },
      levels16.map((k) => k / 2 ** 23),
    ],
    [
      'EXTENSIBLE 5.1',
      { format: 1, bits: 16, channels: 6, rate: 96000, extensible: true, data: integers(levels16, 2) },
      levels16.map((k) => k / 2 ** 15),
    ],
    [
      '1 kHz',
      { format: 1, bits: 16, channels: 1, rate: 1000, data: integers(levels16, 2) },
      levels16.map((k) => k / 2 ** 15),
    ],
    [
      '768 kHz',
      { format: 1, bits: 16, channels: 1, rate: 768000, data: integers(levels16, 2) },
      levels16.map((k) => k / 2 ** 15),
    ],
  ];
  it.each(cases)('%s decodes to exactly its samples', async (_name, options, expected) => {
    const { ref, info, warnings } = await decodeBytes(wavBytes(options));
    const planes = planesOf(ref);
    const interleaved = Array.from(
      { length: expected.length },
      (_, i) => planes[i % options.channels][Math.floor(i / options.channels)],
    );
    expect(interleaved).toEqual(expected);
    expect(ref.sampleRate).toBe(options.rate);
    expect(info).toMatchObject({
      frames: expected.length / options.channels,
      bitDepth: options.bits,
      sampleKind: options.format === 1 ? 'int' : 'float',
    });
    expect(warnings).toEqual([]);
  });

  it.each([1, 100])('a file of %i samples decodes to exactly that many', async (n) => {
    const { ref } = await decodeBytes(
      wavBytes({ format: 1, bits: 16, channels: 1, rate: 8000, data: integers(Array(n).fill(7), 2) }),
    );
    expect([...planesOf(ref)[0]]).toEqual(Array(n).fill(7 / 32768));
  });

  it('a valid file of 0 samples is empty-audio', async () => {
    await expect(
      decodeBytes(wavBytes({ format: 1, bits: 16, ...stereo, data: Buffer.alloc(0) })),
    ).rejects.toMatchObject({ code: 'empty-audio' });
  });

  it('a header that claims 55,874 s over nothing is one error, and over little is a warning with the true length', async () => {
    const claimedBytes = 55874 * 44100;
    const header = { format: 1 as const, bits: 8, channels: 1, rate: 44100, claimedBytes };
    await expect(decodeBytes(wavBytes({ ...header, data: Buffer.alloc(0) }))).rejects.toMatchObject({
      code: expect.stringMatching(/^(empty|damaged)-audio$/) as string,
    });
    const { ref, warnings, info } = await decodeBytes(
      wavBytes({ ...header, data: Buffer.alloc(44100, 128) }),
    );
    expect(ref.frames).toBe(44100);
    expect(info.durationSeconds).toBeLessThan(1.1);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('1.00 of 55874.00 s');
  });

  it('NaN and infinities become 0, are counted and warned about', async () => {
    const data = floats([0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0.75]);
    const { ref, nonFinite, peak, warnings } = await decodeBytes(
      wavBytes({ format: 3, bits: 32, channels: 1, rate: 48000, data }),
    );
    expect([...planesOf(ref)[0]]).toEqual([0.5, 0, 0, 0, -0.75]);
    expect({ nonFinite, peak }).toEqual({ nonFinite: 3, peak: 0.75 });
    expect(warnings[0]).toContain('3 samples');
  });

  it.each([
    '🎵 déjà.wav',
    'a:b.wav',
    'two\nlines.wav',
    '-x.wav',
    '%d.wav',
    'file:x.wav',
    '0'.repeat(251) + '.wav',
  ])('the name %j opens', async (name) => {
    const { ref } = await decodeBytes(
      wavBytes({ format: 1, bits: 16, ...stereo, data: integers(levels16, 2) }),
      name,
    );
    expect(ref.frames).toBe(3);
  });
});

describe('containers that are only read', () => {
  const frames = 30_011;
  const signal = testSignal(2, frames);
  const levelsOf = (bits: 16 | 24) =>
    signal.map((plane) => Int32Array.from(plane, (x) => Math.round(x * 2 ** (bits - 1))));
  const lossless = (Object.keys(foreign) as (keyof typeof foreign)[]).filter(
    (kind) => foreign[kind][3] !== null,
  );
  const lossy = (Object.keys(foreign) as (keyof typeof foreign)[]).filter(
    (kind) => foreign[kind][3] === null,
  );

  it.each(lossless)('%s decodes to exactly its samples', async (kind) => {
    const bits = foreign[kind][3] ?? 16;
    const levels = levelsOf(bits);
    const path = join(dir, `x.${kind}`);
    writeForeign(path, kind, levels, 44100);
    const { ref, warnings } = await codec.decode({ path, dir: join(dir, `out-${count++}`) });
    expect(warnings).toEqual([]);
    const planes = planesOf(ref);
    levels.forEach((plane, c) =>
      expect(planes[c].subarray(0, frames)).toEqual(Float32Array.from(plane, (k) => k / 2 ** (bits - 1))),
    );
    // Wave64 pads its data to 8 bytes.
    expect(ref.frames - frames).toBeLessThan(kind === 'w64' ? 2 : 1);
  });

  it.each(lossy)('%s decodes to the right length, give or take its own padding', async (kind) => {
    const rate = kind === 'webm' ? 48000 : 44100;
    const path = join(dir, `x.${kind}`);
    writeForeign(path, kind, signal, rate);
    const { ref } = await codec.decode({ path, dir: join(dir, `out-${count++}`) });
    expect(Math.abs(ref.frames - frames)).toBeLessThan(4096);
    expect(ref).toMatchObject({ channels: 2, sampleRate: rate });
  });

  it('the sound of a video has its length and alignment', async () => {
    const path = join(dir, 'video.mp4');
    writeVideo(path, signal, 44100);
    const { ref, info } = await codec.decode({ path, dir: join(dir, `out-${count++}`) });
    expect(ref.frames).toBe(frames);
    expect(info.codec).toBe('aac');
    expect(bestLag(signal[0], planesOf(ref)[0], 600)).toBe(0);
  });

  it('a chained file whose rate changes is converted to its first rate, with a warning', async () => {
    const parts = [44100, 48000].map((rate) => {
      const path = join(dir, `chain-${rate}.ac3`);
      writeForeign(path, 'ac3', testSignal(2, rate, rate), rate);
      return path;
    });
    const { ref, warnings } = await decodeBytes(
      Buffer.concat(parts.map((part) => readFileSync(part))),
      'chain.ac3',
    );
    expect(ref.sampleRate).toBe(44100);
    expect(Math.abs(ref.frames / 44100 - 2)).toBeLessThan(0.1);
    expect(warnings.join()).toContain('changes within the file');
  });
});

describe('what is not audio is one error that says what it is', () => {
  const text = (content: string) => Buffer.from(content);
  it.each([
    [
      'HLS',
      'hls.wav',
      text('#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile-0.wav\n#EXT-X-ENDLIST\n'),
      'not-audio',
      'playlist',
    ],
    ['ffconcat', 'concat.wav', text("ffconcat version 1.0\nfile 'file-0.wav'\n"), 'not-audio', 'concat'],
    ['text', 'text.mp3', text('just some words in a file'), 'not-audio', 'text'],
    [
      'a PNG',
      'x.flac',
      Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001080200000090775', 'hex'),
      'not-audio',
      'PNG',
    ],
    ['an empty file', 'empty.wav', Buffer.alloc(0), 'not-audio', '0 bytes'],
    ['zeros', 'zeros.wav', Buffer.alloc(4096), 'not-audio', 'zeros'],
    [
      'an LFS pointer',
      'lfs.wav',
      text('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'),
      'not-audio',
      'LFS',
    ],
  ])('%s', async (_name, name, bytes, code, words) => {
    const failure: unknown = await decodeBytes(bytes, name).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, file: join(dir, name) });
    expect((failure as Error).message).toContain(words);
  });

  it('a folder, a missing file and a device have their own codes', async () => {
    mkdirSync(join(dir, 'folder.wav'));
    await expect(codec.probe(join(dir, 'folder.wav'))).rejects.toMatchObject({
      code: 'not-audio',
      message: expect.stringContaining('folder') as string,
    });
    await expect(codec.probe(join(dir, 'missing.wav'))).rejects.toMatchObject({ code: 'file-not-found' });
    await expect(codec.probe('/dev/null')).rejects.toMatchObject({ code: 'not-audio' });
  });
});
