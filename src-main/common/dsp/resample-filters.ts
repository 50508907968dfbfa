import { prototype, prototypeHalf } from './kaiser.js';
import { kernels } from './wasm/kernels.js';

/** A rate change: an output advances step/phases input frames; the filter reaches `half` input frames each way. */
export interface Ratio {
  readonly phases: number;
  readonly step: number;
  readonly half: number;
}

export interface Filter {
  /** Most outputs of one run. */
  readonly block: number;
  /** Fills `output`; `input` starts half − 1 frames before the first output's frame, whose phase is given. */
  run(input: Float32Array, phase: number, output: Float32Array): void;
}

/** Most values of a table with one row a phase; beyond it, rows are interpolated. */
const exactValues = 2 ** 20;
/** Rows an input frame, times the decimation: linear interpolation is then 130 dB below the signal. */
const rowsPerSample = 2048;
/** Most input frames of one run. */
const blockInput = 2 ** 18;

/** Frames of the lower rate in an input frame. */
function density({ phases, step }: Ratio): number {
  return Math.min(1, phases / step);
}

/** Tables the filter at `rows` (+ 1 with `closed`) phases, `taps` values each, every row with the sum 1. */
function fillRows(table: Float32Array, ratio: Ratio, rows: number, count: number, taps: number): void {
  const scale = density(ratio);
  const row = new Float64Array(2 * ratio.half);
  for (let r = 0; r < count; r++) {
    let sum = 0;
    for (let i = 0; i < row.length; i++) sum += row[i] = prototype((i - ratio.half + 1 - r / rows) * scale);
    table.fill(0, r * taps, (r + 1) * taps);
    for (let i = 0; i < row.length; i++) table[r * taps + i] = row[i] / sum;
  }
}

/** The tabled filter, in WebAssembly. */
export function blockFilter(ratio: Ratio): Filter {
  const { phases, step, half } = ratio;
  const taps = 8 * Math.ceil(half / 4);
  const exact = phases * taps <= exactValues;
  const rows = exact ? phases : Math.ceil(rowsPerSample * density(ratio));
  const count = exact ? rows : rows + 1;
  const key = `resample ${phases}/${step}`;
  const k = kernels();
  const fill = (address: number): number => {
    fillRows(k.f32(address, count * taps), ratio, rows, count, taps);
    return address;
  };
  return {
    block: Math.max(1, Math.floor(Math.min(blockInput, (blockInput * phases) / step))),
    run(input, phase, output) {
      const table = k.table(key, 4 * count * taps, fill);
      // Rows are padded with zeros to whole vectors, so some frames behind the input are read too.
      const length = input.length + taps - 2 * half;
      const [x, out] = k.scratch(4 * length, 4 * output.length);
      const wave = k.f32(x, length);
      wave.set(input);
      wave.fill(0, input.length);
      if (exact) k.run.polyphase(x, table, taps, phases, step, phase, output.length, out);
      else k.run.polyphaseLerp(x, table, taps, rows, phases, step, phase, output.length, out);
      output.set(k.f32(out, output.length));
    },
  };
}

/** Values a lower-rate sample of the tabled prototype. */
const prototypeSteps = 4096;
let tabledPrototype: Float64Array | undefined;

/** The filter of extreme decimations, whose rows would be huge: it interpolates the prototype for every tap. */
export function longFilter(ratio: Ratio): Filter {
  const shape = (tabledPrototype ??= Float64Array.from(
    { length: prototypeHalf * prototypeSteps + 2 },
    (_, i) => prototype(i / prototypeSteps),
  ));
  const { phases, half } = ratio;
  const scale = density(ratio) * prototypeSteps;
  const last = prototypeHalf * prototypeSteps;
  return {
    block: 1,
    run(input, phase, output) {
      let sum = 0;
      let total = 0;
      for (let i = 0; i < 2 * half; i++) {
        const at = Math.min(Math.abs(i - half + 1 - phase / phases) * scale, last);
        const index = Math.floor(at);
        const weight = shape[index] + (at - index) * (shape[index + 1] - shape[index]);
        sum += weight * input[i];
        total += weight;
      }
      output[0] = sum / total;
    },
  };
}
