import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode } from 'fast-png';
import { afterAll, describe, expect, it } from 'vitest';
import { npyHeader, npyValues, readNpyHeader } from '../../../../src-main/common/separation/edits/npy.js';
import { TileMask, maskGrid } from '../../../../src-main/common/separation/edits/tile-mask.js';
import {
  readMask,
  writeMaskNpy,
  writeMaskPng,
  writeStemMasks,
} from '../../../../src-main/node/project/mask-files.js';
import { cacheOf } from '../../../fixtures/audio/caches.js';
import { noise, sine } from '../../../fixtures/signals.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-mask-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const fresh = (ending: string): string => join(folder, `${made++}.${ending}`);

const bins = maskGrid.nFft / 2 + 1;
/** More frames than are read at once. */
const shape = { frames: 300, bins };

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
    expect(readMask(path, shape).encode()).toEqual(example().encode());
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
    const path = new URL('../../../fixtures/masks/u1-bins.npy', import.meta.url).pathname;
    const mask = readMask(path, { frames: 3, bins });
    const found = [mask.get(1, 100), mask.get(2, 2048), mask.get(0, 0), mask.get(0, 100)];
    expect(found).toEqual([1, 0.2, 1 / 255, 0]);
    const png = fresh('png');
    const data = new Uint8Array(2 * bins);
    data[2 * (bins - 1 - 7) + 1] = 128;
    writeFileSync(png, encode({ width: 2, height: bins, depth: 8, channels: 1, data }));
    const small = readMask(png, { frames: 2, bins });
    expect([small.get(1, 7), small.get(0, 7)]).toEqual([128 / 255, 0]);
  });

  it('of another size, with other values, or that are none at all are refused with what is wrong', () => {
    const refused = (bytes: Uint8Array, code: string, message: RegExp): void => {
      const path = fresh('bin');
      writeFileSync(path, bytes);
      expect(() => readMask(path, { frames: 2, bins })).toThrow(message);
      expect(() => readMask(path, { frames: 2, bins })).toThrow(expect.objectContaining({ code }));
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
    refused(npy(values(1.5), [2, bins]), 'invalid-argument', /value 1\.5 at frame 1, bin 3/);
    refused(npy(values(NaN), [2, bins]), 'invalid-argument', /value NaN/);
    refused(Buffer.from('UBM1 or anything else'), 'unsupported-format', /no \.npy file/);
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
    expect(readMask(paths[0], size).get(50, 93)).toBeGreaterThan(0.95);
    truncateSync(paths[0], 5000);
    expect(() => readMask(paths[0], size)).toThrow(/5000 bytes/);
  });
});
