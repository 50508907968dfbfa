import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CodecClient } from '../../../../src-main/node/audio/codec-client.js';
import type { OutputFormat } from '../../../../src-main/common/jobs/formats.js';
import type { EncodeOutput, SampleFormat } from '../../../../src-main/node/audio/types.js';
import {
  bestLag,
  cacheOf,
  largestDifference,
  planesOf,
  testFolder,
  testSignal,
} from '../../../fixtures/audio/caches.js';

const dir = testFolder();
const codec = new CodecClient();
afterAll(() => codec.dispose());
let count = 0;

const lossless: [OutputFormat, SampleFormat][] = [
  ...(['s16', 's24', 'f32'] as const).flatMap((sample): [OutputFormat, SampleFormat][] => [
    ['wav', sample],
    ['aiff', sample],
  ]),
  ...(['s16', 's24'] as const).flatMap((sample): [OutputFormat, SampleFormat][] => [
    ['flac', sample],
    ['alac', sample],
  ]),
];
const lossy: OutputFormat[] = ['mp3', 'aac', 'opus', 'vorbis'];

async function encode(
  planes: Float32Array[],
  rate: number,
  output: Partial<EncodeOutput> & { format: OutputFormat },
) {
  const path = join(dir, `out-${count++}.${output.format}`);
  const inputs = [{ ref: cacheOf(dir, planes, rate), gain: 1 }];
  const result = await codec.encodeSet({
    outputs: [{ inputs, tags: {}, ...output, path }],
    dither: 'none',
    seed: 1,
  });
  return { path, file: result.outputs[0] };
}

async function decode(path: string, track?: number) {
  const { ref, info, warnings } = await codec.decode({ path, track, dir: join(dir, `back-${count++}`) });
  expect(warnings).toEqual([]);
  return { planes: planesOf(ref), ref, info };
}

const onGrid = (planes: Float32Array[], sample: SampleFormat): Float32Array[] => {
  const scale = sample === 's16' ? 2 ** 15 : 2 ** 23;
  return sample === 'f32' ? planes : planes.map((plane) => plane.map((x) => Math.round(x * scale) / scale));
};

describe('lossless outputs', () => {
  const shapes: [number, number, number][] = [
    [2, 44100, 70_001],
    [1, 48000, 1],
    [1, 44100, 100],
    [6, 48000, 9000],
    [2, 96000, 9000],
    [8, 8000, 9001],
  ];
  it.each(lossless)(
    '%s %s decodes to exactly the samples written, at every length, rate and channel count',
    async (format, sample) => {
      for (const [channels, rate, frames] of shapes) {
        const planes = onGrid(testSignal(channels, frames, rate), sample);
        const { path, file } = await encode(planes, rate, { format, sample });
        const back = await decode(path);
        expect(largestDifference(planes, back.planes)).toBe(0);
        expect(back.ref.sampleRate).toBe(rate);
        expect(back.info).toMatchObject({
          frames,
          bitDepth: sample === 's16' ? 16 : sample === 's24' ? 24 : 32,
        });
        expect(file).toMatchObject({ frames, bytes: readFileSync(path).length });
      }
    },
  );

  it('WAV of more than two channels has a speaker layout', async () => {
    const { path } = await encode(testSignal(6, 100), 48000, { format: 'wav', sample: 's16' });
    expect((await codec.probe(path)).channelLayout).toBe('5.1');
    const bytes = readFileSync(path);
    expect(bytes.readUInt16LE(bytes.indexOf('fmt ') + 8)).toBe(0xfffe);
  });

  it('clipping is clamped, and the peak is that of what was written', async () => {
    const { path, file } = await encode([Float32Array.of(0, 2, -2)], 44100, { format: 'wav', sample: 's16' });
    expect([...(await decode(path)).planes[0]]).toEqual([0, 32767 / 32768, -1]);
    expect(file.peak).toBe(1);
  });

  it('a range and a gain are applied', async () => {
    const planes = testSignal(2, 5000);
    const path = join(dir, 'range.wav');
    const inputs = [{ ref: cacheOf(dir, planes, 44100), gain: 0.5 }];
    const range = { start: 1000, count: 77 };
    await codec.encodeSet({
      outputs: [{ path, format: 'wav', sample: 'f32', inputs, tags: {} }],
      range,
      dither: 'none',
      seed: 1,
    });
    const expected = planes.map((plane) => plane.slice(1000, 1077).map((x) => x * 0.5));
    expect(largestDifference(expected, (await decode(path)).planes)).toBe(0);
  });
});

describe('lossy outputs', () => {
  const shapes: [number, number, number][] = [
    [2, 44100, 100_003],
    [1, 44100, 100],
    [2, 48000, 20_000],
    [1, 8000, 5000],
  ];
  it.each(lossy)('%s keeps length and alignment exactly, and the sound closely', async (format) => {
    for (const [channels, rate, frames] of shapes) {
      const planes = testSignal(channels, frames, rate);
      const { path, file } = await encode(planes, rate, { format });
      const back = await decode(path);
      expect(back.ref.frames).toBe(file.frames);
      expect(file.frames).toBe(format === 'opus' ? Math.round((frames * 48000) / rate) : frames);
      if (frames < 5000) continue;
      const wanted = format === 'opus' ? testSignal(channels, file.frames, 48000) : planes;
      expect(bestLag(wanted[0], back.planes[0], 1200)).toBe(0);
      let error = 0;
      let power = 0;
      wanted[0].forEach((x, i) => ((error += (x - back.planes[0][i]) ** 2), (power += x * x)));
      expect(10 * Math.log10(power / error)).toBeGreaterThan(20);
    }
  });

  it('5.1 goes through AAC, Opus and Vorbis with every channel in its place', async () => {
    const planes = testSignal(6, 30_000, 48000);
    for (const format of ['aac', 'vorbis'] as const) {
      const back = await decode(
        (await encode(planes, 48000, { format, bitRate: format === 'aac' ? 768000 : undefined })).path,
      );
      // The LFE channel (3) is low-passed by the codecs.
      for (const c of [0, 1, 2, 4, 5]) expect(bestLag(planes[c], back.planes[c], 300)).toBe(0);
    }
  });

  it.each([
    ['mp3', 6, 44100],
    ['mp3', 2, 96000],
    ['aac', 2, 192000],
    ['vorbis', 2, 384000],
    ['stem.mp4', 2, 96000],
  ] as const)('%s refuses %i channels at %i Hz and says what to choose', async (format, channels, rate) => {
    const failure: unknown = await encode(testSignal(channels, 100), rate, { format }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: 'unsupported-format',
      hint: expect.stringMatching(/\w+/) as string,
    });
  });
});

it('MP3 of fewer than 47 frames, which it cannot end exactly, is refused; 47 come back as 47', async () => {
  await expect(encode(testSignal(1, 46), 44100, { format: 'mp3' })).rejects.toMatchObject({
    code: 'unsupported-format',
  });
  const { path } = await encode(testSignal(1, 47), 44100, { format: 'mp3' });
  expect((await decode(path)).ref.frames).toBe(47);
});

describe('files as such', () => {
  it.each([...lossless.filter(([, sample]) => sample !== 's24').map(([format]) => format), ...lossy])(
    '%s: encoding twice gives identical bytes',
    async (format) => {
      const planes = testSignal(2, 20_000);
      const hashes: string[] = [];
      for (let i = 0; i < 2; i++) {
        const path = join(dir, `twin-${count++}`);
        const inputs = [{ ref: cacheOf(dir, planes, 44100), gain: 0.9 }];
        await codec.encodeSet({
          outputs: [{ path, format, inputs, tags: { title: 'T', date: '2001' } }],
          dither: 'tpdf',
          seed: 4,
        });
        hashes.push(createHash('sha256').update(readFileSync(path)).digest('hex'));
      }
      expect(hashes[0]).toBe(hashes[1]);
    },
  );

  it.each(['wav', 'flac', 'mp3', 'aac', 'alac', 'opus', 'vorbis', 'aiff'] as const)(
    '%s carries tags, and drops those that no longer hold',
    async (format) => {
      const kept = { title: 'Ťitle 🎵', artist: 'A "quoted" artist', album: 'B', comment: 'two words' };
      const stale = {
        replaygain_track_gain: '-3 dB',
        R128_TRACK_GAIN: '12',
        encoder: 'X',
        encoded_by: 'Y',
        iTunSMPB: '0 1 2',
      };
      const { path } = await encode(testSignal(2, 3000), 44100, { format, tags: { ...kept, ...stale } });
      expect((await codec.probe(path)).tags).toEqual(kept);
    },
  );

  it('the cover is carried over where both containers hold one', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    const plain = await encode(testSignal(2, 5000), 44100, { format: 'mp3' });
    const coverFrom = join(dir, 'cover.mp3');
    // ID3v2.3: one APIC frame (encoding, type, front cover, description, picture); sizes are syncsafe below 128.
    const picture = Buffer.concat([Buffer.from('\0image/png\0\x03\0', 'latin1'), png]);
    const frame = Buffer.concat([
      Buffer.from([0x41, 0x50, 0x49, 0x43, 0, 0, 0, picture.length, 0, 0]),
      picture,
    ]);
    const tag = Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, 0, 0, frame.length >> 7, frame.length & 127]);
    writeFileSync(coverFrom, Buffer.concat([tag, frame, readFileSync(plain.path)]));
    expect((await codec.probe(coverFrom)).hasCover).toBe(true);
    for (const format of ['flac', 'mp3', 'aac', 'alac', 'wav', 'opus'] as const) {
      const { path } = await encode(testSignal(2, 5000), 44100, { format, coverFrom });
      const holds = ['flac', 'mp3', 'aac', 'alac'].includes(format);
      expect((await codec.probe(path)).hasCover).toBe(holds);
      expect(readFileSync(path).includes(png)).toBe(holds);
      expect((await decode(path)).ref.channels).toBe(2);
    }
  });

  it('a set that fails half way leaves none of its files', async () => {
    const good = { ref: cacheOf(dir, testSignal(2, 100), 44100), gain: 1 };
    const bad = { ref: cacheOf(dir, testSignal(6, 100), 44100), gain: 1 };
    const outputs = [
      { path: join(dir, 'half-a.wav'), format: 'wav' as const, inputs: [good], tags: {} },
      { path: join(dir, 'half-b.mp3'), format: 'mp3' as const, inputs: [bad], tags: {} },
    ];
    await expect(codec.encodeSet({ outputs, dither: 'none', seed: 1 })).rejects.toMatchObject({
      code: 'unsupported-format',
    });
    for (const { path } of outputs) expect(existsSync(path)).toBe(false);
  });

  it('an existing file is refused and left as it is', async () => {
    const path = join(dir, 'precious.wav');
    writeFileSync(path, 'precious');
    const inputs = [{ ref: cacheOf(dir, testSignal(1, 10), 44100), gain: 1 }];
    const request = {
      outputs: [{ path, format: 'wav' as const, inputs, tags: {} }],
      dither: 'none' as const,
      seed: 1,
    };
    await expect(codec.encodeSet(request)).rejects.toMatchObject({ code: 'output-exists', file: path });
    expect(readFileSync(path, 'utf8')).toBe('precious');
  });

  it('a folder that does not exist is one clear error', async () => {
    const inputs = [{ ref: cacheOf(dir, testSignal(1, 10), 44100), gain: 1 }];
    const outputs = [{ path: join(dir, 'nowhere', 'x.wav'), format: 'wav' as const, inputs, tags: {} }];
    await expect(codec.encodeSet({ outputs, dither: 'none', seed: 1 })).rejects.toMatchObject({
      code: 'file-not-found',
    });
  });
});

describe('stem files', () => {
  const names = ['Drums', 'Bass', 'Other', 'Vocals'].map((name, k) => ({ name, color: `#00000${k}` }));
  it.each([
    ['aac', undefined],
    ['alac', 's16'],
  ] as const)(
    '%s: five tracks of one length, the master first and default, the stems named',
    async (name, sample) => {
      const stems = [1, 2, 3, 4].map((k) => onGrid(testSignal(2, 30_000 + 0 * k, 44100 + 900 * k), 's16'));
      const tracks = [stems[0], ...stems].map((planes) => ({ ref: cacheOf(dir, planes, 44100), gain: 1 }));
      const path = join(dir, `${name}.stem.mp4`);
      await codec.encodeSet({
        outputs: [
          { path, format: 'stem.mp4', sample, inputs: tracks, tags: { title: 'S' }, stemNames: names },
        ],
        dither: 'none',
        seed: 1,
      });
      const info = await codec.probe(path);
      expect(info.stems).toEqual(names.map((entry, k) => ({ ...entry, track: k + 1 })));
      expect(info.tracks.map((track) => [track.codec, track.isDefault, track.channels])).toEqual(
        [0, 1, 2, 3, 4].map((k) => [name, k === 0, 2]),
      );
      expect(readFileSync(path).toString('latin1', 4, 12)).toBe('ftypM4A ');
      for (let track = 0; track < 5; track++) {
        const back = await decode(path, track);
        const wanted = stems[Math.max(0, track - 1)];
        expect(back.ref.frames).toBe(30_000);
        if (sample) expect(largestDifference(wanted, back.planes)).toBe(0);
        else expect(bestLag(wanted[0], back.planes[0], 1100)).toBe(0);
      }
    },
  );

  it('mono stems are written as two equal channels', async () => {
    const mono = onGrid(testSignal(1, 3000), 's16');
    const inputs = Array.from({ length: 5 }, () => ({ ref: cacheOf(dir, mono, 48000), gain: 1 }));
    const path = join(dir, 'mono.stem.m4a');
    await codec.encodeSet({
      outputs: [{ path, format: 'stem.m4a', sample: 's16', inputs, tags: {}, stemNames: names }],
      dither: 'none',
      seed: 1,
    });
    expect(largestDifference([mono[0], mono[0]], (await decode(path, 3)).planes)).toBe(0);
  });
});
