import { describe, expect, it } from 'vitest';
import { hasLanes, LaneStft, type LanePlane } from '../../../../src-main/common/dsp/lane-stft.js';
import { Stft, type MaskView } from '../../../../src-main/common/dsp/stft.js';
import { errorDb, noise } from '../../../fixtures/signals.js';

const base = { nFft: 256, hop: 64, precision: 'single' } as const;
/** Lengths that leave 0, 1, 2 and 3 frames over from whole fours, and one shorter than a block. */
const lengths = [64 * 402, 64 * 403, 64 * 404, 64 * 405, 300];

describe('the STFT in lanes', () => {
  it('gives the parts of the spectrum that the one in rows gives, in either order', () => {
    const rows = new Stft(base);
    const lanes = new LaneStft(base);
    const [firstBin, bins] = [3, 121];
    for (const samples of lengths) {
      const signal = noise(samples, 5);
      const expected = rows.forward(signal);
      const { frames } = expected;
      const values = {
        magnitude: expected.re.map((re, i) => Math.hypot(re, expected.im[i])),
        real: expected.re,
        imaginary: expected.im,
      };
      for (const framesTogether of [true, false]) {
        const size = frames * bins;
        const tensor = new Float32Array(3 * size + 7).fill(42);
        const parts = ['imaginary', 'magnitude', 'real'] as const;
        const planes = parts.map((part, i): LanePlane => {
          const strides = framesTogether
            ? { frameStride: 1, binStride: frames }
            : { frameStride: bins, binStride: 1 };
          return { part, data: tensor, offset: 5 + i * size, firstBin, bins, ...strides };
        });
        const spectrum = lanes.allocate(samples);
        lanes.analyse(signal, spectrum);
        lanes.take(spectrum, { first: 0, count: frames }, planes);
        for (const { part, offset, frameStride, binStride } of planes) {
          const got = new Float32Array(size);
          const wanted = new Float32Array(size);
          for (let t = 0; t < frames; t++) {
            for (let f = 0; f < bins; f++) {
              got[t * bins + f] = tensor[offset + t * frameStride + f * binStride];
              wanted[t * bins + f] = values[part][t * expected.bins + firstBin + f];
            }
          }
          expect(errorDb(got, wanted)).toBeLessThan(-130);
        }
        // Nothing beside the planes is touched.
        expect([...tensor.subarray(0, 5), ...tensor.subarray(-2)]).toEqual(Array(7).fill(42));
      }
    }
  });

  it('inverts several masked spectra at once as one by one', () => {
    const rows = new Stft({ ...base, precision: 'double' });
    const lanes = new LaneStft(base);
    for (const samples of lengths) {
      const signal = noise(samples, 6);
      const spectrum = lanes.allocate(samples);
      lanes.analyse(signal, spectrum);
      const mixture = rows.forward(signal);
      const { frames } = spectrum;
      const data = noise(4 * frames * 140, 7).map(Math.abs);
      const masks: MaskView[] = [
        { data, offset: 11, frameStride: 1, binStride: frames, firstBin: 0, bins: 129 },
        { data, offset: 3, frameStride: 120, binStride: 1, firstBin: 5, bins: 118 },
        {
          data,
          offset: data.length - 130 * frames,
          frameStride: 1,
          binStride: frames,
          firstBin: 0,
          bins: 128,
        },
      ];
      const into = masks.map(() => new Float32Array(samples).fill(9));
      lanes.inverseMasks(spectrum, masks, into);
      masks.forEach((mask, s) => {
        expect(errorDb(into[s], rows.inverseMasked(mixture, mask, samples))).toBeLessThan(-125);
      });
    }
  });

  it('reads nothing of a mask behind its end, not even values that are not numbers', () => {
    const lanes = new LaneStft(base);
    const samples = 64 * 404;
    const signal = noise(samples, 8);
    const spectrum = lanes.allocate(samples);
    lanes.analyse(signal, spectrum);
    const { frames, bins } = spectrum;
    expect(frames % 4).toBe(1);
    const size = frames * bins;
    const padded = new Float32Array(size + 4 * bins).fill(NaN);
    padded.fill(1, 0, size);
    for (const strides of [
      { frameStride: 1, binStride: frames },
      { frameStride: bins, binStride: 1 },
    ]) {
      const [out] = [new Float32Array(samples)];
      lanes.inverseMasks(spectrum, [{ data: padded, offset: 0, firstBin: 0, bins, ...strides }], [out]);
      expect(errorDb(out, signal)).toBeLessThan(-125);
    }
  });

  it('gives frames from the middle on, and silence behind the end', () => {
    const rows = new Stft(base);
    const lanes = new LaneStft(base);
    const signal = noise(64 * 41, 9);
    const expected = rows.forward(signal);
    const { bins } = lanes;
    const [first, count] = [24, 35];
    const spectrum = lanes.allocate(signal.length, first + count);
    expect(spectrum.frames).toBeLessThan(first + count);
    lanes.analyse(signal, spectrum);
    for (const held of [true, false]) {
      for (const strides of [
        { frameStride: 1, binStride: count },
        { frameStride: bins, binStride: 1 },
      ]) {
        const place = lanes.hold(count * bins);
        const data = held ? place.data.fill(5) : new Float32Array(count * bins).fill(5);
        lanes.take(spectrum, { first, count }, [
          { part: 'real', data, offset: 0, firstBin: 0, bins, ...strides },
        ]);
        const got = held ? place.data : data;
        const wanted = got.map((_, i) => {
          const t = first + (strides.frameStride === 1 ? i % count : Math.floor(i / bins));
          const f = strides.frameStride === 1 ? Math.floor(i / count) : i % bins;
          return t < expected.frames ? expected.re[t * bins + f] : 0;
        });
        expect(errorDb(got, wanted)).toBeLessThan(-130);
      }
    }
    const beyond = { first: first + 4, count };
    const plane = {
      part: 'real',
      data: new Float32Array(count * bins),
      offset: 0,
      firstBin: 0,
      bins,
    } as const;
    expect(() => lanes.take(spectrum, beyond, [{ ...plane, frameStride: 1, binStride: count }])).toThrow(
      /room/,
    );
  });

  it('inverts in parts what it inverts at once, with masks where they are or copied', () => {
    for (const samples of [64 * 160, 64 * 161 + 17]) {
      const lanes = new LaneStft(base);
      const spectrum = lanes.allocate(samples);
      lanes.analyse(noise(samples, 10), spectrum);
      const { frames, bins } = spectrum;
      const values = noise(2 * frames * bins, 11);
      for (const framesTogether of [true, false]) {
        const strides = framesTogether
          ? { frameStride: 1, binStride: frames }
          : { frameStride: bins, binStride: 1 };
        const views = (data: Float32Array, from: number): MaskView[] =>
          [0, 1].map((s) => ({
            ...{ data, firstBin: 0, bins, ...strides },
            offset: s * frames * bins + from * strides.frameStride,
          }));
        const whole = [0, 1].map(() => new Float32Array(samples));
        lanes.inverseMasks(spectrum, views(values, 0), whole);
        for (const held of [true, false]) {
          const place = lanes.hold(values.length);
          const tails = lanes.tails(2);
          place.data.set(values);
          const into = [0, 1].map(() => new Float32Array(samples).fill(3));
          const cuts = [0, 4, 60, 88, frames];
          cuts.slice(1).forEach((end, i) => {
            const part = { first: cuts[i], count: end - cuts[i] };
            lanes.inverseMasks(spectrum, views(held ? place.data : values, part.first), into, tails, part);
          });
          for (const s of [0, 1]) expect(errorDb(into[s], whole[s])).toBeLessThan(-130);
        }
      }
      const part = { first: 0, count: 6 };
      expect(() => lanes.inverseMasks(spectrum, [], [], lanes.tails(0), part)).toThrow(/end at any frame/);
    }
  });

  it('fades masks into each other, frame by frame, and touches no others', () => {
    const lanes = new LaneStft(base);
    const [frames, bins] = [9, 7];
    const weights = noise(frames, 12).map(Math.abs);
    for (const strides of [
      { frameStride: 1, binStride: 12 },
      { frameStride: 8, binStride: 1 },
    ]) {
      const [a, b] = [lanes.hold(100), lanes.hold(100)];
      const [before, after] = [noise(100, 13), noise(100, 14)];
      a.data.set(before);
      b.data.set(after);
      const view = (data: Float32Array, offset: number): MaskView => ({
        ...{ data, offset, firstBin: 0, bins },
        ...strides,
      });
      lanes.fade([view(b.data, 2)], [view(a.data, 5)], weights);
      const expected = after.slice();
      for (let t = 0; t < frames; t++) {
        for (let f = 0; f < bins; f++) {
          const at = t * strides.frameStride + f * strides.binStride;
          expected[2 + at] = before[5 + at] + weights[t] * (after[2 + at] - before[5 + at]);
        }
      }
      expect(errorDb(b.data, expected)).toBeLessThan(-130);
      expect(a.data).toEqual(before);
      expect(() => lanes.fade([view(after, 0)], [view(a.data, 0)], weights)).toThrow(/held/);
    }
  });

  it('refuses what it has no kernels for', () => {
    expect(hasLanes({ nFft: 1000, hop: 250, precision: 'single' })).toBe(false);
    expect(hasLanes({ nFft: 4096, hop: 1024 })).toBe(false);
    expect(() => new LaneStft({ nFft: 1000, hop: 250, precision: 'single' })).toThrow(/16/);
    const lanes = new LaneStft(base);
    const spectrum = lanes.allocate(1000);
    expect(() => lanes.analyse(new Float32Array(2000), spectrum)).toThrow(/frames/);
    const scattered = {
      data: new Float32Array(9999),
      offset: 0,
      frameStride: 2,
      binStride: 40,
      firstBin: 0,
      bins: 9,
    };
    expect(() => lanes.inverseMasks(spectrum, [scattered], [new Float32Array(1000)])).toThrow(/side by side/);
  });
});
