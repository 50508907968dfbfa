import { describe, expect, it } from 'vitest';
import { Stft } from '../../../../src-main/common/dsp/stft.js';
import { ModelSeparator } from '../../../../src-main/common/separation/model-separator.js';
import type { ModelManifest } from '../../../../src-main/common/separation/manifest.js';
import type { Session, Tensor } from '../../../../src-main/common/separation/separator.js';
import { graph, manifest, smallStft } from '../../../fixtures/manifests.js';
import { errorDb, noise } from '../../../fixtures/signals.js';

type Compute = (input: Tensor) => Tensor;

/** A session that is a function, so that a test can say exactly what the "network" does. */
function session(compute: Compute, seen: Tensor[] = []): Session {
  return {
    inputNames: ['input'],
    outputNames: ['output'],
    run: ({ input }) => {
      seen.push({ data: input.data.slice(), dims: input.dims });
      return Promise.resolve({ output: compute(input) });
    },
  };
}

/** Two stems from one input: 0.25 of it and 0.75 of it, along a stem axis after the batch. */
const quarters: Compute = ({ data, dims }) => {
  const out = new Float32Array(2 * data.length);
  data.forEach((value, i) => {
    out[i] = 0.25 * value;
    out[data.length + i] = 0.75 * value;
  });
  return { data: out, dims: [dims[0], 2, ...dims.slice(1)] };
};

/** Constant masks of the same shape. */
const quarterMasks: Compute = (input) =>
  quarters({ ...input, data: new Float32Array(input.data.length).fill(1) });

const stats = { mean: 0, std: 1 };
const mix = [noise(2048, 1), noise(2048, 2)];

async function expectQuarters(model: ModelManifest, compute: Compute): Promise<void> {
  const stems = await new ModelSeparator(model, [session(compute)]).separate(mix, stats);
  [0.25, 0.75].forEach((gain, s) =>
    mix.forEach((plane, ch) =>
      expect(
        errorDb(
          stems[s][ch],
          plane.map((x) => gain * x),
        ),
      ).toBeLessThan(-130),
    ),
  );
}

describe('a manifest runs over any session', () => {
  it('waveform', () => expectQuarters(manifest(), quarters));

  it('waveform in samples-first layout', () =>
    expectQuarters(
      manifest({ graphs: [graph({ role: 'wave', layout: 'b n ch' }, { role: 'wave', layout: 'b s n ch' })] }),
      quarters,
    ));

  it.each(['b ch f t', 'b ch t f', 'b (f ch) t'])('magnitude masks in layout %s', (layout) => {
    const output = `b s ${layout.slice(2)}`;
    const graphs = [graph({ role: 'mag', layout }, { role: 'mask-mag', layout: output })];
    return expectQuarters(manifest({ kind: 'mask-magnitude', stft: smallStft, graphs }), quarterMasks);
  });

  it('magnitude estimates take the phase of the mixture (Open-Unmix)', () => {
    const graphs = [graph({ role: 'mag', layout: 'b ch f t' }, { role: 'mag', layout: 'b s ch f t' })];
    return expectQuarters(manifest({ kind: 'mask-magnitude', stft: smallStft, graphs }), quarters);
  });

  it.each(['b (ch ri) f t', 'b ch ri f t', 'b (f ch) t ri'])(
    'complex spectrograms in layout %s',
    (layout) => {
      const output = layout.replace('b ', 'b s ');
      const graphs = [graph({ role: 'spec', layout }, { role: 'spec', layout: output })];
      return expectQuarters(manifest({ kind: 'complex-spectrogram', stft: smallStft, graphs }), quarters);
    },
  );

  it('complex masks multiply as complex numbers (RoFormer)', async () => {
    const graphs = [
      graph({ role: 'spec', layout: 'b ch f t ri' }, { role: 'mask-complex', layout: 'b ch f t ri' }, [
        'vocals',
      ]),
    ];
    const model = manifest({
      kind: 'complex-spectrogram',
      stft: smallStft,
      graphs,
      stems: { order: ['vocals'], residual: 'other' },
    });
    // A mask of i turns the phase by 90 degrees: applied twice it is −1.
    const turn: Compute = ({ data, dims }) => ({ data: data.map((_, i) => i % 2), dims });
    const separator = new ModelSeparator(model, [session(turn)]);
    const once = (await separator.separate(mix, stats))[0].map((plane) => plane.slice());
    const twice = (await separator.separate(once, stats))[0];
    // DC and Nyquist of a real signal have no imaginary part, so they are lost by the turn: compare without them.
    const stft = new Stft(smallStft);
    const [expected, got] = [stft.forward(mix[0].map((x) => -x)), stft.forward(twice[0])];
    const inner = (x: Float32Array): Float32Array =>
      x.filter(
        (_, i) =>
          i % stft.bins > 2 &&
          i % stft.bins < stft.bins - 3 &&
          Math.floor(i / stft.bins) > 4 &&
          Math.floor(i / stft.bins) < 28,
      );
    expect(errorDb(inner(got.re), inner(expected.re))).toBeLessThan(-50);
  });

  it('hybrid: the spectral and the wave branch add up (HTDemucs)', async () => {
    const model = manifest({
      kind: 'hybrid',
      stft: { ...smallStft, normalised: 'sqrt-n', outerPad: [96, 96], frameCrop: [2, 2], bins: [0, 128] },
      globalNorm: 'mono-mean-std',
      graphs: [
        {
          ...graph({ role: 'wave', layout: 'b ch n' }, { role: 'wave', layout: 'b s ch n' }),
          inputs: [
            { name: 'input', role: 'wave', layout: 'b ch n' },
            { name: 'spec', role: 'spec', layout: 'b (ch ri) f t' },
          ],
          outputs: [
            { name: 'output', role: 'wave', layout: 'b s ch n' },
            { name: 'spec_out', role: 'spec', layout: 'b s (ch ri) f t' },
          ],
        },
      ],
    });
    const dims: (readonly number[])[] = [];
    const hybrid: Session = {
      inputNames: ['input', 'spec'],
      outputNames: ['output', 'spec_out'],
      run: ({ input, spec }) => {
        dims.push(input.dims, spec.dims);
        return Promise.resolve({ output: quarters(input), spec_out: quarters(spec) });
      },
    };
    const offset = mix.map((plane) => plane.map((x) => 0.3 * x + 0.1));
    const stems = await new ModelSeparator(model, [hybrid]).separate(offset, { mean: 0.1, std: 0.3 });
    expect(dims).toEqual([
      [1, 2, 2048],
      [1, 4, 128, 32],
    ]);
    // Both branches see the normalised mixture: 2 · 0.25 · (x − mean) + mean; Nyquist is missing in one branch.
    const middle = (x: Float32Array): Float32Array => x.slice(300, 1700);
    const expected = offset[0].map((x) => 2 * 0.25 * (x - 0.1) + 0.1);
    expect(errorDb(middle(stems[0][0]), middle(expected))).toBeLessThan(-30);
    const waveOnly = offset[0].map((x) => 0.25 * (x - 0.1) + 0.1);
    expect(errorDb(middle(stems[0][0]), middle(waveOnly))).toBeGreaterThan(-12);
  });

  it('cuts frames into splits and pads the last one (Spleeter)', async () => {
    const seen: Tensor[] = [];
    const layout = 'ch split t f';
    const graphs = [
      graph({ role: 'mag', layout, splitFrames: 20 }, { role: 'mag', layout, splitFrames: 20 }, ['vocals']),
    ];
    const model = manifest({
      stft: { ...smallStft, bins: [0, 100] },
      graphs,
      stems: { order: ['vocals'], residual: 'other' },
    });
    const half: Compute = ({ data, dims }) => ({ data: data.map((x) => 0.5 * x), dims });
    const separator = new ModelSeparator(model, [session(half, seen)]);
    const [stem] = await separator.separate(mix, stats);
    expect(seen[0].dims).toEqual([2, 2, 20, 100]);
    // 33 frames: the second split holds 13 and zeros.
    const spectrum = new Stft(smallStft).forward(mix[1]);
    const bin = (frame: number, b: number): number =>
      Math.hypot(spectrum.re[frame * 129 + b], spectrum.im[frame * 129 + b]);
    const at = (split: number, t: number, f: number): number =>
      seen[0].data[((2 + split) * 20 + t) * 100 + f];
    expect(at(0, 7, 50)).toBeCloseTo(bin(7, 50), 4);
    expect(at(1, 5, 99)).toBeCloseTo(bin(25, 99), 4);
    expect(at(1, 15, 3)).toBe(0);
    // What lies above bin 100 is not the stem's: its energy there is nothing.
    const out = new Stft(smallStft).forward(stem[1]);
    const energy = (first: number, end: number): number => {
      let sum = 0;
      for (let f = 5; f < 28; f++)
        for (let b = first; b < end; b++) sum += out.re[f * 129 + b] ** 2 + out.im[f * 129 + b] ** 2;
      return sum;
    };
    expect(energy(104, 129) / energy(0, 96)).toBeLessThan(1e-4);
  });

  it('windows of other lengths take turns in one separator', async () => {
    const graphs = [
      graph({ role: 'spec', layout: 'b (ch ri) f t' }, { role: 'spec', layout: 'b s (ch ri) f t' }),
    ];
    const model = manifest({ kind: 'complex-spectrogram', stft: smallStft, graphs });
    const separator = new ModelSeparator(model, [session(quarters)]);
    for (const samples of [2048, 700, 2048, 5000]) {
      const heard = mix.map((_, ch) => noise(samples, samples + ch));
      const [, most] = await separator.separate(heard, stats);
      for (const [ch, plane] of heard.entries())
        expect(
          errorDb(
            most[ch],
            plane.map((x) => 0.75 * x),
          ),
        ).toBeLessThan(-120);
    }
  });

  it('zeroes the bins MDX-Net wants zeroed', async () => {
    const seen: Tensor[] = [];
    const graphs = [
      graph({ role: 'spec', layout: 'b (ch ri) f t' }, { role: 'spec', layout: 'b (ch ri) f t' }, ['vocals']),
    ];
    const model = manifest({
      stft: { ...smallStft, zeroBins: [0, 1, 2] },
      graphs,
      stems: { order: ['vocals'], residual: 'instrumental' },
    });
    await new ModelSeparator(model, [session((x) => x, seen)]).separate(mix, stats);
    const frames = 33;
    for (let bin = 0; bin < 4; bin++) {
      const row = seen[0].data.subarray(bin * frames, (bin + 1) * frames);
      expect(row.every((x) => x === 0)).toBe(bin < 3);
    }
  });

  it('denoise: half of f(x) − f(−x) removes what a network adds to both', async () => {
    const model = manifest({ post: { denoiseFlip: true } });
    const reused = new Float32Array(2 * 2 * 2048);
    // The session reuses its output buffer, as a real one does.
    const biased: Compute = (input) => {
      const { data, dims } = quarters(input);
      reused.set(data.map((x) => x + 0.125));
      return { data: reused, dims };
    };
    await expectQuarters(model, biased);
  });

  it('averages graphs that give all stems', async () => {
    const one = graph({ role: 'wave', layout: 'b ch n' }, { role: 'wave', layout: 'b s ch n' });
    const model = manifest({ graphs: [one, { ...one, file: 'second.onnx' }], combine: 'mean' });
    const twice: Compute = (input) => {
      const { data, dims } = quarters(input);
      return { data: data.map((x) => 3 * x), dims };
    };
    const stems = await new ModelSeparator(model, [session(quarters), session(twice)]).separate(mix, stats);
    expect(
      errorDb(
        stems[0][0],
        mix[0].map((x) => 0.5 * x),
      ),
    ).toBeLessThan(-130);
  });

  it('one graph for each stem: each gives its own', async () => {
    const single = (stem: string): object => ({
      ...graph({ role: 'wave', layout: 'b ch n' }, { role: 'wave', layout: 'b ch n' }, [stem]),
      file: `${stem}.onnx`,
    });
    const model = manifest({ graphs: [single('other'), single('vocals')] });
    const scaled =
      (gain: number): Compute =>
      ({ data, dims }) => ({ data: data.map((x) => gain * x), dims });
    const stems = await new ModelSeparator(model, [session(scaled(0.1)), session(scaled(0.7))]).separate(
      mix,
      stats,
    );
    expect(
      errorDb(
        stems[0][0],
        mix[0].map((x) => 0.7 * x),
      ),
    ).toBeLessThan(-130);
    expect(
      errorDb(
        stems[1][1],
        mix[1].map((x) => 0.1 * x),
      ),
    ).toBeLessThan(-130);
  });

  it('compensation scales the estimates', async () => {
    const model = manifest({ stems: { order: ['vocals', 'other'], residual: 'other', compensate: 1.5 } });
    const stems = await new ModelSeparator(model, [session(quarters)]).separate(mix, stats);
    expect(
      errorDb(
        stems[0][0],
        mix[0].map((x) => 0.375 * x),
      ),
    ).toBeLessThan(-130);
  });

  it('ratio masks share the mixture by the power of the estimates', async () => {
    const graphs = [graph({ role: 'mag', layout: 'b ch f t' }, { role: 'mag', layout: 'b s ch f t' })];
    const model = manifest({ stft: smallStft, graphs, post: { ratioMask: { power: 2 } } });
    const stems = await new ModelSeparator(model, [session(quarters)]).separate(mix, stats);
    // 0.25² : 0.75² = 1 : 9.
    expect(
      errorDb(
        stems[0][0],
        mix[0].map((x) => 0.1 * x),
      ),
    ).toBeLessThan(-100);
    expect(
      errorDb(
        stems[1][0],
        mix[0].map((x) => 0.9 * x),
      ),
    ).toBeLessThan(-100);
  });

  it('the Wiener filter’s stems still add up to the mixture', async () => {
    const graphs = [graph({ role: 'mag', layout: 'b ch f t' }, { role: 'mag', layout: 'b s ch f t' })];
    const model = manifest({ stft: smallStft, graphs, post: { wiener: { iterations: 1 } } });
    const uneven: Compute = (input) => {
      const { data, dims } = quarters(input);
      return { data: data.map((x, i) => x * (1 + 0.5 * Math.sin(i))), dims };
    };
    const plain = await new ModelSeparator(manifest({ stft: smallStft, graphs }), [session(uneven)]).separate(
      mix,
      stats,
    );
    const before = errorDb(
      plain[0][0].map((x, i) => x + plain[1][0][i]),
      mix[0],
    );
    const stems = await new ModelSeparator(model, [session(uneven)]).separate(mix, stats);
    const after = errorDb(
      stems[0][0].map((x, i) => x + stems[1][0][i]),
      mix[0],
    );
    expect(before).toBeGreaterThan(-20);
    expect(after).toBeLessThan(-60);
  });

  it('a tensor of another size is an error that says both sizes', async () => {
    const wrong: Compute = ({ dims }) => ({ data: new Float32Array(10), dims: [1, ...dims.slice(0, 0), 10] });
    await expect(new ModelSeparator(manifest(), [session(wrong)]).separate(mix, stats)).rejects.toMatchObject(
      {
        code: 'model-incompatible',
        message: expect.stringMatching(/\[1, 10\].*\[1, 2, 2, 2048\]/) as unknown,
      },
    );
  });

  it('a graph without the named tensor is refused before anything runs', () => {
    const other: Session = {
      inputNames: ['x'],
      outputNames: ['output'],
      run: () => Promise.reject(new Error()),
    };
    expect(() => new ModelSeparator(manifest(), [other])).toThrowError(/no tensor "input".*x, output/);
  });
});
