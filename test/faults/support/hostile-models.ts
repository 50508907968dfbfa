import type { ModelManifest } from '../../../src-main/common/separation/manifest.js';
import { manifest } from '../../fixtures/manifests.js';
import { gainGraph, onnxModel, scaleGraph, type Graph } from '../../fixtures/onnx.js';
import { chances } from './scale.js';

/** The segment of the model that all of these pretend to be: 2 stems, stereo. */
export const segment = 2048;
const dims = [1, 2, segment];
const good = gainGraph(dims, [0.25, 0.5]);

/** A graph of the right shape whose result comes out of these nodes; `y` becomes the output. */
function through(nodes: Graph['nodes'], constants: Graph['constants'] = []): Graph {
  return {
    inputs: [{ name: 'input', dims }],
    outputs: [{ name: 'output', dims: [1, 2, 2, segment] }],
    constants: [{ name: 'axis', dims: [1], int64: [1] }, ...constants],
    nodes: [
      ...nodes,
      { op: 'Unsqueeze', inputs: ['y', 'axis'], outputs: ['wide'] },
      { op: 'Concat', inputs: ['wide', 'wide'], outputs: ['output'], attributes: { axis: 1 } },
    ],
  };
}

const loopBody: Graph = {
  inputs: [
    { name: 'i', dims: [], type: 'int64' },
    { name: 'go', dims: [], type: 'bool' },
    { name: 'x', dims },
  ],
  outputs: [
    { name: 'go_out', dims: [], type: 'bool' },
    { name: 'x_out', dims },
  ],
  nodes: [
    { op: 'Identity', inputs: ['go'], outputs: ['go_out'] },
    { op: 'Sin', inputs: ['x'], outputs: ['x_out'] },
  ],
};

/** Loops so often for every segment. */
export function loops(count: number): Graph {
  return through(
    [{ op: 'Loop', inputs: ['count', 'yes', 'input'], outputs: ['y'], attributes: { body: loopBody } }],
    [
      { name: 'count', dims: [], int64: [count] },
      { name: 'yes', dims: [], bool: true },
    ],
  );
}

/** Loops more the louder a segment is: quick where it is quiet, endless where it is loud. */
export const loudLoops: Graph = through(
  [
    { op: 'ReduceMax', inputs: ['input'], outputs: ['peak'], attributes: { keepdims: 0 } },
    { op: 'Mul', inputs: ['peak', 'many'], outputs: ['turns'] },
    { op: 'Cast', inputs: ['turns'], outputs: ['count'], attributes: { to: 7 } },
    { op: 'Loop', inputs: ['count', 'yes', 'input'], outputs: ['y'], attributes: { body: loopBody } },
  ],
  [
    { name: 'many', dims: [], floats: [1e10] },
    { name: 'yes', dims: [], bool: true },
  ],
);

/** Wants `gigabytes` of memory in the middle of it. */
export function expands(gigabytes: number): Graph {
  return through(
    [
      { op: 'Expand', inputs: ['one', 'shape'], outputs: ['huge'] },
      { op: 'ReduceMax', inputs: ['huge'], outputs: ['top'], attributes: { keepdims: 0 } },
      { op: 'ReduceMax', inputs: ['input'], outputs: ['peak'], attributes: { keepdims: 0 } },
      { op: 'Mul', inputs: ['top', 'peak'], outputs: ['gain'] },
      { op: 'Mul', inputs: ['input', 'gain'], outputs: ['y'] },
    ],
    [
      { name: 'one', dims: [1], floats: [1] },
      { name: 'shape', dims: [2], int64: [gigabytes * 1024, 262_144] },
    ],
  );
}

export interface HostileModel {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const odd: Readonly<Record<string, Graph>> = {
  'NaN weights': gainGraph(dims, [NaN, 1]),
  'infinite weights': gainGraph(dims, [Infinity, 1]),
  'weights of 3e38': gainGraph(dims, [3e38, 3e38]),
  'weights of 1e30': gainGraph(dims, [1e30, 1]),
  'another rank': gainGraph([1, 2, 8, 256], [1, 1]),
  'another length': gainGraph([1, 2, 4096], [1, 1]),
  'no batch': gainGraph([2, segment], [1, 1]),
  'seven stems': gainGraph(dims, [1, 1, 1, 1, 1, 1, 1]),
  'one stem': gainGraph(dims, [1]),
  'no stem axis': scaleGraph(dims, 1),
  'an unknown operator': through([{ op: 'Frobnicate', inputs: ['input'], outputs: ['y'] }]),
  'a name that is not there': through([{ op: 'Neg', inputs: ['nothing'], outputs: ['y'] }]),
  'a circle': through([
    { op: 'Add', inputs: ['input', 'z'], outputs: ['y'] },
    { op: 'Neg', inputs: ['y'], outputs: ['z'] },
  ]),
  'the same name twice': through([
    { op: 'Neg', inputs: ['input'], outputs: ['y'] },
    { op: 'Abs', inputs: ['input'], outputs: ['y'] },
  ]),
  'no nodes': { ...good, nodes: [] },
  'no inputs': { ...good, inputs: [] },
  'no outputs': { ...good, outputs: [] },
  'a shape of 2^40': through(
    [{ op: 'Reshape', inputs: ['input', 'shape'], outputs: ['y'] }],
    [{ name: 'shape', dims: [3], int64: [1, 2, 2 ** 40] }],
  ),
  'a negative shape': through(
    [{ op: 'Reshape', inputs: ['input', 'shape'], outputs: ['y'] }],
    [{ name: 'shape', dims: [3], int64: [-7, 2, -9] }],
  ),
  'dimensions of 2^50': { ...good, inputs: [{ name: 'input', dims: [1, 2, 2 ** 50] }] },
  'dimensions of 0': { ...good, inputs: [{ name: 'input', dims: [0, 0, 0] }] },
  'a constant that is longer than its bytes': {
    ...good,
    constants: [...good.constants!.slice(0, 1), { name: 'gains', dims: [2, 1_000_000], floats: [1, 1] }],
  },
  'weights outside of its folder': {
    ...good,
    constants: [good.constants![0], { ...good.constants![1], external: '../../etc/passwd' }],
  },
  'weights from an absolute path': {
    ...good,
    constants: [good.constants![0], { ...good.constants![1], external: '/dev/zero' }],
  },
  'float16 input': {
    ...good,
    inputs: [{ name: 'input', dims, type: 'float16' }],
    nodes: [{ op: 'Cast', inputs: ['input'], outputs: ['output'], attributes: { to: 1 } }],
  },
};

/** Graphs that no exporter makes, and a good one with its bytes cut and changed: always the same for a seed. */
export function hostileGraphs(count: number): readonly HostileModel[] {
  const random = chances();
  const whole = onnxModel(good);
  const made: HostileModel[] = Object.entries(odd).map(([name, graph]) => ({
    name,
    bytes: onnxModel(graph),
  }));
  made.push(
    { name: 'an empty file', bytes: new Uint8Array() },
    { name: 'a web page', bytes: Buffer.from('<html>') },
  );
  made.push({ name: 'opset 999', bytes: onnxModel(good, 999) });
  for (let i = 0; made.length < count; i++) {
    const bytes = Uint8Array.from(whole);
    if (i % 3 === 0) {
      const at = Math.floor(random() * whole.length);
      made.push({ name: `cut at ${at}`, bytes: bytes.subarray(0, at) });
      continue;
    }
    const places = Array.from({ length: 1 + (i % 4) }, () => Math.floor(random() * whole.length));
    for (const at of places) bytes[at] = Math.floor(random() * 256);
    made.push({ name: `changed at ${places.join(', ')}`, bytes });
  }
  return made.slice(0, count);
}

const numbers = [0, -1, 1, 0.5, 1e9, 2 ** 30, 2 ** 53, -(2 ** 31), 1e308];

/** A good manifest with one of its values replaced: every number by hostile ones, and values of other types. */
export function hostileManifests(
  count: number,
): readonly { readonly name: string; readonly json: unknown }[] {
  const random = chances();
  const model: ModelManifest = manifest({ stft: { nFft: 256, hop: 64 } });
  const places: string[][] = [];
  const visit = (value: unknown, path: string[]): void => {
    places.push(path);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key]);
  };
  visit(model, []);
  const values: unknown[] = [...numbers, null, '', 'x'.repeat(100_000), [], {}, true, [[[[]]]], '../../x'];
  return Array.from({ length: count }, () => {
    const path = places[Math.floor(random() * places.length)];
    const value = values[Math.floor(random() * values.length)];
    const copy = structuredClone(model) as unknown as Record<string, unknown>;
    if (path.length === 0) return { name: JSON.stringify(value).slice(0, 40), json: value };
    let at = copy;
    for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
    at[path.at(-1)!] = value;
    return { name: `${path.join('.')} = ${JSON.stringify(value).slice(0, 40)}`, json: copy };
  });
}
