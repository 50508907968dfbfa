import { randoms } from '../dsp/randoms.js';

/** Rows of `width` values: what a network sees, and what it should answer. */
export interface Examples {
  readonly inputs: Float64Array;
  readonly targets: Float64Array;
  readonly width: number;
}

/** How far a step goes, and how much of the last step it keeps. */
const [rate, momentum] = [0.1, 0.9];

/**
 * A network that can be read in a minute: y = σ(B·tanh(A·x + a) + b), trained by gradient descent with momentum on the mean
 * squared error of all examples at once (Rumelhart, Hinton & Williams, Nature 323, 1986). float64.
 */
export class TinyNet {
  /** A `[hidden][width + 1]` and B `[width][hidden + 1]`; the last of each row is the bias. */
  private readonly a: Float64Array;
  private readonly b: Float64Array;

  constructor(
    private readonly width: number,
    private readonly hidden: number,
  ) {
    const random = randoms(11);
    const weights = (rows: number, columns: number): Float64Array =>
      Float64Array.from({ length: rows * (columns + 1) }, () => (2 * random() - 1) / Math.sqrt(columns));
    this.a = weights(hidden, width);
    this.b = weights(width, hidden);
  }

  /** Answers to the first `rows` inputs, `[rows][width]`. */
  answers(inputs: Float64Array, rows: number): Float64Array {
    const middle = layer(inputs, rows, this.width, this.a, this.hidden).map(Math.tanh);
    return layer(middle, rows, this.hidden, this.b, this.width).map((x) => 1 / (1 + Math.exp(-x)));
  }

  /** Learns from the first `rows` examples; the mean squared error before each step and after the last. */
  train({ inputs, targets }: Examples, rows: number, steps: number): number[] {
    const { width, hidden } = this;
    const [moveA, moveB] = [new Float64Array(this.a.length), new Float64Array(this.b.length)];
    const losses: number[] = [];
    for (let step = 0; step <= steps; step++) {
      const middle = layer(inputs, rows, width, this.a, hidden).map(Math.tanh);
      const out = layer(middle, rows, hidden, this.b, width).map((x) => 1 / (1 + Math.exp(-x)));
      const error = out.map((y, i) => y - targets[i]);
      losses.push(error.reduce((sum, e) => sum + e * e, 0) / error.length);
      if (step === steps) break;
      const outer = error.map((e, i) => (e * out[i] * (1 - out[i])) / rows);
      const back = backwards(outer, rows, width, this.b, hidden);
      const inner = back.map((e, i) => e * (1 - middle[i] * middle[i]));
      descend(this.b, moveB, outer, middle, rows, width, hidden);
      descend(this.a, moveA, inner, inputs, rows, hidden, width);
    }
    return losses;
  }
}

/** weights · x + bias for each row: `[rows][outputs]`. */
function layer(
  x: Float64Array,
  rows: number,
  columns: number,
  weights: Float64Array,
  outputs: number,
): Float64Array {
  const out = new Float64Array(rows * outputs);
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outputs; o++) {
      const row = o * (columns + 1);
      let sum = weights[row + columns];
      for (let c = 0; c < columns; c++) sum += weights[row + c] * x[r * columns + c];
      out[r * outputs + o] = sum;
    }
  }
  return out;
}

/** What each hidden value has to do with the errors: `[rows][hidden]`. */
function backwards(
  errors: Float64Array,
  rows: number,
  outputs: number,
  weights: Float64Array,
  hidden: number,
): Float64Array {
  const out = new Float64Array(rows * hidden);
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outputs; o++) {
      const error = errors[r * outputs + o];
      for (let h = 0; h < hidden; h++) out[r * hidden + h] += error * weights[o * (hidden + 1) + h];
    }
  }
  return out;
}

/** One step down the gradient errorsᵀ · x, in place. */
function descend(
  weights: Float64Array,
  move: Float64Array,
  errors: Float64Array,
  x: Float64Array,
  rows: number,
  outputs: number,
  columns: number,
): void {
  const gradient = new Float64Array(weights.length);
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outputs; o++) {
      const error = errors[r * outputs + o];
      const row = o * (columns + 1);
      for (let c = 0; c < columns; c++) gradient[row + c] += error * x[r * columns + c];
      gradient[row + columns] += error;
    }
  }
  for (let i = 0; i < weights.length; i++) {
    move[i] = momentum * move[i] - rate * gradient[i];
    weights[i] += move[i];
  }
}
