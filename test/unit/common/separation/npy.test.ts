import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  layoutOf,
  maskShape,
  maskSide,
  readSide,
} from '../../../../src-main/common/separation/edits/mask-shape.js';
import {
  npyHeader,
  npyValues,
  readNpyHeader,
  type NpyType,
} from '../../../../src-main/common/separation/edits/npy.js';

/** numpy.save('f4.npy', numpy.arange(6, dtype='<f4').reshape(2, 3) / 8), by NumPy 1.24. */
const golden = readFileSync(new URL('../../../fixtures/masks/f4.npy', import.meta.url));

/** A file with this text for a header. */
function withHeader(text: string): Uint8Array {
  const bytes = npyHeader('<f4', [1, 1]);
  bytes.fill(0x20, 10, bytes.length - 1);
  for (let i = 0; i < text.length; i++) bytes[10 + i] = text.charCodeAt(i);
  return bytes;
}

describe('.npy files', () => {
  it('are read as NumPy writes them', () => {
    const header = readNpyHeader(golden);
    expect(header).toEqual({ type: '<f4', shape: [2, 3], offset: 128, itemBytes: 4 });
    expect([...npyValues('<f4', golden.subarray(header.offset))]).toEqual([
      0, 0.125, 0.25, 0.375, 0.5, 0.625,
    ]);
  });

  it('begin byte for byte as NumPy’s', () => {
    expect(npyHeader('<f4', [2, 3])).toEqual(new Uint8Array(golden.subarray(0, 128)));
  });

  it.each([[[7]], [[10338, 2049]], [[1, 2, 3]]])('keep the shape %j', (shape) => {
    const bytes = npyHeader('|u1', shape);
    expect(bytes.length % 64).toBe(0);
    expect(readNpyHeader(bytes)).toEqual({ type: '|u1', shape, offset: bytes.length, itemBytes: 1 });
  });

  it.each<[NpyType, number[], number[]]>([
    ['<f8', [0, 0, 0, 0, 0, 0, 0xe0, 0x3f], [0.5]],
    ['<u2', [0xff, 0xff, 0x33, 0x33], [1, 0.2]],
    ['|u1', [255, 51], [1, 0.2]],
    ['|b1', [0, 1], [0, 1]],
  ])('have elements of type %s as values 0 … 1', (type, bytes, values) => {
    expect([...npyValues(type, Uint8Array.from(bytes))]).toEqual(values.map(Math.fround));
  });

  it.each([
    [Uint8Array.of(1, 2, 3), /not a \.npy file/],
    [golden.subarray(0, 60), /cut off/],
    [withHeader("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }"), /Fortran order/],
    [withHeader("{'descr': '>f4', 'fortran_order': False, 'shape': (1, 1), }"), /type >f4/],
    [withHeader("{'descr': '<c8', 'fortran_order': False, 'shape': (1, 1), }"), /type <c8/],
    [withHeader("{'descr': '<f4', 'shape': (1, 1), }"), /damaged/],
    [withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 1), }"), /damaged/],
    [Uint8Array.from(golden, (byte, i) => (i === 6 ? 2 : byte)), /format 2\.0/],
  ])('that are not understood are refused (%#)', (bytes, message) => {
    expect(() => readNpyHeader(bytes)).toThrow(message);
    expect(() => readNpyHeader(bytes)).toThrow(expect.objectContaining({ code: 'unsupported-format' }));
  });
});

describe('the shape of masks', () => {
  const song = { samples: 10 * 1024 + 5, sampleRate: 48_000 };

  it('is one frame each hop, both ends included, and may come with either axis first', () => {
    expect(maskShape(song.samples)).toEqual({ frames: 11, bins: 2049 });
    expect(layoutOf([11, 2049], song, null)).toEqual({ rows: 'frames', frames: 11 });
    expect(layoutOf([2049, 11], song, null)).toEqual({ rows: 'bins', frames: 11 });
    for (const wrong of [[10, 2049], [11, 2049, 1], [11 * 2049], [2048, 11]])
      expect(() => layoutOf(wrong, song, null)).toThrow(
        expect.objectContaining({
          code: 'invalid-argument',
          message: expect.stringContaining(
            `[${wrong.join(', ')}]; this song needs [11, 2049] (frames, bins) or [2049, 11]`,
          ) as string,
          hint: expect.stringContaining('.json') as string,
        }),
      );
  });

  it('is that of the STFT in a side file, give or take one frame', () => {
    // 213.4 ms are 9410.6 samples at 44,100 Hz.
    const grid = { nFft: 2000, hop: 500, sampleRate: 44_100, centred: true };
    for (const frames of [18, 19, 20]) {
      expect(layoutOf([frames, 1001], song, grid)).toEqual({ rows: 'frames', frames });
      expect(layoutOf([1001, frames], song, grid)).toEqual({ rows: 'bins', frames });
    }
    for (const wrong of [
      [17, 1001],
      [21, 1001],
      [19, 2049],
      [19, 1001, 2],
    ])
      expect(() => layoutOf(wrong, song, grid)).toThrow(
        `[${wrong.join(', ')}]; this song needs [19, 1001] (frames, bins) or [1001, 19] on its STFT of 2000 with a hop of 500 at 44100 Hz`,
      );
    // Without centring only whole windows have a frame.
    expect(layoutOf([15, 1001], song, { ...grid, centred: false }).frames).toBe(15);
    expect(() => layoutOf([19, 1001], song, { ...grid, centred: false })).toThrow('[15, 1001]');
  });

  it('is described by a side file', () => {
    const named = { ...song, name: 'song' };
    const side = maskSide(named, { stem: 'vocals', axes: ['frames', 'bins'], type: '<f4', range: [0, 1] });
    expect(side).toMatchObject({
      ...{ song: 'song', stem: 'vocals', sample_rate: 48_000, samples: 10_245 },
      ...{ n_fft: 4096, hop_length: 1024, win_length: 4096, window: 'hann', center: true },
      ...{ frames: 11, bins: 2049, axes: ['frames', 'bins'], dtype: '<f4', value_range: [0, 1] },
    });
    const own = { nFft: 4096, hop: 1024, sampleRate: 48_000, centred: true };
    expect(readSide(JSON.stringify(side))).toEqual(own);
    const other = { n_fft: 2048, hop_length: 441, sample_rate: 44_100, center: false };
    expect(readSide(JSON.stringify(other))).toEqual({
      ...{ nFft: 2048, hop: 441, sampleRate: 44_100, centred: false },
    });
    for (const wrong of [
      { n_fft: 4096 },
      { ...other, hop_length: 0 },
      { ...other, n_fft: 2.5 },
      { ...other, sample_rate: -1 },
    ])
      expect(() => readSide(JSON.stringify(wrong))).toThrow('lacks');
    expect(() => readSide('no')).toThrow('not JSON');
  });
});
