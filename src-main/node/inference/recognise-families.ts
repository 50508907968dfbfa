import type { PresetName } from '../../common/separation/presets.js';
import type { OnnxFacts, OnnxValue } from './onnx-facts.js';
import type { Form } from './recognise-form.js';

type Json = Readonly<Record<string, unknown>>;

/** What a family's manifest says beside its preset. */
export interface FamilyParts {
  readonly audio?: Json;
  readonly stft?: Json;
  readonly segment?: Json;
  readonly inputs: readonly Json[];
  readonly outputs: readonly Json[];
}

/** The family that a graph's form belongs to. */
export interface Family {
  readonly preset: PresetName;
  /** Stems of one graph. */
  readonly count: number;
  /** Usual orders of its stems; the first with the right number is taken without a question. */
  readonly order: readonly (readonly string[])[];
  /** An output for each stem, where these are not one tensor. */
  readonly split?: readonly (readonly Json[])[];
  /** Null where something has to be asked first. */
  readonly parts: (form: Form) => FamilyParts | null;
}

const four = ['drums', 'bass', 'other', 'vocals'];
const six = [...four, 'guitar', 'piano'];

const isSize = (dim: number | string | undefined): dim is number => typeof dim === 'number';
const fits = (dim: number | string | undefined, size: number): boolean => !isSize(dim) || dim === size;
const same = (a: OnnxValue, b: OnnxValue): boolean =>
  a.dims.length === b.dims.length && a.dims.every((dim, i) => !isSize(dim) || fits(b.dims[i], dim));
const named = ({ name }: OnnxValue, parts: Json = {}): Json => ({ name, ...parts });

/** Samples, `[b, 2, n]`. */
const isWave = ({ dims }: OnnxValue): boolean => dims.length === 3 && (dims[1] === 2 || dims[1] === 1);
/** A complex spectrum in some order of axes. */
const isSpectrum = ({ dims }: OnnxValue): boolean => dims.length >= 4;

/** The family of a graph; `asked` while it could be one of several, null for none. */
export function familyOf(facts: OnnxFacts, form: Form): Family | 'asked' | null {
  const { inputs, outputs } = facts;
  if ([...inputs, ...outputs].some(({ type }) => type === 'other')) return null;
  const [input] = inputs;
  if (inputs.length === 2) return hybrid(facts) ?? twoParts(facts);
  if (inputs.length !== 1) return null;
  if (isWave(input)) return waves(facts, form);
  const { dims } = input;
  if (dims.length !== 4) return null;
  if (dims[3] === 2 && isSize(dims[1]) && dims[1] > 64 && dims[1] % 2 === 0) return rows(facts);
  if (dims[1] === 4 && outputs.length === 1) return complex(facts, form);
  // Spleeter's splits come before its frames; a fixed 512 × 1024 is its own.
  if (dims[0] === 2 && dims[2] === 512 && dims[3] === 1024 && outputs.every((one) => same(input, one)))
    return splits(facts);
  if (dims[1] === 2 && outputs.length === 1) return magnitudes(facts);
  return null;
}

/** HTDemucs as one graph, or any other from wave to waves. */
function waves({ inputs: [input], outputs }: OnnxFacts, form: Form): Family | 'asked' | null {
  const [output] = outputs;
  const [, channels, length] = input.dims;
  if (outputs.length !== 1 || !isSize(length) || !isSize(channels)) return null;
  const { dims } = output;
  const flat = dims.length === 3;
  const count = flat ? Number(dims[1]) / channels : Number(dims[1]);
  if (!Number.isInteger(count) || count < 1 || !fits(dims[dims.length - 1], length)) return null;
  if (!flat && (dims.length !== 4 || dims[2] !== channels)) return null;
  const layout = !flat ? 'b s ch n' : count === 1 ? 'b ch n' : 'b (s ch) n';
  const isDemucs = length === 343_980 && channels === 2;
  const preset = isDemucs ? 'htdemucs' : form.choice('preset', ['waveform', 'htdemucs'], 'waveform');
  if (preset !== 'htdemucs' && preset !== 'waveform') return 'asked';
  return {
    ...{ preset, count, order: preset === 'htdemucs' ? [four, six] : [] },
    parts: () => ({
      ...(channels === 1 && { audio: { channels: 1 } }),
      segment: { length },
      inputs: [named(input)],
      outputs: [named(output, { layout })],
    }),
  };
}

/** Layouts of HTDemucs' spectra, by their dimensions. */
function hybridLayout(
  { dims }: OnnxValue,
  bins: number,
  frames: number,
  out: boolean,
): [string, number] | null {
  const at = (...sizes: number[]): boolean =>
    dims.length === sizes.length + 1 && sizes.every((size, i) => size < 0 || fits(dims[i + 1], size));
  if (!out) {
    if (at(4, bins, frames)) return ['b (ch ri) f t', 1];
    if (at(2, 2, bins, frames)) return ['b ch ri f t', 1];
    if (at(2, bins, frames, 2)) return ['b ch f t ri', 1];
    if (at(bins, frames, 4)) return ['b f t (ch ri)', 1];
    return null;
  }
  const [, stems] = dims;
  if (!isSize(stems)) return null;
  if (at(-1, 4, bins, frames)) return ['b s (ch ri) f t', stems];
  if (at(-1, 2, 2, bins, frames)) return ['b s ch ri f t', stems];
  if (at(-1, 2, bins, frames, 2)) return ['b s ch f t ri', stems];
  if (at(-1, bins, frames) && stems % 4 === 0) return ['b (s ch ri) f t', stems / 4];
  return null;
}

/** HTDemucs with its transforms outside: a wave and a spectrum, bound by their ranks. */
function hybrid({ inputs, outputs }: OnnxFacts): Family | null {
  const wave = inputs.find(isWave);
  const spec = inputs.find(isSpectrum);
  const waveOut = outputs.find(({ dims }) => dims.length === 3 || (dims.length === 4 && dims[2] === 2));
  const specOut = outputs.find((one) => one !== waveOut);
  if (!wave || !spec || !waveOut || !specOut || outputs.length !== 2) return null;
  const length = wave.dims[2];
  if (!isSize(length) || wave.dims[1] !== 2) return null;
  const sizes = spec.dims.filter((dim): dim is number => isSize(dim) && dim > 4);
  const [bins, frames] = sizes;
  if (sizes.length !== 2 || (bins & (bins - 1)) !== 0) return null;
  const hop = bins / 2;
  const inside = hybridLayout(spec, bins, frames, false);
  const outside = hybridLayout(specOut, bins, frames, true);
  if (!inside || !outside || Math.ceil(length / hop) !== frames) return null;
  const count = outside[1];
  const flat = waveOut.dims.length === 3;
  if (!fits(waveOut.dims[1], flat ? 2 * count : count)) return null;
  return {
    ...{ preset: 'htdemucs-hybrid', count, order: [four, six] },
    parts: () => ({
      // OpenVINO's flat form leaves the normalisation inside of the network to its host.
      ...(flat && { audio: { segmentNorm: 'mean-std' } }),
      stft: { nFft: 2 * bins, hop },
      segment: { length },
      inputs: inputs.map((one) =>
        one === wave
          ? { name: one.name, role: 'wave', layout: 'b ch n' }
          : { name: one.name, role: 'spec', layout: inside[0] },
      ),
      outputs: outputs.map((one) =>
        one === waveOut
          ? { name: one.name, role: 'wave', layout: flat ? 'b (s ch) n' : 'b s ch n' }
          : { name: one.name, role: 'spec', layout: outside[0] },
      ),
    }),
  };
}

/** Whether a RoFormer gives masks or masked spectra: by the names of its outputs, or asked. */
function maskOrSpectrum(outputs: readonly OnnxValue[], form: Form): 'mask-complex' | 'spec' | null {
  if (outputs.every(({ name }) => /mask/i.test(name))) return 'mask-complex';
  const answer = form.choice('output', ['mask', 'spectrum'], outputs.length === 2 ? 'spectrum' : 'mask');
  return answer === undefined ? null : answer === 'mask' ? 'mask-complex' : 'spec';
}

/** The transform of a RoFormer whose graph sees every bin of so many frames. */
function roformerSizes(bins: number, frames: number, form: Form): { stft: Json; segment: Json } | null {
  const nFft = 2 * (bins - 1);
  const hop = nFft === 2048 ? 441 : form.number('hop', [nFft / 4, 441], isHop(nFft));
  return hop === undefined ? null : { stft: { nFft, hop }, segment: { length: (frames - 1) * hop } };
}

/** RoFormer: rows are 2 · bin + channel. */
function rows({ inputs: [input], outputs }: OnnxFacts): Family | null {
  const [, height, frames] = input.dims;
  const [output] = outputs;
  if (outputs.length !== 1 || !isSize(height) || !isSize(frames)) return null;
  const { dims } = output;
  const single = dims.length === 4;
  const [rowsOut, framesOut, ri] = dims.slice(single ? 1 : 2);
  if (dims.length < 4 || dims.length > 5 || ri !== 2 || !fits(rowsOut, height) || !fits(framesOut, frames))
    return null;
  const count = single ? 1 : Number(dims[1]);
  if (!Number.isInteger(count)) return null;
  return {
    ...{ preset: 'bs-roformer', count, order: [] },
    parts: (form) => {
      const role = maskOrSpectrum(outputs, form);
      const sizes = roformerSizes(height / 2, frames, form);
      const layout = single ? 'b (f ch) t ri' : 'b s (f ch) t ri';
      return (
        role && sizes && { ...sizes, inputs: [named(input)], outputs: [named(output, { role, layout })] }
      );
    },
  };
}

/** RoFormer with real and imaginary parts in two tensors. */
function twoParts({ inputs, outputs }: OnnxFacts): Family | null {
  const [a] = inputs;
  const [, channels, bins, frames] = a.dims;
  if (
    !same(inputs[0], inputs[1]) ||
    a.dims.length !== 4 ||
    channels !== 2 ||
    !isSize(bins) ||
    !isSize(frames)
  )
    return null;
  if (outputs.length !== 2 || !same(outputs[0], outputs[1])) return null;
  const { dims } = outputs[0];
  const single = dims.length === 4;
  if ((!single && dims.length !== 5) || !fits(dims[dims.length - 2], bins)) return null;
  const count = single ? 1 : Number(dims[1]);
  if (!Number.isInteger(count)) return null;
  const parts = (values: readonly OnnxValue[], role: string, layout: string): Json[] => {
    const imaginary = values.findIndex(({ name }) => /im(ag)?(inary)?$|im(ag)?[^a-z]|_i$/i.test(name));
    return values.map((one, i) => ({
      ...{ name: one.name, role, layout, part: i === (imaginary < 0 ? 1 : imaginary) ? 'im' : 're' },
    }));
  };
  return {
    ...{ preset: 'mel-band-roformer', count, order: [four] },
    parts: (form) => {
      const role = maskOrSpectrum(outputs, form);
      const sizes = roformerSizes(bins, frames, form);
      if (!role || !sizes) return null;
      const layout = single ? 'b ch f t' : 'b s ch f t';
      return { ...sizes, inputs: parts(inputs, 'spec', 'b ch f t'), outputs: parts(outputs, role, layout) };
    },
  };
}

/** [b, 4, F, T]: MDX-Net, MDX23C or SCNet. */
function complex(facts: OnnxFacts, form: Form): Family | 'asked' | null {
  const [input] = facts.inputs;
  const [output] = facts.outputs;
  const [, , bins, frames] = input.dims;
  const { dims } = output;
  if (!isSize(bins) || !isSize(frames)) return null;
  const flat = dims.length === 4;
  if (
    (!flat && dims.length !== 5) ||
    !fits(dims[dims.length - 2], bins) ||
    !fits(dims[dims.length - 1], frames)
  )
    return null;
  const count = flat ? Number(dims[1]) / 4 : Number(dims[1]);
  if (!Number.isInteger(count) || count < 1 || (!flat && dims[2] !== 4)) return null;
  const layout = !flat ? 'b s (ch ri) f t' : count === 1 ? 'b (ch ri) f t' : 'b (s ch ri) f t';
  const tensors = { inputs: [named(input)], outputs: [named(output, { layout })] };
  // SCNet sees every bin, Nyquist too; the others a number of low ones.
  if (bins % 2 === 1) {
    const nFft = 2 * (bins - 1);
    const hop = nFft / 4;
    return {
      ...{ preset: 'scnet', count, order: [four] },
      parts: () => ({
        ...{ stft: { nFft, hop }, ...tensors },
        // Eleven seconds where these give so many frames, else as many samples as the frames hold.
        segment: {
          length: nFft === 4096 && frames === 476 ? 485_100 : (frames - 2) * hop + Math.floor(hop / 2),
        },
      }),
    };
  }
  const norm = [...facts.operators].some((operator) => /InstanceNorm|GroupNorm/.test(operator));
  const newer = count > 1 || bins >= 4096 || norm;
  const preset = newer ? 'mdx23c' : 'mdx-net';
  if (preset === 'mdx-net') return { preset, count, order: [], parts: () => null };
  return {
    ...{ preset, count, order: [] },
    parts: () => {
      const nFft = form.number('nFft', [2 * bins, 4 * bins], (n) => n >= 2 * bins && n % 16 === 0);
      const hop = 1024;
      if (nFft === undefined) return null;
      return { ...tensors, stft: { nFft, hop, bins: [0, bins] }, segment: { length: hop * (frames - 1) } };
    },
  };
}

/** Spleeter: a file a stem, or one with an output for each. */
function splits({ inputs: [input], outputs }: OnnxFacts): Family {
  const orders = [
    ['vocals', 'accompaniment'],
    ['vocals', 'drums', 'bass', 'other'],
    ['vocals', 'piano', 'drums', 'bass', 'other'],
  ];
  return {
    ...{ preset: 'spleeter', count: outputs.length, order: orders },
    ...(outputs.length > 1 && { split: outputs.map((one) => [named(one)]) }),
    parts: () => ({ inputs: [named(input)], outputs: [named(outputs[0])] }),
  };
}

/** Frames that overlap by half or more. */
const isHop =
  (nFft: number) =>
  (hop: number): boolean =>
    hop >= 1 && hop <= nFft / 2;

/** [b, 2, F, T]: Open-Unmix, or masks. */
function magnitudes({ inputs: [input], outputs: [output] }: OnnxFacts): Family | null {
  const [, , bins, frames] = input.dims;
  if (!isSize(bins) || bins % 2 === 0) return null;
  const nFft = 2 * (bins - 1);
  const hop = nFft / 4;
  if (same(input, output)) {
    return {
      ...{ preset: 'open-unmix', count: 1, order: [] },
      parts: () => ({
        stft: { nFft, hop },
        ...(isSize(frames) && { segment: { fixed: true, length: (frames - 1) * hop + nFft } }),
        inputs: [named(input)],
        outputs: [named(output)],
      }),
    };
  }
  const { dims } = output;
  if (dims.length !== 5 || dims[2] !== 2 || !fits(dims[3], bins) || !isSize(dims[1]) || !isSize(frames))
    return null;
  const count = dims[1];
  return {
    ...{ preset: 'mask', count, order: [] },
    parts: (form) => {
      const role = form.choice('output', ['mask', 'magnitude'], 'mask');
      // Nothing in the graph tells how far its frames are apart.
      const step = form.number('hop', [hop, nFft / 2], isHop(nFft));
      if (role === undefined || step === undefined) return null;
      return {
        stft: { nFft, hop: step },
        segment: { length: (frames - 1) * step },
        inputs: [named(input)],
        outputs: [named(output, { role: role === 'mask' ? 'mask-mag' : 'mag' })],
      };
    },
  };
}
