import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BatchReport } from '../../src-main/common/contract/commands.js';
import type { FileResult } from '../../src-main/common/jobs/results.js';
import { floats, wavBytes } from '../fixtures/audio/wav-bytes.js';
import { InProcess, jsonLines, testFolder } from './support/run.js';
import { Listener, differenceDb, song, sumOf, worst, writeWav } from './support/songs.js';

const dir = testFolder();
const cli = new InProcess(join(dir, 'cache'));
const ears = new Listener(dir);
const common = ['--workers', '1', '--json'];

/** Separates one file; its result as the last JSON line gives it. */
async function separate(path: string, output: string, ...args: string[]): Promise<FileResult> {
  const { code, out, err } = await cli.run(['separate', path, '-o', join(dir, output), ...common, ...args]);
  const report = jsonLines(out).at(-1) as unknown as BatchReport;
  const { state } = report.items[0];
  if (code !== 0 || state.state !== 'done') throw new Error(`${JSON.stringify(state)} ${err}`);
  return state.result;
}

const outputsOf = async (result: FileResult) =>
  Promise.all(result.outputs.map(({ path }) => ears.read(path)));

interface Case {
  name: string;
  planes: Float32Array[];
  rate: number;
  kind: '16' | '24' | '32f';
  args?: string[];
  exact: boolean;
}

const cases: Case[] = [
  { name: '16-bit stereo, four stems', planes: song(2, 44100), rate: 44100, kind: '16', exact: true },
  {
    name: '24-bit 48 kHz',
    planes: song(2, 24000, 48000),
    rate: 48000,
    kind: '24',
    args: ['-m', 'hpss'],
    exact: true,
  },
  {
    name: '24-bit 96 kHz',
    planes: song(2, 48000, 96000),
    rate: 96000,
    kind: '24',
    args: ['-m', 'hpss'],
    exact: true,
  },
  {
    name: 'float at 8 kHz',
    planes: song(2, 8000, 8000),
    rate: 8000,
    kind: '32f',
    args: ['-m', 'hpss'],
    exact: false,
  },
  { name: 'mono', planes: song(1, 30000), rate: 44100, kind: '16', args: ['-m', 'hpss'], exact: true },
  { name: '5.1', planes: song(6, 22050), rate: 44100, kind: '24', args: ['-m', 'hpss'], exact: true },
  {
    name: '1 sample',
    planes: song(2, 2).map((p) => p.subarray(1)),
    rate: 44100,
    kind: '16',
    args: ['-m', 'hpss'],
    exact: true,
  },
  { name: '100 samples', planes: song(2, 100), rate: 44100, kind: '16', exact: true },
  {
    name: 'silence',
    planes: [new Float32Array(20000), new Float32Array(20000)],
    rate: 44100,
    kind: '16',
    args: ['-m', 'hpss'],
    exact: true,
  },
  {
    name: 'residual spread',
    planes: song(2, 22050),
    rate: 44100,
    kind: '24',
    args: ['--residual', 'spread'],
    exact: true,
  },
  {
    name: 'residual spread, float',
    planes: song(2, 22050),
    rate: 44100,
    kind: '32f',
    args: ['--residual', 'spread'],
    exact: false,
  },
  {
    name: 'residual as a stem',
    planes: song(2, 22050),
    rate: 44100,
    kind: '16',
    args: ['--residual', 'stem'],
    exact: true,
  },
  {
    name: 'two stems',
    planes: song(2, 22050),
    rate: 44100,
    kind: '16',
    args: ['--two-stems', 'vocals'],
    exact: true,
  },
  {
    name: 'to FLAC',
    planes: song(2, 22050),
    rate: 44100,
    kind: '24',
    args: ['-m', 'hpss', '-f', 'flac'],
    exact: true,
  },
  {
    name: 'to ALAC',
    planes: song(2, 22050),
    rate: 44100,
    kind: '16',
    args: ['-m', 'hpss', '-f', 'alac'],
    exact: true,
  },
  {
    name: 'to AIFF',
    planes: song(2, 22050),
    rate: 44100,
    kind: '24',
    args: ['-m', 'hpss', '-f', 'aiff'],
    exact: true,
  },
  {
    name: '16-bit written as 24',
    planes: song(2, 22050),
    rate: 44100,
    kind: '16',
    args: ['-m', 'hpss', '--depth', '24'],
    exact: true,
  },
];

describe('stems add up to the source', () => {
  /** Cases with the same settings are separated by one command. */
  const results = new Map<string, FileResult>();

  beforeAll(async () => {
    const plain = cases.filter(({ args }) => args?.join(' ') === '-m hpss');
    const paths = plain.map(({ name, planes, rate, kind }) =>
      writeWav(join(dir, `${name}.wav`), planes, rate, kind),
    );
    const { out } = await cli.run(['separate', ...paths, '-o', join(dir, 'plain'), ...common, '-m', 'hpss']);
    const report = jsonLines(out).at(-1) as unknown as BatchReport;
    report.items.forEach(({ state }, i) => {
      if (state.state === 'done') results.set(plain[i].name, state.result);
    });
  });

  it.each(cases)('$name', async ({ name, planes, rate, kind, args = [], exact }) => {
    const path = writeWav(join(dir, `${name}.wav`), planes, rate, kind);
    const source = await ears.read(path);
    const result = results.get(name) ?? (await separate(path, name, ...args));
    const parts = await outputsOf(result);
    for (const { info } of parts) {
      expect(info.frames).toBe(planes[0].length);
      expect(info.sampleRate).toBe(rate);
      expect(info.channels).toBe(planes.length);
      const depth = args.includes('--depth') ? 24 : source.info.bitDepth;
      expect(info.bitDepth).toBe(depth);
    }
    const sum = sumOf(parts.map((part) => part.planes));
    if (exact) {
      expect(worst(sum, source.planes)).toBe(0);
      expect(result.writtenNullDb).toBe(-999);
    } else {
      expect(differenceDb(sum, source.planes)).toBeLessThan(-120);
      expect(result.writtenNullDb).toBeLessThan(-120);
    }
    expect(result.nullDb).toBeLessThan(-120);
    expect(result).toMatchObject({
      gainDb: 0,
      frames: planes[0].length,
      sampleRate: rate,
      channels: planes.length,
    });
  });

  it('dithers to 16 bits, and the sum is still the rounded source', async () => {
    const planes = song(2, 22050);
    const path = writeWav(join(dir, 'deep.wav'), planes, 44100, '24');
    const source = (await ears.read(path)).planes;
    const parts = await outputsOf(await separate(path, 'deep', '-m', 'hpss', '--depth', '16'));
    expect(parts.map(({ info }) => info.bitDepth)).toEqual([16, 16]);
    const rounded = source.map((plane) => plane.map((x) => Math.floor(x * 32768 + 0.5) / 32768));
    expect(worst(sumOf(parts.map((part) => part.planes)), rounded)).toBe(0);
  });

  it('a file without samples is one error and leaves no output', async () => {
    const path = join(dir, 'empty.wav');
    writeFileSync(path, wavBytes({ format: 1, bits: 16, channels: 2, rate: 44100, data: Buffer.alloc(0) }));
    const { code, err } = await cli.run(['separate', path, '-o', join(dir, 'empty')]);
    expect(code).toBe(1);
    expect(err).toMatch(/^error: .*empty\.wav: The file holds no audio samples/);
    expect(existsSync(join(dir, 'empty'))).toBe(false);
  });

  it('NaN and infinities become silence, with a note', async () => {
    const planes = song(2, 20000);
    planes[0].set([NaN, Infinity, -Infinity], 500);
    const path = join(dir, 'broken-floats.wav');
    const values = Array.from({ length: 40000 }, (_, i) => planes[i % 2][i >> 1]);
    writeFileSync(path, wavBytes({ format: 3, bits: 32, channels: 2, rate: 44100, data: floats(values) }));
    const result = await separate(path, 'broken-floats', '-m', 'hpss');
    expect(result.warnings.join()).toMatch(/3 samples were not finite/);
    planes[0].set([0, 0, 0], 500);
    const sum = sumOf((await outputsOf(result)).map((part) => part.planes));
    expect(differenceDb(sum, planes)).toBeLessThan(-120);
  });
});

describe('levels', () => {
  it('stems that would clip get one common gain, reported, and still add up', async () => {
    const planes = song(2, 30000).map((plane) => plane.map((x) => x * 5));
    const path = writeWav(join(dir, 'loud.wav'), planes, 44100, '32f');
    const result = await separate(path, 'loud', '-m', 'hpss', '--depth', '24');
    expect(result.gainDb).toBeLessThan(-3);
    expect(result.warnings.join()).toContain(`lowered by ${result.gainDb.toFixed(2)} dB`);
    expect(Math.max(...result.outputs.map(({ peak }) => peak))).toBeLessThan(1);
    expect(Math.max(...result.outputs.map(({ peak }) => peak))).toBeGreaterThan(0.99);
    const gain = 10 ** (result.gainDb / 20);
    const sum = sumOf((await outputsOf(result)).map((part) => part.planes));
    const wanted = planes.map((plane) => plane.map((x) => x * gain));
    expect(worst(sum, wanted)).toBeLessThan(2 ** -23);
  });

  it('float stems keep levels above full scale', async () => {
    const planes = song(2, 30000).map((plane) => plane.map((x) => x * 5));
    const result = await separate(join(dir, 'loud.wav'), 'loud-float', '-m', 'hpss');
    expect(result.gainDb).toBe(0);
    const sum = sumOf((await outputsOf(result)).map((part) => part.planes));
    expect(differenceDb(sum, planes)).toBeLessThan(-120);
  });

  it('the master of a .stem.mp4 does not clip either', async () => {
    const planes = (await ears.read(join(dir, 'loud.wav'))).planes;
    const result = await separate(join(dir, 'loud.wav'), 'loud-ni', '-f', 'stem.mp4', '--depth', '24');
    const master = await ears.read(result.outputs[0].path, 0);
    const gain = 10 ** (result.gainDb / 20);
    expect(
      worst(
        master.planes,
        planes.map((plane) => plane.map((x) => x * gain)),
      ),
    ).toBeLessThan(2 ** -22);
  });

  it('--loudness brings the sum to the wanted loudness', async () => {
    const planes = song(2, 44100);
    const path = writeWav(
      join(dir, 'quiet.wav'),
      planes.map((p) => p.map((x) => x / 20)),
      44100,
      '32f',
    );
    const result = await separate(path, 'quiet', '-m', 'hpss', '--loudness', '-23');
    const sum = sumOf((await outputsOf(result)).map((part) => part.planes)).map((p) => Float32Array.from(p));
    const mix = writeWav(join(dir, 'quiet-sum.wav'), sum, 44100, '32f');
    const info = await cli.client.info({ source: mix, loudness: true });
    expect(info.loudness!.integratedLufs).toBeCloseTo(-23, 1);
    const source = (await ears.read(path)).planes;
    const gain = 10 ** (result.gainDb / 20);
    expect(
      differenceDb(
        sum,
        source.map((p) => p.map((x) => x * gain)),
      ),
    ).toBeLessThan(-120);
  });

  it('--loudness never passes the true-peak limit', async () => {
    const path = join(dir, 'quiet.wav');
    const result = await separate(path, 'peaks', '-m', 'hpss', '--loudness', '-5', '--true-peak', '-12');
    const sum = sumOf((await outputsOf(result)).map((part) => part.planes)).map((p) => Float32Array.from(p));
    const info = await cli.client.info({
      source: writeWav(join(dir, 'peaks-sum.wav'), sum, 44100, '32f'),
      loudness: true,
    });
    expect(info.loudness!.truePeakDb).toBeCloseTo(-12, 1);
  });
});

describe('formats', () => {
  mkdirSync(dir, { recursive: true });
  const planes = song(2, 44100);
  const path = writeWav(join(dir, 'formats.wav'), planes);

  it.each([
    ['mp3', 'mp3', 'mp3', 44100],
    ['aac', 'm4a', 'aac', 44100],
    ['opus', 'opus', 'opus', 48000],
    ['vorbis', 'ogg', 'vorbis', 44100],
  ])('%s stems have the source’s length and sound like the sum', async (format, ending, codec, rate) => {
    const result = await separate(path, `as-${format}`, '-m', 'hpss', '-f', format);
    expect(result.outputs.map((output) => output.path.split('.').at(-1))).toEqual([ending, ending]);
    expect(result.writtenNullDb).toBeLessThan(-15);
    const parts = await outputsOf(result);
    for (const { info } of parts) {
      expect(info).toMatchObject({ codec, sampleRate: rate, channels: 2 });
      expect(info.frames).toBe(Math.ceil((44100 * rate) / 44100));
    }
    const sum = sumOf(parts.map((part) => part.planes));
    if (rate === 44100) expect(differenceDb(sum, planes)).toBeLessThan(-15);
  });

  it('--bitrate makes lossy files smaller', async () => {
    const small = await separate(path, 'small', '-m', 'hpss', '-f', 'mp3', '--bitrate', '64k');
    const large = await separate(path, 'large', '-m', 'hpss', '-f', 'mp3');
    expect(small.outputs[0].bytes).toBeLessThan(large.outputs[0].bytes / 2);
  });

  it('.stem.mp4 holds the master and the four stems, which add up to it', async () => {
    const result = await separate(path, 'ni', '-f', 'stem.mp4', '--depth', '16');
    expect(result.outputs.map((output) => output.path)).toEqual([
      join(dir, 'ni', 'formats', 'formats.stem.mp4'),
    ]);
    const tracks = await Promise.all(
      [0, 1, 2, 3, 4].map((track) => ears.read(result.outputs[0].path, track)),
    );
    expect(tracks[0].info.stems!.map((stem) => stem.name)).toEqual(['Drums', 'Bass', 'Other', 'Vocals']);
    const source = (await ears.read(path)).planes;
    // Five dithered tracks: within a few steps of 16 bits.
    expect(worst(tracks[0].planes, source)).toBeLessThan(3 / 32768);
    expect(worst(sumOf(tracks.slice(1).map((track) => track.planes)), source)).toBeLessThan(10 / 32768);
  });

  it.each([
    [['-f', 'flac', '--depth', '32f'], /FLAC holds no 32-bit float/],
    [['-f', 'stem.mp4', '-m', 'hpss'], /holds four stems, not 2/],
  ])('%j can never work, and is refused before any work', async (args, message) => {
    const { code, err } = await cli.run(['separate', path, '-o', join(dir, 'never'), ...args]);
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(existsSync(join(dir, 'never'))).toBe(false);
  });

  it('a format that cannot hold the song says so about the song', async () => {
    const high = writeWav(join(dir, 'high.wav'), song(2, 9600, 96000), 96000, '24');
    const { code, err } = await cli.run([
      'separate',
      high,
      '-o',
      join(dir, 'high'),
      '-m',
      'hpss',
      '-f',
      'mp3',
    ]);
    expect(code).toBe(1);
    expect(err).toContain(`${high}: MP3 cannot hold 96000 Hz`);
    expect(err).not.toContain('staging');
  });
});
