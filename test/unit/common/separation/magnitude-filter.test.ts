import { describe, expect, test } from 'vitest';
import { allocateSpectrum, type Spectrum } from '../../../../src-main/common/dsp/stft.js';
import { wienerEm } from '../../../../src-main/common/dsp/wiener.js';
import { applyRatioMasks, magnitudeWithPhaseOf } from '../../../../src-main/common/separation/estimates.js';
import { FrameBlocks } from '../../../../src-main/common/separation/frame-blocks.js';
import { FrameWorkspace } from '../../../../src-main/common/separation/frame-workspace.js';
import type { Graph } from '../../../../src-main/common/separation/graph.js';
import { magnitudeFilterFor } from '../../../../src-main/common/separation/magnitude-filter.js';
import { parseManifest, type ModelManifest } from '../../../../src-main/common/separation/manifest.js';
import { TensorPort } from '../../../../src-main/common/separation/tensors.js';
import { errorDb, noise } from '../../../fixtures/signals.js';

const [capacity, nFft, bins] = [11, 160, 81];
const order = ['drums', 'bass', 'vocals'];

function model(preset: string, more: object = {}): { manifest: ModelManifest; graphs: Graph[] } {
  const manifest = parseManifest({
    ...{ schema: 'unbraid-model/2', preset, id: 'net', name: 'Net' },
    license: { weights: 'none', redistributable: false },
    graphs: order.map((stem, g) => ({
      ...{ file: `${g}.onnx`, sha256: 'a'.repeat(64), bytes: 1, stems: [stem] },
    })),
    stems: { order, residual: 'vocals' },
    ...more,
  });
  const session = { inputNames: [], outputNames: [], run: () => Promise.reject(new Error('not run')) };
  const graphs = manifest.graphs.map((graph) => ({
    ...{ manifest: graph, session, inputs: [] },
    outputs: graph.outputs.map((tensor) => new TensorPort(tensor)),
  }));
  return { manifest, graphs };
}

interface Given {
  readonly x: readonly Spectrum[];
  readonly magnitudes: readonly (readonly Float32Array[])[];
}

/** A mixture with silence in both channels, and in one of them, and positive magnitudes. */
function given(count: number, gain: number, end = bins): Given {
  const size = count * bins;
  const x = [1, 2].map((channel) => {
    const { re, im } = { re: noise(size, channel), im: noise(size, 10 + channel) };
    for (const part of [re, im]) part.forEach((value, i) => (part[i] = gain * value));
    re[5] = im[5] = 0;
    if (channel === 1) re[9] = im[9] = 0;
    return { frames: count, bins, re, im };
  });
  const magnitudes = order.map((_, s) =>
    [0, 1].map((ch) => noise(size, 20 + 2 * s + ch).map((e, i) => (i % bins < end ? gain * Math.abs(e) : 0))),
  );
  return { x, magnitudes };
}

/** The filter's spectra of the wanted stems, `[stem][channel]`, after other numbers were in the same memory. */
function filtered(
  { manifest, graphs }: ReturnType<typeof model>,
  { x, magnitudes }: Given,
  wanted: readonly number[],
): readonly (readonly Spectrum[])[] {
  const filter = magnitudeFilterFor(manifest, graphs, 2);
  const blocks = new FrameBlocks({ nFft, hop: 40 });
  const work = new FrameWorkspace(blocks, capacity, { channels: 2, stems: 3, levels: false, rest: false });
  const { rooms, sums } = work.of(x[0].frames, true);
  rooms.forEach(({ spectrum }, ch) => {
    spectrum.re.fill(1e6).set(x[ch].re);
    spectrum.im.fill(1e6).set(x[ch].im);
  });
  sums.forEach((channels, s) => channels.forEach(({ re }, ch) => re.set(magnitudes[s][ch])));
  filter!(blocks.stft, work, { count: x[0].frames, wanted });
  return sums;
}

const flat = (y: Spectrum): Float32Array => Float32Array.from([...y.re, ...y.im]);

function fromMagnitudes({ x, magnitudes }: Given, phases: boolean): Spectrum[][] {
  return magnitudes.map((channels) =>
    channels.map((magnitude, ch) => {
      const y = allocateSpectrum(x[ch].frames, bins);
      y.re.set(magnitude);
      if (phases) magnitudeWithPhaseOf(x[ch], y);
      return y;
    }),
  );
}

describe('one iteration of the Wiener filter', () => {
  const net = model('open-unmix', { stft: { nFft, hop: 40 } });

  test.each([
    { count: 11, gain: 1 },
    { count: 8, gain: 1 },
    // Louder than the scale factor: divided first.
    { count: 11, gain: 1000 },
  ])('$count frames times $gain are those of wienerEm to float32 rounding', ({ count, gain }) => {
    const own = given(count, gain);
    const expected = wienerEm(own.x, fromMagnitudes(own, true), net.manifest.post.wiener);
    const stems = filtered(net, own, [0, 1, 2]);
    for (const [s, channels] of stems.entries())
      for (const [ch, y] of channels.entries())
        expect(errorDb(flat(y), flat(expected[s][ch]))).toBeLessThan(-120);
  });

  test('a stem that nobody wants is not worked out, and counts', () => {
    const own = given(11, 1);
    const expected = wienerEm(own.x, fromMagnitudes(own, true), net.manifest.post.wiener);
    const stems = filtered(net, own, [1]);
    expect(errorDb(flat(stems[1][1]), flat(expected[1][1]))).toBeLessThan(-120);
    expect(stems[2][0].re).toEqual(own.magnitudes[2][0]);
  });
});

describe.each(['zero', 'mean'] as const)('ratio masks with power 2, above the bins %s', (above) => {
  const net = model('spleeter', {
    stft: { nFft, hop: 40, bins: [0, 43] },
    post: { ratioMask: { power: 2, eps: 1e-10, above } },
  });

  test('are those of applyRatioMasks to float32 rounding', () => {
    const own = given(9, 1, 43);
    const expected = fromMagnitudes(own, false);
    applyRatioMasks(own.x, expected, net.manifest.post.ratioMask!, 0, 43);
    const stems = filtered(net, own, [0, 2]);
    for (const s of [0, 2])
      for (const ch of [0, 1]) expect(errorDb(flat(stems[s][ch]), flat(expected[s][ch]))).toBeLessThan(-120);
    expect(stems[1][0].re).toEqual(own.magnitudes[1][0]);
  });
});

test.each([
  ['open-unmix', { post: { wiener: { iterations: 2 } } }],
  ['open-unmix', { post: { wiener: { iterations: 1, softmask: true } } }],
  ['open-unmix', { post: { wiener: { iterations: 1, residual: true } } }],
  ['spleeter', { post: { ratioMask: { power: 1 } } }],
  ['spleeter', { post: { ratioMask: { power: 2, eps: 0 } } }],
])('%s with %j takes the long way', (preset, more) => {
  const { manifest, graphs } = model(preset, more);
  expect(magnitudeFilterFor(manifest, graphs, 2)).toBeNull();
});

test('no iteration gives the magnitudes the phases of the mixture, and silence where that is silent', () => {
  const net = model('open-unmix', { post: { wiener: { iterations: 0 } } });
  const own = given(9, 1);
  for (const { re, im } of own.x) re[7] = im[7] = 0;
  const expected = fromMagnitudes(own, true);
  const stems = filtered(net, own, [0, 1, 2]);
  for (const [s, channels] of stems.entries())
    for (const [ch, y] of channels.entries()) {
      expect(errorDb(flat(y), flat(expected[s][ch]))).toBeLessThan(-120);
      expect([y.re[7], y.im[7]]).toEqual([0, 0]);
    }
});
