import { describe, expect, it } from 'vitest';
import { Stft } from '../../../../src-main/common/dsp/stft.js';
import { ModelSeparator } from '../../../../src-main/common/separation/model-separator.js';
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
});
