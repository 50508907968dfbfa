import type { Tensor } from './separator.js';

/** Mean and (unbiased) standard deviation of all the elements of a tensor. */
export interface Norm {
  readonly mean: number;
  readonly std: number;
}

/** HTDemucs' own: (x − mean) / (1e-5 + std). */
const floor = 1e-5;

/** Normalises a tensor; what is needed to undo it on the graph's outputs. */
export function normaliseInPlace({ data }: Tensor): Norm {
  let sum = 0;
  for (const value of data) sum += value;
  const mean = sum / data.length;
  let squares = 0;
  for (const value of data) squares += (value - mean) ** 2;
  const std = data.length > 1 ? Math.sqrt(squares / (data.length - 1)) : 0;
  for (let i = 0; i < data.length; i++) data[i] = (data[i] - mean) / (floor + std);
  return { mean, std };
}

export function denormaliseInPlace(tensor: Tensor | undefined, { mean, std }: Norm): void {
  const data = tensor?.data ?? new Float32Array(0);
  for (let i = 0; i < data.length; i++) data[i] = data[i] * std + mean;
}
