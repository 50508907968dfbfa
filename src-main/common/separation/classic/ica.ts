import type { Separator, SeparatorInfo } from '../separator.js';
import { classicRate, classicSegment } from './masking.js';

/** Two numbers, or the rows of a 2 × 2 matrix. */
type Two = readonly [number, number];
type Matrix = readonly [Two, Two];

/** A 2 × 2 symmetric matrix as eigenvalues, largest first, and unit eigenvectors. */
function eigen2(a: number, b: number, d: number): { readonly values: Two; readonly vectors: Matrix } {
  const turn = 0.5 * Math.atan2(2 * b, a - d);
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const first = a * c * c + 2 * b * c * s + d * s * s;
  const second = a * s * s - 2 * b * c * s + d * c * c;
  return {
    values: [first, second],
    vectors: [
      [c, s],
      [-s, c],
    ],
  };
}

const rounds = 200;
/** Samples that the fit looks at; more change nothing. */
const fitted = 1 << 18;

/**
 * How two independent sources are mixed in two channels: the mixing matrix `[channel][source]` by FastICA with tanh and
 * symmetric decorrelation (Hyvärinen, IEEE TNN 10(3), 1999), from the identity; null when the channels are alike but for
 * their level.
 */
export function mixingMatrix(left: Float32Array, right: Float32Array): Matrix | null {
  const step = Math.max(1, Math.floor(left.length / fitted));
  const n = Math.floor(left.length / step);
  let [ll, lr, rr] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [left[i * step], right[i * step]];
    ll += x * x;
    lr += x * y;
    rr += y * y;
  }
  const { values, vectors } = eigen2(ll / n, lr / n, rr / n);
  if (!(values[1] > 1e-8 * values[0])) return null;
  const white = [0, 1].map((k) => {
    const [v, scale] = [vectors[k], 1 / Math.sqrt(values[k])];
    return Float64Array.from(
      { length: n },
      (_, i) => scale * (v[0] * left[i * step] + v[1] * right[i * step]),
    );
  });
  const w = unmixing(white[0], white[1]);
  // Sources s = w · z, z = D^(−1/2) · Eᵀ · x; so x = E · D^(1/2) · wᵀ · s.
  const mixed = (channel: number, source: number): number =>
    [0, 1].reduce((sum, k) => sum + vectors[k][channel] * Math.sqrt(values[k]) * w[source][k], 0);
  return [
    [mixed(0, 0), mixed(0, 1)],
    [mixed(1, 0), mixed(1, 1)],
  ];
}

/** The rotation of whitened signals that makes them independent. */
function unmixing(z0: Float64Array, z1: Float64Array): Matrix {
  let w: Matrix = [
    [1, 0],
    [0, 1],
  ];
  for (let round = 0; round < rounds; round++) {
    const raw = w.map(([p, q]): Two => {
      let [x, y, slope] = [0, 0, 0];
      for (let i = 0; i < z0.length; i++) {
        const g = Math.tanh(p * z0[i] + q * z1[i]);
        x += z0[i] * g;
        y += z1[i] * g;
        slope += 1 - g * g;
      }
      return [(x - slope * p) / z0.length, (y - slope * q) / z0.length];
    }) as unknown as Matrix;
    const next = decorrelated(raw);
    const turned = Math.max(
      ...[0, 1].map((k) => Math.abs(Math.abs(next[k][0] * w[k][0] + next[k][1] * w[k][1]) - 1)),
    );
    w = next;
    if (turned < 1e-12) break;
  }
  return w;
}

/** (W·Wᵀ)^(−1/2) · W. */
function decorrelated([a, b]: Matrix): Matrix {
  const { values, vectors } = eigen2(
    a[0] * a[0] + a[1] * a[1],
    a[0] * b[0] + a[1] * b[1],
    b[0] * b[0] + b[1] * b[1],
  );
  const root = (i: number, j: number): number =>
    [0, 1].reduce(
      (sum, k) => sum + (vectors[k][i] * vectors[k][j]) / Math.sqrt(Math.max(values[k], 1e-300)),
      0,
    );
  const row = (i: number): Two => [
    root(i, 0) * a[0] + root(i, 1) * b[0],
    root(i, 0) * a[1] + root(i, 1) * b[1],
  ];
  return [row(0), row(1)];
}

/**
 * Two sources that two channels mix by level alone, as they stand in both channels; they add up to the mixture. The one that
 * is further left comes first. Nothing is left of the second where both channels are alike.
 */
export class IcaSeparator implements Separator {
  readonly info: SeparatorInfo;

  constructor(overlap = 0.2) {
    this.info = {
      ...{ sampleRate: classicRate, channels: 2, stems: ['left', 'right'], residualStem: 'right' },
      ...{ segment: { ...classicSegment(20, 0.2), overlap }, needsStats: false },
    };
  }

  separate(mix: readonly Float32Array[]): Promise<readonly (readonly Float32Array[])[]> {
    const [left, right] = mix;
    const a = mixingMatrix(left, right);
    if (!a)
      return Promise.resolve([
        mix.map((plane) => plane.slice()),
        mix.map((plane) => new Float32Array(plane.length)),
      ]);
    const tilt = (source: number): number => Math.abs(a[0][source]) - Math.abs(a[1][source]);
    const order = tilt(0) >= tilt(1) ? [0, 1] : [1, 0];
    const det = a[0][0] * a[1][1] - a[0][1] * a[1][0];
    const stems = order.map((source) => {
      // Of the inverse of the mixing matrix: what makes this source.
      const [p, q] = source === 0 ? [a[1][1] / det, -a[0][1] / det] : [-a[1][0] / det, a[0][0] / det];
      const wave = left.map((x, i) => p * x + q * right[i]);
      return [0, 1].map((channel) => wave.map((x) => a[channel][source] * x));
    });
    return Promise.resolve(stems);
  }
}
