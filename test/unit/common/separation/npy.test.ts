import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  checkSide,
  maskShape,
  maskSide,
  rowsOf,
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
    [Uint8Array.of(1, 2, 3), /no \.npy file/],
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
  const shape = maskShape(10 * 1024 + 5);

  it('is one frame each hop, both ends included, and may come with either axis first', () => {
    expect(shape).toEqual({ frames: 11, bins: 2049 });
    expect([rowsOf([11, 2049], shape), rowsOf([2049, 11], shape)]).toEqual(['frames', 'bins']);
    for (const wrong of [[10, 2049], [11, 2049, 1], [11 * 2049], [2048, 11]])
      expect(() => rowsOf(wrong, shape)).toThrow(
        `[${wrong.join(', ')}]; this song needs [11, 2049] (frames, bins) or [2049, 11]`,
      );
  });

  it('is told by a side file, which another STFT or rate does not pass', () => {
    const song = { name: 'song', sampleRate: 48_000, samples: 10_245 };
    const side = maskSide(song, { stem: 'vocals', axes: ['frames', 'bins'], type: '<f4', range: [0, 1] });
    expect(side).toMatchObject({
      ...{ song: 'song', stem: 'vocals', sample_rate: 48_000, samples: 10_245 },
      ...{ n_fft: 4096, hop_length: 1024, win_length: 4096, window: 'hann', center: true },
      ...{ frames: 11, bins: 2049, axes: ['frames', 'bins'], dtype: '<f4', value_range: [0, 1] },
    });
    const text = JSON.stringify(side);
    expect(() => checkSide(text, 48_000)).not.toThrow();
    expect(() => checkSide(text, 44_100)).toThrow(
      '4096 with a hop of 1024 at 48000 Hz; this song needs 4096, 1024 and 44100 Hz',
    );
    expect(() => checkSide(text.replace('"hop_length":1024', '"hop_length":512'), 48_000)).toThrow(
      'hop of 512',
    );
    expect(() => checkSide('{"n_fft": 4096}', 48_000)).toThrow('lacks');
    expect(() => checkSide('no', 48_000)).toThrow('no JSON');
  });
});
