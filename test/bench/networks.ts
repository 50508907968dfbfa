import type { Graph, GraphNode, GraphTensor, GraphValue } from '../fixtures/onnx.js';
import { noise } from '../fixtures/signals.js';

/** Frames of one segment: 256 at 4096/1024, 5.9 s. */
export const frames = 256;
export const bins = 2048;

/** Builds a graph node after node, with random weights scaled so that values neither die nor explode. */
export class Builder {
  readonly nodes: GraphNode[] = [];
  readonly constants: GraphTensor[] = [];
  private count = 0;

  name(): string {
    return `v${this.count++}`;
  }

  weights(dims: readonly number[], fanIn: number): string {
    const name = this.name();
    const size = dims.reduce((a, b) => a * b, 1);
    const scale = Math.sqrt(3 / fanIn);
    this.constants.push({ name, dims, floats: noise(size, this.count).map((x) => x * scale) });
    return name;
  }

  shape(dims: readonly number[]): string {
    const name = this.name();
    this.constants.push({ name, dims: [dims.length], int64: dims });
    return name;
  }

  add(op: string, inputs: readonly string[], attributes: GraphNode['attributes'] = {}): string {
    const output = this.name();
    this.nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  }

  conv(x: string, from: number, to: number, kernel: number, stride = 1): string {
    const pad = Math.floor(kernel / 2);
    const w = this.weights([to, from, kernel, kernel], from * kernel * kernel);
    const y = this.add('Conv', [x, w], { strides: [stride, stride], pads: [pad, pad, pad, pad] });
    return this.add('Relu', [y]);
  }

  up(x: string, from: number, to: number): string {
    const w = this.weights([from, to, 2, 2], from);
    return this.add('Relu', [this.add('ConvTranspose', [x, w], { strides: [2, 2] })]);
  }

  /** Bidirectional GRU over the first axis; [time, batch, features] → the same shape, with a residual. */
  gru(x: string, time: number, batch: number, size: number): string {
    const hidden = size / 2;
    const w = this.weights([2, 3 * hidden, size], size);
    const r = this.weights([2, 3 * hidden, hidden], hidden);
    const y = this.add('GRU', [x, w, r], { hidden_size: hidden, direction: 'bidirectional' });
    const turned = this.add('Transpose', [y], { perm: [0, 2, 1, 3] });
    const flat = this.add('Reshape', [turned, this.shape([time, batch, size])]);
    return this.add('Add', [x, flat]);
  }

  /** Bidirectional LSTM over the first axis; [time, 1, features] → the same shape, with a residual. */
  lstm(x: string, time: number, size: number): string {
    const hidden = size / 2;
    const w = this.weights([2, 4 * hidden, size], size);
    const r = this.weights([2, 4 * hidden, hidden], hidden);
    const y = this.add('LSTM', [x, w, r], { hidden_size: hidden, direction: 'bidirectional' });
    const turned = this.add('Transpose', [y], { perm: [0, 2, 1, 3] });
    return this.add('Add', [x, this.add('Reshape', [turned, this.shape([time, 1, size])])]);
  }

  finish(y: string, outputDims: readonly number[]): Graph {
    return this.graph(
      [{ name: 'input', dims: [1, 2, bins, frames] }],
      [{ name: 'output', dims: outputDims }],
      [y],
    );
  }

  /** The whole: sigmoids of these values are its outputs. */
  graph(inputs: readonly GraphValue[], outputs: readonly GraphValue[], results: readonly string[]): Graph {
    outputs.forEach(({ name }, i) =>
      this.nodes.push({ op: 'Sigmoid', inputs: [results[i]], outputs: [name] }),
    );
    return { inputs, outputs, nodes: this.nodes, constants: this.constants };
  }
}

const maskDims = [1, 8, bins, frames];

/**
 * A convolutional U-Net of four stems' masks. `base` channels at its widest level: 32 are 6 GFLOP a segment and run
 * about 170 × realtime, 44 about 100 ×.
 */
export function convNet(base: number): Graph {
  const b = new Builder();
  const down: string[] = [];
  let x = b.conv('input', 2, base, 5, 2);
  for (const wide of [base, 2 * base, 4 * base]) {
    down.push(x);
    x = b.conv(x, wide, 2 * wide, 3, 2);
  }
  for (const wide of [8 * base, 4 * base, 2 * base]) x = b.add('Add', [b.up(x, wide, wide / 2), down.pop()!]);
  const w = b.weights([base, 8, 2, 2], base);
  return b.finish(b.add('ConvTranspose', [x, w], { strides: [2, 2] }), maskDims);
}

/** Four recurrent nets of Open-Unmix's size and shape, one a stem: 18 GFLOP a segment, about 50 × realtime. */
export function fourTargets(): Graph {
  const b = new Builder();
  const [wide, size] = [2 * bins, 512];
  const rows = b.add('Transpose', ['input'], { perm: [3, 0, 1, 2] });
  const flat = b.add('Reshape', [rows, b.shape([frames, 1, wide])]);
  const targets = Array.from({ length: 4 }, () => {
    let x = b.add('Tanh', [b.add('MatMul', [flat, b.weights([wide, size], wide)])]);
    for (let layer = 0; layer < 3; layer++) x = b.lstm(x, frames, size);
    x = b.add('Relu', [b.add('MatMul', [x, b.weights([size, size], size)])]);
    x = b.add('MatMul', [x, b.weights([size, wide], size)]);
    const apart = b.add('Reshape', [x, b.shape([frames, 1, 2, bins])]);
    return b.add('Transpose', [apart], { perm: [1, 2, 3, 0] });
  });
  return b.finish(b.add('Concat', targets, { axis: 1 }), maskDims);
}

/** A band-split recurrent net: 32 bands of 64 bins, GRUs over time and over bands; 7 layers run about 15 × realtime. */
export function recurrentNet(layers: number): Graph {
  const b = new Builder();
  const [bands, size] = [32, 256];
  const split = b.add('Reshape', ['input', b.shape([2, bands, bins / bands, frames])]);
  const rows = b.add('Transpose', [split], { perm: [3, 1, 0, 2] });
  const flat = b.add('Reshape', [rows, b.shape([frames, bands, 128])]);
  let x = b.add('MatMul', [flat, b.weights([128, size], 128)]);
  for (let layer = 0; layer < layers; layer++) {
    x = b.gru(x, frames, bands, size);
    const turned = b.add('Transpose', [x], { perm: [1, 0, 2] });
    x = b.add('Transpose', [b.gru(turned, bands, frames, size)], { perm: [1, 0, 2] });
  }
  const out = b.add('MatMul', [x, b.weights([size, 8 * (bins / bands)], size)]);
  const apart = b.add('Reshape', [out, b.shape([frames, bands, 8, bins / bands])]);
  const back = b.add('Transpose', [apart], { perm: [2, 1, 3, 0] });
  return b.finish(b.add('Reshape', [back, b.shape(maskDims)]), maskDims);
}

/** Wide convolutions at full resolution: below 6 × realtime, as MDX-Net. */
export function heavyNet(): Graph {
  const b = new Builder();
  const width = 56;
  let x = b.conv('input', 2, width, 3);
  for (let layer = 0; layer < 14; layer++) x = b.conv(x, width, width, 3);
  return b.finish(b.conv(x, width, 8, 1), maskDims);
}
