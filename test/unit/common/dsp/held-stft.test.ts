import { describe, expect, it, test } from 'vitest';
import { HeldStft } from '../../../../src-main/common/dsp/held-stft.js';
import { Stft, type Spectrum } from '../../../../src-main/common/dsp/stft.js';
import { transpose } from '../../../../src-main/common/dsp/transpose.js';
import { Kernels } from '../../../../src-main/common/dsp/wasm/kernels.js';
import { noise } from '../../../fixtures/signals.js';

const config = { nFft: 4096, hop: 1024, precision: 'single' } as const;

/** A spectrum in the transform's memory, with room for magnitudes behind it. */
function held(stft: HeldStft, frames: number): { spectrum: Spectrum; magnitudes: Float32Array } {
  const size = frames * stft.bins;
  const room = stft.hold(3 * size + 16);
  stft.settle();
  const [re, im, magnitudes] = [0, 1, 2].map((i) => room.data.subarray(i * size, (i + 1) * size));
  return { spectrum: { frames, bins: stft.bins, re, im }, magnitudes };
}

describe('spectra in the memory of the transform', () => {
  // One block of frames, several, and a last one that does not fill its lanes.
  it.each([16, 64, 37])('are those of elsewhere, bit for bit (%i frames)', (frames) => {
    const [plain, own] = [new Stft(config), new HeldStft(config)];
    const signal = noise((frames - 1) * config.hop, frames);
    expect(plain.frameCount(signal.length)).toBe(frames);
    const levels = new Float32Array(frames * plain.bins);
    const expected = plain.forward(signal, undefined, levels);
    const { spectrum, magnitudes } = held(own, frames);
    const got = own.forward(signal, spectrum, magnitudes);
    // The memory has not grown: the views still see it.
    expect(got.re.length).toBe(frames * plain.bins);
    expect(got.re).toEqual(expected.re);
    expect(got.im).toEqual(expected.im);
    expect(magnitudes).toEqual(levels);
    expect(own.inverse(got, signal.length)).toEqual(plain.inverse(expected, signal.length));
  });
});

describe('a matrix is turned', () => {
  const [rows, columns] = [21, 34];
  const values = noise(rows * columns);
  const turned = Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]);

  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('from held memory (%s) to held memory (%s), with gaps between its rows', (fromHeld, toHeld) => {
    const k = new Kernels();
    const [stride, gap] = [columns + 3, rows + 2];
    const room = k.hold(rows * stride + columns * gap + 64);
    k.scratch(1 << 16);
    const from = fromHeld ? room.data.subarray(0, rows * stride) : new Float32Array(rows * stride);
    const to = toHeld ? room.data.subarray(rows * stride) : new Float32Array(columns * gap + 64);
    for (let r = 0; r < rows; r++) from.set(values.subarray(r * columns, (r + 1) * columns), r * stride + 1);
    to.fill(7);
    transpose({ data: from, start: 1, stride }, rows, columns, { data: to, start: 4, stride: gap }, k);
    for (let c = 0; c < columns; c++) {
      expect(to.slice(4 + c * gap, 4 + c * gap + rows)).toEqual(turned.subarray(c * rows, (c + 1) * rows));
      expect([...to.subarray(4 + c * gap + rows, 4 + (c + 1) * gap)]).toEqual([7, 7]);
    }
  });
});

test('memory beyond what WebAssembly can have is an error of this kind', () => {
  expect(() => new Kernels().scratch(2 ** 32)).toThrow(expect.objectContaining({ code: 'out-of-memory' }));
});
