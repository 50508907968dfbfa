import { describe, expect, it } from 'vitest';
import { Stft } from '../../../../src-main/common/dsp/stft.js';
import { parseEnsemble } from '../../../../src-main/common/separation/ensemble-manifest.js';
import { EnsembleSeparator } from '../../../../src-main/common/separation/ensemble.js';
import { MaskLanes } from '../../../../src-main/common/separation/mask-lanes.js';
import { separatorInfo } from '../../../../src-main/common/separation/model-info.js';
import { ModelSeparator } from '../../../../src-main/common/separation/model-separator.js';
import { segmentWeights } from '../../../../src-main/common/separation/segment-plan.js';
import type { Session, Tensor } from '../../../../src-main/common/separation/separator.js';
import { graph, manifest, smallStft } from '../../../fixtures/manifests.js';
import { errorDb, noise } from '../../../fixtures/signals.js';

const stats = { mean: 0, std: 1 };
const stft = new Stft(smallStft);
const { bins } = stft;

/** The mask of a stem's channel at frame t and bin f: different everywhere. */
function maskAt(stem: number, channel: number, t: number, f: number): number {
  return (((stem + 1) * 37 + channel * 11 + t * 5 + f * 3) % 50) / 50;
}

/** A "network" that ignores what it is given, and says what it was given. */
function session(
  stems: readonly number[],
  frames: () => number,
  framesInnermost: boolean,
  seen: Tensor[] = [],
): Session {
  return {
    inputNames: ['input'],
    outputNames: ['output'],
    run: ({ input }) => {
      seen.push({ data: input.data.slice(), dims: [...input.dims] });
      const count = frames();
      const data = new Float32Array(stems.length * 2 * count * bins);
      stems.forEach((stem, s) => {
        for (const ch of [0, 1]) {
          for (let t = 0; t < count; t++) {
            for (let f = 0; f < bins; f++) {
              const plane = (s * 2 + ch) * count * bins;
              data[plane + (framesInnermost ? f * count + t : t * bins + f)] = maskAt(stem, ch, t, f);
            }
          }
        }
      });
      const inner = framesInnermost ? [bins, count] : [count, bins];
      return Promise.resolve({ output: { data, dims: [1, stems.length, 2, ...inner] } });
    },
  };
}

function masked(plane: Float32Array, stem: number, channel: number): Float32Array {
  const x = stft.forward(plane);
  for (let t = 0; t < x.frames; t++) {
    for (let f = 0; f < bins; f++) {
      x.re[t * bins + f] *= maskAt(stem, channel, t, f);
      x.im[t * bins + f] *= maskAt(stem, channel, t, f);
    }
  }
  return stft.inverse(x, plane.length);
}

function masking(graphs: readonly object[], order: readonly string[]): ReturnType<typeof manifest> {
  return manifest({
    kind: 'mask-magnitude',
    stft: smallStft,
    graphs,
    stems: { order: [...order], residual: 'other' },
  });
}

describe('models that mask', () => {
  it.each([
    { input: 'b ch f t', output: 'b s ch f t', role: 'mag' as const },
    { input: 'b ch t f', output: 'b s ch t f', role: 'mag' as const },
    { input: 'b (ch ri) f t', output: 'b s ch f t', role: 'spec' as const },
    { input: 'b ri ch t f', output: 'b s ch f t', role: 'spec' as const },
    // The long way: bins and channels are mixed in the input.
    { input: 'b (f ch) t ri', output: 'b s ch t f', role: 'spec' as const },
  ])('see $role as $input, and each bin is multiplied by its own mask', async ({ input, output, role }) => {
    const order = ['vocals', 'other'];
    const graphs = [graph({ role, layout: input }, { role: 'mask-mag', layout: output }, order)];
    let samples = 0;
    const seen: Tensor[] = [];
    const net = session([0, 1], () => stft.frameCount(samples), output.endsWith('t'), seen);
    const separator = new ModelSeparator(masking(graphs, order), [net]);
    // Numbers of frames that fill the lanes and that do not.
    for (samples of [2048, 2048 + smallStft.hop, 5000]) {
      const mix = [noise(samples, 1), noise(samples, 2)];
      const stems = await separator.separate(mix, stats);
      for (const s of [0, 1]) {
        for (const ch of [0, 1]) expect(errorDb(stems[s][ch], masked(mix[ch], s, ch))).toBeLessThan(-120);
      }
      const spectra = mix.map((plane) => stft.forward(plane));
      const { frames } = spectra[0];
      const axes = input
        .replace(/[()]/g, '')
        .split(' ')
        .filter((axis) => axis !== 'b');
      const sizes: Record<string, number> = { ch: 2, ri: 2, f: bins, t: frames };
      const { data } = seen.at(-1)!;
      const expected = data.map((_, i) => {
        const at: Record<string, number> = { ri: 0 };
        let rest = i;
        for (const axis of [...axes].reverse()) {
          at[axis] = rest % sizes[axis];
          rest = Math.floor(rest / sizes[axis]);
        }
        const { re, im } = spectra[at['ch']];
        const bin = at['t'] * bins + at['f'];
        if (role === 'mag') return Math.hypot(re[bin], im[bin]);
        return at['ri'] === 0 ? re[bin] : im[bin];
      });
      expect(errorDb(data, expected)).toBeLessThan(-120);
    }
  });

  it('of a graph for each stem run those of the wanted stems, all on one input', async () => {
    const order = ['vocals', 'drums', 'other'];
    const graphs = order.map((stem) =>
      graph({ role: 'mag', layout: 'b ch f t' }, { role: 'mask-mag', layout: 'b s ch f t' }, [stem]),
    );
    const seen = order.map((): Tensor[] => []);
    const nets = order.map((_, s) => session([s], () => stft.frameCount(3000), true, seen[s]));
    const separator = new ModelSeparator(masking(graphs, order), nets);
    const mix = [noise(3000, 3), noise(3000, 4)];
    const stems = await separator.separate(mix, stats, [0, 2]);
    expect(seen.map((tensors) => tensors.length)).toEqual([1, 0, 1]);
    expect(seen[2][0].data).toEqual(seen[0][0].data);
    for (const s of [0, 2]) {
      for (const ch of [0, 1]) expect(errorDb(stems[s][ch], masked(mix[ch], s, ch))).toBeLessThan(-120);
    }
  });

  it('a mask of another size is an error that says both sizes', async () => {
    const order = ['vocals', 'other'];
    const graphs = [
      graph({ role: 'mag', layout: 'b ch f t' }, { role: 'mask-mag', layout: 'b s ch f t' }, order),
    ];
    const separator = new ModelSeparator(masking(graphs, order), [session([0], () => 33, true)]);
    const mix = [noise(2048, 1), noise(2048, 2)];
    await expect(separator.separate(mix, stats)).rejects.toThrow(
      /is \[1, 1, 2, \d+, 33\].*promises \[1, 2, 2/,
    );
  });

  describe('in windows that are separated together', () => {
    const order = ['vocals', 'drums', 'other'];
    const step = 24;
    const windowFrames = 33;

    /** The mask of a window: another one for each. */
    function windowMask(window: number, stem: number, channel: number, t: number, f: number): number {
      return (maskAt(stem, channel, t, f) + 0.2 * window) / 2;
    }

    function chained(output: string, honours: boolean): { separator: ModelSeparator; seen: Tensor[] } {
      const graphs = [
        graph({ role: 'mag', layout: 'b ch f t' }, { role: 'mask-mag', layout: output }, order),
      ];
      const model = { ...masking(graphs, order) };
      const chain = { ...model, segment: { ...model.segment, chain: 3 } };
      const seen: Tensor[] = [];
      const net: Session = {
        inputNames: ['input'],
        outputNames: ['output'],
        run: ({ input }, into) => {
          const window = seen.length;
          seen.push({ data: input.data.slice(), dims: [...input.dims] });
          const frames = input.dims[3];
          const data = new Float32Array(order.length * 2 * frames * bins);
          let i = 0;
          const inner = output.endsWith('t') ? [bins, frames] : [frames, bins];
          for (const s of order.keys()) {
            for (const ch of [0, 1]) {
              for (let a = 0; a < inner[0]; a++) {
                for (let b = 0; b < inner[1]; b++) {
                  data[i++] = output.endsWith('t')
                    ? windowMask(window, s, ch, b, a)
                    : windowMask(window, s, ch, a, b);
                }
              }
            }
          }
          const dims = [1, order.length, 2, ...inner];
          if (!honours || !into) return Promise.resolve({ output: { data, dims } });
          expect(into['output'].dims).toEqual(dims);
          into['output'].data.set(data);
          return Promise.resolve(into);
        },
      };
      return { separator: new ModelSeparator(chain, [net]), seen };
    }

    /** Each frame under the mean of its windows' masks, by their weights. */
    function expected(plane: Float32Array, stem: number, channel: number, windows: number): Float32Array {
      const x = stft.forward(plane);
      const weights = segmentWeights(manifest().segment, windowFrames);
      for (let t = 0; t < x.frames; t++) {
        for (let f = 0; f < bins; f++) {
          let [sum, total] = [0, 0];
          for (let w = 0; w < windows; w++) {
            const at = t - w * step;
            if (at < 0 || at >= windowFrames) continue;
            sum += weights[at] * windowMask(w, stem, channel, at, f);
            total += weights[at];
          }
          x.re[t * bins + f] *= total > 0 ? sum / total : 0;
          x.im[t * bins + f] *= total > 0 ? sum / total : 0;
        }
      }
      return stft.inverse(x, plane.length);
    }

    it.each([
      { output: 'b s ch f t', honours: true },
      { output: 'b s ch t f', honours: true },
      { output: 'b s ch f t', honours: false },
    ])('give $output masks that fade into each other', async ({ output, honours }) => {
      const hop = smallStft.hop;
      // Three windows, two that the last one overhangs, one, and less than one.
      for (const [samples, windows] of [
        [2048 + 2 * step * hop, 3],
        [2048 + 10 * hop + 5, 2],
        [2048, 1],
        [1500, 1],
      ]) {
        const { separator, seen } = chained(output, honours);
        const mix = [noise(samples, 1), noise(samples, 2)];
        // Twice, because the second time everything has its place.
        for (let again = 0; again < 2; again++) {
          seen.length = 0;
          const stems = await separator.separate(mix, stats, [0, 2]);
          expect(seen.length).toBe(windows);
          for (const s of [0, 2]) {
            for (const ch of [0, 1]) {
              const wanted = expected(mix[ch], s, ch, windows);
              expect(errorDb(stems[s][ch], wanted)).toBeLessThan(-115);
            }
          }
        }
        const { re, im, frames } = stft.forward(mix[1]);
        const width = seen[0].dims[3];
        const last = (windows - 1) * step;
        const input = Float32Array.from({ length: bins * width }, (_, i) => {
          const [f, t] = [Math.floor(i / width), last + (i % width)];
          return t < frames ? Math.hypot(re[t * bins + f], im[t * bins + f]) : 0;
        });
        expect(errorDb(seen.at(-1)!.data.subarray(bins * width), input)).toBeLessThan(-120);
      }
    });

    it('are not run for silence at the end, and what sounds before it is that of the windows run', async () => {
      const samples = 2048 + 2 * step * smallStft.hop;
      for (const [sounding, runs] of [
        [samples, 3],
        [3400, 2],
        [1900, 1],
        [1, 1],
      ]) {
        const { separator, seen } = chained('b s ch f t', true);
        const mix = [1, 2].map((seed) => noise(samples, seed).fill(0, sounding));
        // The second channel ends a little earlier.
        mix[1].fill(0, Math.max(0, sounding - 20));
        const stems = await separator.separate(mix, stats);
        expect(seen.length).toBe(runs);
        for (const s of order.keys()) {
          for (const ch of [0, 1]) {
            expect(errorDb(stems[s][ch], expected(mix[ch], s, ch, runs))).toBeLessThan(-115);
          }
        }
      }
    });

    it('follow each other on whole fours of frames, and only where a model just masks', () => {
      const graphs = [
        graph({ role: 'mag', layout: 'b ch f t' }, { role: 'mask-mag', layout: 'b s ch f t' }, order),
      ];
      const model = masking(graphs, order);
      const chainOf = (segment: object, post: object = {}): unknown =>
        separatorInfo({
          ...model,
          segment: { ...model.segment, ...segment },
          post: { ...model.post, ...post },
        }).segment.chain;
      expect(chainOf({})).toBeUndefined();
      expect(chainOf({ chain: 3 })).toEqual({ count: 3, step: step * smallStft.hop });
      expect(chainOf({ chain: 3, overlap: 0.5 })).toEqual({ count: 3, step: 16 * smallStft.hop });
      expect(chainOf({ chain: 3, overlap: 0.6 })).toBeUndefined();
      expect(chainOf({ chain: 3, edge: 64 })).toBeUndefined();
      expect(chainOf({ chain: 3 }, { denoiseFlip: true })).toBeUndefined();
    });
  });
});

describe('an ensemble of models that mask the same spectrum', () => {
  const order = ['vocals', 'drums', 'other'];
  const spec = [
    graph({ role: 'spec', layout: 'b (ch ri) f t' }, { role: 'mask-mag', layout: 'b s ch f t' }, order),
  ];
  /** Member m masks stem s as `maskAt` does stem s + 3 m. */
  const member = (
    m: number,
    samples: number,
    seen: Tensor[] = [],
    parts: object[] = spec,
  ): ModelSeparator => {
    const stems = order.map((_, s) => s + 3 * m);
    return new ModelSeparator(masking(parts, order), [
      session(stems, () => stft.frameCount(samples), true, seen),
    ]);
  };
  const weights = [
    { vocals: 3, drums: 1, other: 0 },
    { vocals: 1, drums: 0, other: 2 },
    { vocals: 4, drums: 1, other: 2 },
  ];
  const ensemble = parseEnsemble({
    ...{ schema: 'unbraid-ensemble/1', id: 'three', name: 'Three' },
    stems: { order, residual: 'other' },
    members: weights.map((own, i) => ({ separator: `m${i}`, weights: own })),
  });
  const wantedAt = (mix: readonly Float32Array[], s: number, ch: number): Float32Array => {
    const shares = weights.map((own) => Object.values(own)[s]);
    const total = shares.reduce((sum, share) => sum + share, 0);
    const parts = shares.map((_, m) => masked(mix[ch], s + 3 * m, ch));
    return mix[ch].map((_, i) => parts.reduce((sum, part, m) => sum + (shares[m] / total) * part[i], 0));
  };

  it.each([2048, 1500])('gives the weighted mean of their estimates (%i samples)', async (samples) => {
    const separator = new EnsembleSeparator(
      ensemble,
      weights.map((_, m) => member(m, samples)),
    );
    for (const seed of [1, 5]) {
      const mix = [noise(samples, seed), noise(samples, seed + 1)];
      const stems = await separator.separate(mix, stats);
      for (const s of [0, 1, 2])
        for (const ch of [0, 1]) expect(errorDb(stems[s][ch], wantedAt(mix, s, ch))).toBeLessThan(-120);
    }
  });

  it('runs those members only that have a share in what is wanted, on one and the same input', async () => {
    const seen = weights.map((): Tensor[] => []);
    const separator = new EnsembleSeparator(
      ensemble,
      weights.map((_, m) => member(m, 2048, seen[m])),
    );
    const mix = [noise(2048, 3), noise(2048, 4)];
    const stems = await separator.separate(mix, stats, [1]);
    expect(seen.map((inputs) => inputs.length)).toEqual([1, 0, 1]);
    expect(seen[2][0].data).toEqual(seen[0][0].data);
    for (const ch of [0, 1]) expect(errorDb(stems[1][ch], wantedAt(mix, 1, ch))).toBeLessThan(-120);
  });

  it('with a member that sees something else is averaged the long way, to the same end', async () => {
    const other = [
      graph({ role: 'mag', layout: 'b ch f t' }, { role: 'mask-mag', layout: 'b s ch f t' }, order),
    ];
    const seen: Tensor[] = [];
    const members = weights.map((_, m) => member(m, 2048, m === 1 ? seen : [], m === 1 ? other : spec));
    const mix = [noise(2048, 7), noise(2048, 8)];
    const stems = await new EnsembleSeparator(ensemble, members).separate(mix, stats);
    expect(seen[0].dims).toEqual([1, 2, bins, stft.frameCount(2048)]);
    for (const s of [0, 1, 2])
      for (const ch of [0, 1]) expect(errorDb(stems[s][ch], wantedAt(mix, s, ch))).toBeLessThan(-120);
  });

  describe('one of which knows a single stem', () => {
    const two = ['vocals', 'accompaniment'];
    const parts = [
      graph({ role: 'spec', layout: 'b (ch ri) f t' }, { role: 'mask-mag', layout: 'b s ch f t' }, two),
    ];
    /** Its masks are those of stems 6 and 7, so its vocals are those of a third member. */
    const specialist = (samples: number, seen: Tensor[] = []): ModelSeparator =>
      new ModelSeparator(masking(parts, two), [session([6, 7], () => stft.frameCount(samples), true, seen)]);
    const own = [{ vocals: 3, drums: 1, other: 1 }, { vocals: 1, drums: 2, other: 1 }, { vocals: 4 }];
    const join = (order: readonly number[], members: readonly ModelSeparator[]): EnsembleSeparator =>
      new EnsembleSeparator(
        parseEnsemble({
          ...{ schema: 'unbraid-ensemble/1', id: 'special', name: 'Special' },
          stems: { order: ['vocals', 'drums', 'other'], residual: 'other' },
          members: order.map((m) => ({ separator: `m${m}`, weights: own[m] })),
        }),
        order.map((m) => members[m]),
      );
    const expected = (mix: readonly Float32Array[], s: number, ch: number): Float32Array => {
      const shares = [
        [3, 1, 4],
        [1, 2, 0],
        [1, 1, 0],
      ][s];
      const total = shares.reduce((sum, share) => sum + share, 0);
      const each = shares.map((_, m) => masked(mix[ch], m === 2 && s > 0 ? 0 : s + 3 * m, ch));
      return mix[ch].map((_, i) => each.reduce((sum, part, m) => sum + (shares[m] / total) * part[i], 0));
    };

    it.each([[[0, 1, 2]], [[2, 0, 1]], [[0, 2, 1]]])(
      'gives the weighted mean, in whatever order they are named (%j)',
      async (order) => {
        const mix = [noise(2048, 11), noise(2048, 12)];
        const separator = join(order, [member(0, 2048), member(1, 2048), specialist(2048)]);
        const stems = await separator.separate(mix, stats);
        for (const s of [0, 1, 2])
          for (const ch of [0, 1]) expect(errorDb(stems[s][ch], expected(mix, s, ch))).toBeLessThan(-120);
      },
    );

    it('runs it for its stem alone', async () => {
      const seen: Tensor[] = [];
      const separator = join([0, 1, 2], [member(0, 2048), member(1, 2048), specialist(2048, seen)]);
      const mix = [noise(2048, 13), noise(2048, 14)];
      const stems = await separator.separate(mix, stats, [1, 2]);
      expect(seen).toEqual([]);
      for (const s of [1, 2])
        for (const ch of [0, 1]) expect(errorDb(stems[s][ch], expected(mix, s, ch))).toBeLessThan(-120);
      await separator.separate(mix, stats, [0]);
      expect(seen).toHaveLength(1);
    });

    it('shares the spectrum with the others; two that know a part only do not', () => {
      const models = [specialist(2048), member(0, 2048), member(1, 2048)].map((one) => one.maskModel!);
      const shares = [[1, 0, 0], ...[1, 2].map(() => [1, 1, 1])];
      expect(MaskLanes.blend(models, order, shares)).not.toBeNull();
      const [special, whole] = models;
      expect(MaskLanes.blend([special, special, whole], order, shares)).toBeNull();
      expect(MaskLanes.blend([special, special], order, shares)).toBeNull();
    });
  });
});
