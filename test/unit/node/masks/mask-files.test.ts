import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode, encode } from 'fast-png';
import { afterAll, describe, expect, it } from 'vitest';
import type { MaskedSong } from '../../../../src-main/common/separation/edits/mask-shape.js';
import { npyHeader, npyValues, readNpyHeader } from '../../../../src-main/common/separation/edits/npy.js';
import { TileMask, maskGrid } from '../../../../src-main/common/separation/edits/tile-mask.js';
import { writeMaskNpy, writeMaskPng, writeStemMasks } from '../../../../src-main/node/masks/mask-files.js';
import { readMask } from '../../../../src-main/node/masks/mask-read.js';
import { cacheOf } from '../../../fixtures/audio/caches.js';
import { noise, sine } from '../../../fixtures/signals.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-mask-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const fresh = (ending: string): string => join(folder, `${made++}.${ending}`);

const bins = maskGrid.nFft / 2 + 1;
/** More frames than are read at once. */
const shape = { frames: 300, bins };

/** A song whose masks have so many frames. */
const songOf = (frames: number): MaskedSong => ({
  samples: (frames - 1) * maskGrid.hop + 7,
  sampleRate: 44_100,
});

/** Every value there is, in the first and the last tile. */
function example(): TileMask {
  const mask = new TileMask(maskGrid);
  for (let i = 0; i < 256; i++) {
    mask.set(i % 40, 10 + Math.floor(i / 40), i / 255);
    mask.set(299, bins - 1 - i, i / 255);
  }
  return mask;
}

describe('masks as files', () => {
  it.each(['npy', 'png'] as const)('come back from .%s with the same tiles', (format) => {
    const path = fresh(format);
    (format === 'npy' ? writeMaskNpy : writeMaskPng)(path, example(), shape);
    expect(readMask(path, songOf(300)).encode()).toEqual(example().encode());
  });

  it('are float32 in [frames, bins], and 16-bit pictures with the highest bin at the top', () => {
    const [npy, png] = [fresh('npy'), fresh('png')];
    writeMaskNpy(npy, example(), shape);
    const bytes = readFileSync(npy);
    const header = readNpyHeader(bytes);
    expect(header).toMatchObject({ type: '<f4', shape: [300, bins] });
    const values = npyValues('<f4', bytes.subarray(header.offset));
    expect(values[3 * bins + 11]).toBe(Math.fround(43 / 255));
    expect(values[299 * bins + bins - 1 - 100]).toBe(Math.fround(100 / 255));
    writeMaskPng(png, example(), shape);
    const { data, ...picture } = decode(readFileSync(png));
    expect(picture).toMatchObject({ width: 300, height: bins, depth: 16, channels: 1 });
    expect(data[100 * 300 + 299]).toBe(257 * 100);
    expect(data[(bins - 1 - 11) * 300 + 3]).toBe(257 * 43);
  });

  it('are read with bins first, as NumPy wrote them, and from 8-bit pictures', () => {
    const path = fileURLToPath(new URL('../../../fixtures/masks/u1-bins.npy', import.meta.url));
    const mask = readMask(path, songOf(3));
    const found = [mask.get(1, 100), mask.get(2, 2048), mask.get(0, 0), mask.get(0, 100)];
    expect(found).toEqual([1, 0.2, 1 / 255, 0]);
    const png = fresh('png');
    const data = new Uint8Array(2 * bins);
    data[2 * (bins - 1 - 7) + 1] = 128;
    writeFileSync(png, encode({ width: 2, height: bins, depth: 8, channels: 1, data }));
    const small = readMask(png, songOf(2));
    expect([small.get(1, 7), small.get(0, 7)]).toEqual([128 / 255, 0]);
  });

  it('of another size, with other values, or no masks at all, are refused with what is wrong', () => {
    const refused = (bytes: Uint8Array, code: string, message: RegExp): void => {
      const path = fresh('bin');
      writeFileSync(path, bytes);
      expect(() => readMask(path, songOf(2))).toThrow(message);
      expect(() => readMask(path, songOf(2))).toThrow(expect.objectContaining({ code }));
    };
    const npy = (values: Float32Array, size: readonly number[]): Uint8Array =>
      Buffer.concat([npyHeader('<f4', size), Buffer.from(values.buffer)]);
    const values = (value: number): Float32Array => new Float32Array(2 * bins).fill(value, bins + 3);
    refused(npy(values(0), [2, bins - 1]), 'invalid-argument', /\[2, 2048\]; this song needs \[2, 2049\]/);
    refused(
      npy(values(0).subarray(0), [2, bins]).subarray(0, 900),
      'invalid-argument',
      /900 bytes instead of 16520/,
    );
    refused(npy(values(1.5), [2, bins]), 'invalid-argument', /value of 1\.5 at frame 1, bin 3/);
    refused(npy(values(NaN), [2, bins]), 'invalid-argument', /value of NaN/);
    refused(Buffer.from('UBM1 or anything else'), 'unsupported-format', /not a \.npy file/);
    const grey = encode({ width: 2, height: bins, depth: 16, channels: 1, data: new Uint16Array(2 * bins) });
    refused(grey.subarray(0, 40), 'unsupported-format', /damaged/);
    const wide = encode({ width: bins, height: 2, depth: 8, channels: 1, data: new Uint8Array(2 * bins) });
    refused(wide, 'invalid-argument', /bins where frames/);
    const rgb = encode({ width: 2, height: bins, depth: 8, channels: 3, data: new Uint8Array(6 * bins) });
    refused(rgb, 'unsupported-format', /not grey/);
    const other = encode({ width: 3, height: bins, depth: 8, channels: 1, data: new Uint8Array(3 * bins) });
    refused(other, 'invalid-argument', /\[2049, 3\]/);
  });

  it('never go over a file that is there', () => {
    const path = fresh('npy');
    writeFileSync(path, 'mine');
    expect(() => writeMaskNpy(path, example(), shape)).toThrow();
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });
});

describe('masks of another STFT', () => {
  const song = { samples: 40 * maskGrid.hop, sampleRate: 44_100 };
  /** A mask of 1 in the frames and bins given, else 0, as .npy with bins first or not. */
  function boxed(frames: number, wide: number, time: [number, number], band: [number, number]): string[] {
    const at = (t: number, f: number): number =>
      t >= time[0] && t < time[1] && f >= band[0] && f < band[1] ? 1 : 0;
    const byFrame = Float32Array.from({ length: frames * wide }, (_, i) =>
      at(Math.floor(i / wide), i % wide),
    );
    const byBin = Float32Array.from({ length: frames * wide }, (_, i) =>
      at(i % frames, Math.floor(i / frames)),
    );
    return [byFrame, byBin].map((values, i) => {
      const path = fresh('npy');
      const size = i === 0 ? [frames, wide] : [wide, frames];
      writeFileSync(path, Buffer.concat([npyHeader('<f4', size), Buffer.from(values.buffer)]));
      return path;
    });
  }

  it('land where they were, from either axis first and from a picture', () => {
    // 48 kHz, 1024 samples with a hop of 256: frames of 5.33 ms and bins of 46.9 Hz.
    const grid = { nFft: 1024, hop: 256, sampleRate: 48_000, centred: true };
    const frames = Math.floor((song.samples * 48) / 44.1 / 256) + 1;
    const [rows, columns] = boxed(frames, 513, [60, 120], [100, 300]);
    const mask = readMask(rows, song, grid);
    expect(readMask(columns, song, grid).encode()).toEqual(mask.encode());
    const borders = { start: 59.5, end: 119.5 };
    const frame = (t: number): number => (t * 256 * 44_100) / 48_000 / maskGrid.hop;
    const [high, low] = [(f: number): number => (f * 48_000 * 4096) / 1024 / 44_100, 99.5];
    const on = Array.from({ length: 41 }, (_, t) => t).filter((t) => mask.get(t, 900) >= 0.5);
    expect(Math.abs(on[0] - 0.5 - frame(borders.start))).toBeLessThan(0.51);
    expect(Math.abs(on.at(-1)! + 0.5 - frame(borders.end))).toBeLessThan(0.51);
    const bands = Array.from({ length: bins }, (_, f) => f).filter((f) => mask.get(20, f) >= 0.5);
    expect(Math.abs(bands[0] - 0.5 - high(low))).toBeLessThan(0.51);
    expect(Math.abs(bands.at(-1)! + 0.5 - high(299.5))).toBeLessThan(0.51);
    const data = new Uint8Array(frames * 513);
    for (let f = 100; f < 300; f++) data.fill(255, (512 - f) * frames + 60, (512 - f) * frames + 120);
    const png = fresh('png');
    writeFileSync(png, encode({ width: frames, height: 513, depth: 8, channels: 1, data }));
    expect(readMask(png, song, grid).encode()).toEqual(mask.encode());
  });

  it('of another length or of an unknown STFT are refused, and a last frame more or less is not', () => {
    const grid = { nFft: 2048, hop: 512, sampleRate: 44_100, centred: true };
    for (const frames of [80, 81, 82])
      expect(readMask(boxed(frames, 1025, [0, frames], [0, 1025])[0], song, grid).get(40, 2048)).toBe(1);
    for (const frames of [79, 83]) {
      const [path] = boxed(frames, 1025, [0, 1], [0, 1]);
      expect(() => readMask(path, song, grid)).toThrow(/this song needs \[81, 1025\].*2048.*512.*44100 Hz/);
    }
    const [path] = boxed(81, 1025, [0, 1], [0, 1]);
    expect(() => readMask(path, song)).toThrow(/this song needs \[41, 2049\]/);
  });

  it('on the song’s own come out bit by bit, with a side file or without', () => {
    const path = fresh('npy');
    writeMaskNpy(path, example(), shape);
    const grid = { ...maskGrid, sampleRate: 44_100, centred: true };
    expect(readMask(path, songOf(300), grid).encode()).toEqual(example().encode());
  });
});

describe('masks of stems', () => {
  it('are shares of the magnitudes that add up to 1 where there is sound, and 0 in silence', () => {
    const frames = 290 * maskGrid.hop;
    const half = (plane: Float32Array): Float32Array => plane.fill(0, frames / 2);
    const stems = [half(sine(frames, 1000, 44_100, 0.5)), half(noise(frames, 1).map((x) => 0.05 * x))];
    const refs = stems.map((plane, s) =>
      cacheOf(join(folder, `stem-${s}`), [plane, plane.map((x) => -x)], 44_100),
    );
    const paths = [fresh('npy'), fresh('npy')];
    const size = { frames: 291, bins };
    writeStemMasks(refs, paths, size);
    const [tone, hiss] = paths.map((path) => {
      expect(statSync(path).size).toBe(128 + 4 * 291 * bins);
      const bytes = readFileSync(path);
      return npyValues('<f4', bytes.subarray(readNpyHeader(bytes).offset));
    });
    const at = (frame: number, bin: number): number => frame * bins + bin;
    expect(tone[at(50, 93)]).toBeGreaterThan(0.95);
    expect(hiss[at(50, 1000)]).toBeGreaterThan(0.99);
    for (let i = at(10, 1); i < at(140, 0); i++) expect(Math.abs(tone[i] + hiss[i] - 1)).toBeLessThan(1e-6);
    expect(tone.subarray(at(160, 0)).every((x) => x === 0)).toBe(true);
    // Both are masks of this song as they are.
    expect(readMask(paths[0], songOf(291)).get(50, 93)).toBeGreaterThan(0.95);
    truncateSync(paths[0], 5000);
    expect(() => readMask(paths[0], songOf(291))).toThrow(/5000 bytes/);
  });
});
