import { closeSync, mkdirSync, openSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UnbraidError } from '../../src-main/common/base/errors.js';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import { surveyFile } from '../../src-main/node/audio/reading/survey.js';
import type { DecodeResult } from '../../src-main/node/audio/types.js';
import { bestLag, cacheOf, planesOf, testFolder, testSignal } from '../fixtures/audio/caches.js';
import {
  apeTag,
  id3v1,
  id3v2,
  lyrics3,
  oggPages,
  rewritePages,
  rubbish,
  withSerial,
} from '../fixtures/audio/corpus/alter.js';
import { encoded, signalFor, type CodecName } from '../fixtures/audio/corpus/encoded.js';
import { asEncrypted, asItunes } from '../fixtures/audio/corpus/mp4-edit.js';
import { chunk, onGrid, pcmFile, type PcmContainer } from '../fixtures/audio/corpus/pcm-files.js';
import { writeForeign, writeVideo } from '../fixtures/audio/foreign-files.js';

const dir = testFolder();
const codec = new CodecClient();
afterAll(() => codec.dispose());
let count = 0;

function put(bytes: Buffer, name = 'x.wav'): string {
  const folder = join(dir, String(count++));
  mkdirSync(folder);
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

function decode(bytes: Buffer, name?: string): Promise<DecodeResult> {
  return codec.decode({ path: put(bytes, name), dir: join(dir, `out-${count++}`) });
}

async function refusal(bytes: Buffer, name?: string): Promise<UnbraidError> {
  const failure: unknown = await decode(bytes, name).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UnbraidError);
  return failure as UnbraidError;
}

function codes({ reading }: DecodeResult): string[] {
  return reading.notes.map((note) => note.code);
}

function joined(...parts: (readonly Float32Array[])[]): Float32Array[] {
  return parts[0].map((_, c) => Float32Array.from(parts.flatMap((part) => [...part[c]])));
}

async function samplesOf(bytes: Buffer, name: string): Promise<Float32Array[]> {
  return planesOf((await decode(bytes, name)).ref);
}

describe('P12 chained Ogg: each part with its own headers, to its own last page', () => {
  const kinds: [CodecName, string, number][] = [
    ['vorbis', 'x.ogg', 44100],
    ['opus', 'x.opus', 48000],
    ['oggflac16', 'x.oga', 44100],
  ];
  it.each(kinds)('%s: two parts are what each is alone, without a gap', async (kind, name, rate) => {
    const [a, b] = [encoded(kind, 2, 20_000, rate), encoded(kind, 2, 12_345, rate)];
    const alone = [await samplesOf(a, name), await samplesOf(b, name)];
    const result = await decode(Buffer.concat([withSerial(a, 1), withSerial(b, 2)]), name);
    expect(planesOf(result.ref)).toEqual(joined(...alone));
    expect(result.warnings).toEqual([]);
    expect(result.reading.verdict).toBe('exact');
  });

  it('two Vorbis songs of different quality do not decode with the headers of the first', async () => {
    const [low, high] = [64_000, 256_000].map((bitRate, i) => ({
      bitRate,
      path: join(dir, `quality-${i}.ogg`),
    }));
    const parts: Float32Array[][] = [];
    const bytes: Buffer[] = [];
    for (const [i, { bitRate }] of [low, high].entries()) {
      const made = encoded('vorbis', 2, 30_000 + i, 44100, bitRate);
      bytes.push(withSerial(made, i + 1));
      parts.push(await samplesOf(made, 'x.ogg'));
    }
    const result = await decode(Buffer.concat(bytes), 'x.ogg');
    expect(result.peak).toBeLessThan(1);
    expect(planesOf(result.ref)).toEqual(joined(...parts));
  });

  it('a part of another rate and channel count is brought to the first, and told', async () => {
    const [a, b] = [encoded('vorbis', 2, 44_100, 44100), encoded('vorbis', 1, 22_050, 22050)];
    const result = await decode(Buffer.concat([withSerial(a, 1), withSerial(b, 2)]), 'x.ogg');
    expect(result.ref).toMatchObject({ frames: 88_200, sampleRate: 44100, channels: 2 });
    expect(codes(result)).toContain('link-converted');
    // The second half is the second song, in place: a rate of half the first has a sample at every other one.
    const alone = (await samplesOf(b, 'x.ogg'))[0];
    const second = planesOf(result.ref)[1]
      .subarray(44_100)
      .filter((_, i) => i % 2 === 0);
    expect(bestLag(alone, second, 20)).toBe(0);
    let worst = 0;
    for (let i = 500; i < 21_000; i++) worst = Math.max(worst, Math.abs(alone[i] - second[i]));
    expect(worst).toBeLessThan(0.01);
  });

  it('parts that cannot be joined are one typed error', async () => {
    const six = withSerial(encoded('vorbis', 6, 9000, 44100), 2);
    const failure = await refusal(
      Buffer.concat([withSerial(encoded('vorbis', 2, 9000, 44100), 1), six]),
      'x.ogg',
    );
    expect(failure.code).toBe('unsupported-format');
  });

  it('a lost page and a cut last page are reported; a missing end mark alone is not', async () => {
    const whole = encoded('vorbis', 2, 400_000, 44100);
    const pages = oggPages(whole);
    expect(pages.length).toBeGreaterThan(5);
    const [from, to] = pages[4];
    const holed = await decode(Buffer.concat([whole.subarray(0, from), whole.subarray(to)]), 'x.ogg');
    expect(codes(holed)).toContain('pages-lost');
    const cut = await decode(whole.subarray(0, whole.length - 100), 'x.ogg');
    expect(codes(cut)).toContain('cut-at-end');
    const unmarked = await decode(
      rewritePages(whole, (page) => (page[5] &= ~4)),
      'x.ogg',
    );
    expect(unmarked).toMatchObject({ warnings: [], ref: { frames: 400_000 } });
    expect(codes(unmarked)).toEqual(['no-end-mark']);
  });
});

/** A WAV of 32-bit words whose header says `bits`; not extensible unless asked. */
function wideWav(words: Int32Array, bits: number, extensible: boolean, channels = 2): Buffer {
  const fmt = Buffer.alloc(extensible ? 40 : 16);
  [extensible ? 0xfffe : 1, channels].forEach((value, i) => fmt.writeUInt16LE(value, 2 * i));
  fmt.writeUInt32LE(44100, 4);
  fmt.writeUInt32LE(44100 * channels * 4, 8);
  fmt.writeUInt16LE(4 * channels, 12);
  fmt.writeUInt16LE(extensible ? 32 : bits, 14);
  if (extensible) {
    [22, bits].forEach((value, i) => fmt.writeUInt16LE(value, 16 + 2 * i));
    fmt.writeUInt32LE(3, 20);
    Buffer.from('0100000000001000800000aa00389b71', 'hex').copy(fmt, 24);
  }
  const data = Buffer.from(words.buffer, words.byteOffset, words.byteLength);
  return chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), chunk('fmt ', fmt), chunk('data', data)]));
}

/** A WAV of `bits` bits a sample in as few bytes as will do. */
function oddWav(tag: number, bits: number): Buffer {
  const bytes = Math.ceil(bits / 8);
  const fmt = Buffer.alloc(16);
  [tag, 2].forEach((value, i) => fmt.writeUInt16LE(value, 2 * i));
  fmt.writeUInt32LE(44100, 4);
  fmt.writeUInt32LE(44100 * 2 * bytes, 8);
  fmt.writeUInt16LE(2 * bytes, 12);
  fmt.writeUInt16LE(bits, 14);
  return chunk(
    'RIFF',
    Buffer.concat([Buffer.from('WAVE'), chunk('fmt ', fmt), chunk('data', rubbish(2 * bytes * 100))]),
  );
}

describe('P12 legal WAV that is not read as something else', () => {
  const levels = Int32Array.from([-(2 ** 23), 2 ** 23 - 1, 1, -1, 0, 77_777]);
  const expected = [0, 1].map((c) => Float32Array.from([0, 1, 2], (i) => levels[2 * i + c] / 2 ** 23));

  it.each([
    ['in the upper bits, extensible', true, 8],
    ['in the upper bits, by blockAlign', false, 8],
    ['in the lower bits, extensible', true, 0],
    ['in the lower bits, by blockAlign', false, 0],
  ] as const)('24 bits in 32, %s', async (_, extensible, shift) => {
    const { ref, info, reading } = await decode(
      wideWav(
        levels.map((k) => k << shift),
        24,
        extensible,
      ),
    );
    expect(planesOf(ref)).toEqual(expected);
    expect(info).toMatchObject({ bitDepth: 24, sampleKind: 'int' });
    expect(reading.verdict).toBe('exact');
  });

  it('floating point under the name of 24-bit integers is refused by that name', async () => {
    const floats = Float32Array.from(testSignal(1, 2000)[0]);
    const failure = await refusal(wideWav(new Int32Array(floats.buffer), 24, false));
    expect(failure.code).toBe('unsupported-format');
    expect(failure.message).toContain('floating-point');
  });

  it.each([
    [3, 16, '16-bit floating point'],
    [1, 36, '36-bit'],
    [1, 45, '45-bit'],
    [1, 53, '53-bit'],
    [0x55aa, 16, 'format 0x55aa'],
  ])('format %i of %i bits is refused as %s', async (tag, bits, words) => {
    const failure = await refusal(oddWav(tag, bits));
    expect(failure.code).toBe('unsupported-format');
    expect(failure.message).toContain(words);
  });
});

describe('P12 whole files are exact, whatever lies around the sound', () => {
  const tagged: [string, CodecName, string, Buffer][] = [
    ['WavPack with an APE tag', 'wv16', 'x.wv', apeTag('T')],
    ['FLAC with an ID3v1 tag', 'flac16', 'x.flac', id3v1('T')],
    ['TTA with an ID3v1 tag', 'tta16', 'x.tta', id3v1('T')],
    ['FLAC with an APE tag', 'flac24', 'x.flac', apeTag('T')],
  ];
  it.each(tagged)('%s', async (_, kind, name, tag) => {
    const result = await decode(Buffer.concat([encoded(kind, 2, 20_000, 44100), tag]), name);
    expect(planesOf(result.ref)).toEqual(signalFor(kind, 2, 20_000, 44100));
    expect(result).toMatchObject({ warnings: [], reading: { verdict: 'exact', missingFrames: 0 } });
    expect(result.reading.after.map(({ bytes }) => bytes)).toEqual([tag.length]);
  });

  it('MP3 with Lyrics3 and ID3v1 tags has the samples it has without', async () => {
    const plain = encoded('mp3', 2, 20_000, 44100);
    const result = await decode(Buffer.concat([plain, lyrics3('la'), id3v1('Name')]), 'x.mp3');
    expect(planesOf(result.ref)).toEqual(await samplesOf(plain, 'x.mp3'));
    expect(result).toMatchObject({ warnings: [], info: { tags: { title: 'Name' } } });
  });

  it('AAC by iTunes: priming and padding by its note', async () => {
    const frames = 20_000;
    const plain = encoded('aac', 2, frames, 44100, undefined, { title: 'T' });
    const whole = Math.ceil((1024 + frames) / 1024) * 1024;
    const result = await decode(asItunes(plain, 1024, whole - 1024 - frames, frames), 'x.m4a');
    expect(result.ref.frames).toBe(frames);
    expect(planesOf(result.ref)).toEqual(await samplesOf(plain, 'x.m4a'));
    expect(result.reading).toMatchObject({
      verdict: 'exact',
      claim: { frames, priming: 1024, padding: whole - 1024 - frames },
    });
  });

  it('no note says "X of Y" of what is all there', async () => {
    const wav = pcmFile({
      container: 'wav',
      depth: '24',
      rate: 44100,
      planes: onGrid(testSignal(1, 4411), '24'),
    });
    wav.writeUInt32LE(4411 * 3 + 1, wav.indexOf('data') + 4);
    expect(await decode(wav)).toMatchObject({
      warnings: [],
      ref: { frames: 4411 },
      reading: { verdict: 'exact' },
    });
  });
});

describe('P12 short reads are reported to the sample', () => {
  const planes = onGrid(testSignal(2, 44_100), '16');
  it.each(['wav', 'rf64', 'w64', 'aiff', 'caf', 'au'] as PcmContainer[])(
    '%s cut by one frame',
    async (container) => {
      const whole = pcmFile({ container, depth: '16', rate: 44100, planes });
      const result = await decode(whole.subarray(0, whole.length - 4));
      expect(result.ref.frames).toBe(44_099);
      expect(result.reading).toMatchObject({ verdict: 'damaged', missingFrames: 1 });
      expect(result.warnings[0]).toContain('44099 of 44100 samples');
    },
  );

  it('MP3 cut by four frames', async () => {
    const whole = encoded('mp3', 2, 44_100, 44100);
    const result = await decode(whole.subarray(0, whole.length - 4 * 1044), 'x.mp3');
    expect(result.reading.verdict).toBe('damaged');
    expect(result.reading.missingFrames).toBe(44_100 - result.ref.frames);
    expect(result.reading.missingFrames).toBeGreaterThan(0);
  });

  it('a WAV whose data goes on beyond its claim is read to its end', async () => {
    const bytes = pcmFile({ container: 'wav', depth: '16', rate: 44100, planes });
    bytes.writeUInt32LE(17_640, bytes.indexOf('data') + 4);
    const result = await decode(bytes);
    expect(planesOf(result.ref)).toEqual(planes);
    expect(result.reading).toMatchObject({ verdict: 'repaired', beyondFrames: 44_100 - 4410 });
  });

  it('rubbish behind the data is not read as sound, and is reported', async () => {
    const whole = pcmFile({ container: 'wav', depth: '16', rate: 44100, planes });
    const result = await decode(Buffer.concat([whole, rubbish(200_000)]));
    expect(planesOf(result.ref)).toEqual(planes);
    expect(codes(result)).toEqual(['not-read-after']);
  });

  it('a size that wrapped at 4 GiB is unwrapped', () => {
    const path = join(dir, 'wrapped.wav');
    const head = pcmFile({
      container: 'wav',
      depth: '16',
      rate: 44100,
      planes: [new Float32Array(0), new Float32Array(0)],
    });
    const data = 2 ** 32 + 17_640;
    head.writeUInt32LE(17_640, head.indexOf('data') + 4);
    const fd = openSync(path, 'w');
    writeSync(fd, head);
    // Sound up to its end, and holes within.
    for (const at of [head.length, head.length + data - 4])
      writeSync(fd, Buffer.from([1, 2, 3, 4]), 0, 4, at);
    closeSync(fd);
    expect(surveyFile(path).pcm).toMatchObject({ frames: data / 4, claimedFrames: 4410 });
  });
});

describe('P12 checksums', () => {
  it('FLAC frames whose checksum fails are silence of their length, and told; the rest keeps its place', async () => {
    const whole = encoded('flac16', 2, 40_000, 44100);
    const truth = signalFor('flac16', 2, 40_000, 44100);
    for (const share of [0.3, 0.4, 0.5, 0.6, 0.7]) {
      const bytes = Buffer.from(whole);
      bytes[Math.floor(bytes.length * share)] ^= 0x10;
      const result = await decode(bytes, 'x.flac');
      expect(result.reading.verdict).toBe('damaged');
      expect(result.ref.frames).toBe(40_000);
      const left = planesOf(result.ref)[0];
      let wrong = 0;
      left.forEach((x, i) => (wrong += x === truth[0][i] ? 0 : 1));
      expect(wrong).toBeGreaterThan(0);
      expect(wrong).toBeLessThanOrEqual(result.reading.silencedFrames);
    }
  });

  it.each([
    ['flac16', 'x.flac'],
    ['flac24', 'x.flac'],
    ['mka16', 'x.mka'],
  ] as const)('the MD5 of %s matches, and one that does not is reported', async (kind, name) => {
    const whole = encoded(kind, 2, 20_000, 44100);
    expect((await decode(whole, name)).reading).toMatchObject({ verdict: 'exact', checksum: 'matches' });
    if (kind !== 'flac16' && kind !== 'flac24') return;
    const bytes = Buffer.from(whole);
    bytes[8 + 20] ^= 1; // within STREAMINFO's MD5
    const result = await decode(bytes, name);
    expect(result.reading).toMatchObject({ verdict: 'damaged', checksum: 'differs' });
    expect(codes(result)).toEqual(['checksum-differs']);
  });

  it.each([
    ['wv16', 'x.wv'],
    ['tta16', 'x.tta'],
  ] as const)('a flipped bit in %s is reported', async (kind, name) => {
    const bytes = Buffer.from(encoded(kind, 2, 100_000, 44100));
    bytes[Math.floor(bytes.length / 2)] ^= 1;
    expect((await decode(bytes, name)).reading.verdict).toBe('damaged');
  });
});

describe('P12 what cannot have been sound is refused', () => {
  it('levels beyond any mastering from a lossy codec', async () => {
    const loud = testSignal(2, 30_000).map((plane) => plane.map((x) => 200 * x));
    const path = join(dir, 'loud.ogg');
    writeForeign(path, 'vorbis', loud, 44100);
    const failure: unknown = await codec
      .decode({ path, dir: join(dir, 'loud') })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'damaged-audio', file: path });
  });

  it('integers that a header calls floating point', async () => {
    const words = Int32Array.from(testSignal(1, 4000)[0], (x) => Math.abs(Math.round(x * 2 ** 22)));
    const wav = pcmFile({
      container: 'wav',
      depth: 'f32',
      rate: 44100,
      planes: [new Float32Array(words.buffer)],
    });
    expect((await refusal(wav)).code).toBe('damaged-audio');
  });

  it('loud floating point is not', async () => {
    const planes = [Float32Array.from([0.5, -1000, 20])];
    const wav = pcmFile({ container: 'wav', depth: 'f32', rate: 44100, planes });
    expect(planesOf((await decode(wav)).ref)).toEqual(planes);
  });

  it('AC-4', async () => {
    const frame = Buffer.concat([Buffer.from([0xac, 0x40, 0x01, 0x00]), rubbish(256)]);
    const failure = await refusal(Buffer.concat(Array.from({ length: 30 }, () => frame)), 'x.ac4');
    expect(['not-audio', 'damaged-audio', 'no-audio-stream', 'unsupported-format']).toContain(failure.code);
  });
});

describe('P12 MP3 with anything before its first frame', () => {
  const plain = encoded('mp3', 2, 44_100, 44100);
  it.each([
    ['rubbish', rubbish(3000)],
    ['a tag that claims too little', id3v2('T', 4096, 100)],
    ['a tag that claims too much', id3v2('T', 1024, 1400)],
    ['two tags', Buffer.concat([id3v2('T'), id3v2('T')])],
    ['a frame of another song', encoded('mp3', 2, 9000, 44100).subarray(-1044)],
  ])('%s: the samples are in place', async (_, before) => {
    const result = await decode(Buffer.concat([before, plain]), 'x.mp3');
    expect(planesOf(result.ref)).toEqual(await samplesOf(plain, 'x.mp3'));
    expect(result.reading.claim).toMatchObject({ frames: 44_100, priming: 576 });
  });

  it('a second song behind the first is not lost, and told', async () => {
    const result = await decode(Buffer.concat([plain, encoded('mp3', 2, 20_000, 44100)]), 'x.mp3');
    expect(result.ref.frames).toBeGreaterThanOrEqual(64_100);
    expect(codes(result)).toEqual(['beyond-claim']);
  });
});

describe('P12 ID3v2 before other containers', () => {
  it.each(['wav', 'aiff', 'caf', 'w64', 'rf64', 'au'] as PcmContainer[])(
    '%s: exact, and the tag is read',
    async (container) => {
      const planes = onGrid(testSignal(2, 4411), '16');
      const bytes = pcmFile({ container, depth: '16', rate: 44100, planes });
      const result = await decode(Buffer.concat([id3v2('Before'), bytes]));
      expect(planesOf(result.ref)).toEqual(planes);
      expect(result).toMatchObject({ warnings: [], info: { tags: { title: 'Before' } } });
    },
  );

  it.each([
    ['flac16', 'x.flac'],
    ['wv16', 'x.wv'],
    ['tta16', 'x.tta'],
    ['alac16', 'x.m4a'],
    ['mka16', 'x.mka'],
    ['oggflac16', 'x.oga'],
  ] as const)('%s', async (kind, name) => {
    const result = await decode(Buffer.concat([id3v2('Before'), encoded(kind, 2, 20_000, 44100)]), name);
    expect(planesOf(result.ref)).toEqual(signalFor(kind, 2, 20_000, 44100));
    expect(result).toMatchObject({ warnings: [], info: { tags: { title: 'Before' } } });
  });
});

describe('P12 errors name the cause', () => {
  const module = Buffer.alloc(2048);
  module.write('M.K.', 1080, 'latin1');
  const ableton = pcmFile({
    container: 'aifc',
    depth: '16',
    rate: 44100,
    planes: onGrid(testSignal(2, 100), '16'),
  });
  ableton.write('able', ableton.indexOf('NONE'), 'latin1');
  it.each([
    ['.xm', Buffer.from('Extended Module: a song'.padEnd(400, '\0')), 'not-audio', 'module'],
    ['.it', Buffer.from('IMPM'.padEnd(400, '\0')), 'not-audio', 'module'],
    ['.s3m', Buffer.from(`${'\0'.repeat(44)}SCRM`.padEnd(400, '\0')), 'not-audio', 'module'],
    ['.mod', module, 'not-audio', 'module'],
    [
      '.cue',
      Buffer.from('FILE "a.wav" WAVE\r\n  TRACK 01 AUDIO\r\n    INDEX 01 00:00:00\r\n'),
      'not-audio',
      'cue sheet',
    ],
    ['.pls', Buffer.from('[playlist]\nFile1=a.mp3\n'), 'not-audio', 'playlist'],
    ['.m3u', Buffer.from('a.mp3\nb.mp3\n'), 'not-audio', 'playlist'],
    [
      '.xspf',
      Buffer.from('<?xml version="1.0"?>\n<playlist version="1"></playlist>'),
      'not-audio',
      'playlist',
    ],
    ['only an ID3v2 tag', id3v2('T'), 'no-audio-stream', 'tags'],
    ['only tags', Buffer.concat([id3v2('T'), id3v1('T')]), 'no-audio-stream', 'tags'],
    ['Ableton', ableton, 'unsupported-format', 'Ableton'],
    ['encrypted', asEncrypted(encoded('aac', 2, 20_000, 44100)), 'unsupported-format', 'encrypted'],
  ])('%s', async (_, bytes, code, words) => {
    const failure = await refusal(bytes, 'x.bin');
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(words);
    expect(failure.hint ?? '').not.toContain('report');
  });

  it('a link that leads in a circle', async () => {
    const path = join(dir, 'circle.wav');
    symlinkSync(path, path);
    await expect(codec.probe(path)).rejects.toMatchObject({ code: 'invalid-argument', file: path });
  });
});

describe('P12 the sound of a video that starts late', () => {
  it.each(['mp4', 'matroska'] as const)('%s: padded to the picture, and told', async (muxer) => {
    const planes = testSignal(2, 44_100);
    const path = join(dir, `late.${muxer}`);
    writeVideo(path, planes, 44100, { muxer, soundFrom: 0.5 });
    const result = await codec.decode({ path, dir: join(dir, `late-${muxer}`) });
    expect(codes(result)).toContain('sound-starts-late');
    const [left] = planesOf(result.ref);
    const shifted = new Float32Array(22_050 + 44_100);
    shifted.set(planes[0], 22_050);
    expect(bestLag(shifted, left, 1200)).toBe(0);
    // AAC's encoder delay lies within the silence.
    expect(Math.abs(result.ref.frames - 66_150)).toBeLessThanOrEqual(muxer === 'mp4' ? 1024 : 0);
  });
});

it('P12 a chunk of odd length without its pad byte is stepped over, and told', async () => {
  const planes = onGrid(testSignal(2, 4411), '16');
  const wav = pcmFile({ container: 'wav', depth: '16', rate: 44100, planes });
  const at = wav.indexOf('data');
  const odd = Buffer.concat([Buffer.from('note'), Buffer.from([5, 0, 0, 0]), Buffer.from('hello')]);
  const result = await decode(Buffer.concat([wav.subarray(0, at), odd, wav.subarray(at)]));
  expect(planesOf(result.ref)).toEqual(planes);
  expect(codes(result)).toEqual(['unpadded-chunk']);
});

it('P12 WAV stems keep lyrics, tempo and custom tags, as FLAC and MP3 do', async () => {
  const tags = {
    ...{ title: 'Ärger', bpm: '128', lyrics: 'first line\nsecond ♪', mood: 'calm', artist: 'A' },
  };
  const planes = onGrid(testSignal(2, 4411), '16');
  const ref = cacheOf(dir, planes, 44100);
  for (const format of ['wav', 'flac'] as const) {
    const path = join(dir, `tags.${format}`);
    const output = { path, format, sample: 's16' as const, inputs: [{ ref, gain: 1 }], tags };
    await codec.encodeSet({ outputs: [output], dither: 'none', seed: 1 });
    const back = await codec.decode({ path, dir: join(dir, `tags-${format}`) });
    expect(planesOf(back.ref)).toEqual(planes);
    expect(back).toMatchObject({ warnings: [], info: { tags }, reading: { verdict: 'exact' } });
  }
});
