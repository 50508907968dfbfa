import { expect, it } from 'vitest';
import { OnnxSession, inferenceError } from '../../../../src-main/node/inference/onnx-session.js';
import { testFolder } from '../../../fixtures/audio/caches.js';
import { graph, manifest } from '../../../fixtures/manifests.js';
import { writeOnnx, type GraphNode } from '../../../fixtures/onnx.js';

const folder = testFolder();
const dims = [1, 2, 2048];
const wave = graph({ role: 'wave', layout: 'b ch n' }, { role: 'wave', layout: 'b ch n' }, ['vocals']);
const whole = manifest({ graphs: [wave], stems: { order: ['vocals'], residual: 'other' } });
const settings = { provider: 'cpu', threads: 1, runtime: whole.runtime };
const load = (written: ReturnType<typeof writeOnnx>): Promise<OnnxSession> =>
  OnnxSession.load(folder, { ...whole.graphs[0], ...written }, settings);

it.each<[string, readonly GraphNode[], RegExp]>([
  [
    'a name that two nodes give',
    [
      { op: 'Neg', inputs: ['input'], outputs: ['output'] },
      { op: 'Abs', inputs: ['input'], outputs: ['output'] },
    ],
    /could not be loaded: its graph contradicts itself$/,
  ],
  [
    'a name that nobody gives',
    [{ op: 'Add', inputs: ['input', 'nothing'], outputs: ['output'] }],
    /could not be loaded: its graph contradicts itself$/,
  ],
  [
    'an operator with too few inputs',
    [{ op: 'LSTM', inputs: ['input'], outputs: ['output'] }],
    /could not be loaded: its graph contradicts itself$/,
  ],
  [
    'an operator that is not there',
    [{ op: 'Frobnicate', inputs: ['input'], outputs: ['output'] }],
    /could not be loaded: it uses the operator "Frobnicate", which ONNX Runtime does not have here$/,
  ],
])('a graph with %s is refused with the reason', async (name, nodes, reason) => {
  const one = { inputs: [{ name: 'input', dims }], outputs: [{ name: 'output', dims }], nodes };
  await expect(load(writeOnnx(folder, `${name}.onnx`, one))).rejects.toMatchObject({
    code: 'model-file-invalid',
    message: expect.stringMatching(reason) as string,
    hint: 'Get its file again, or export it anew; or choose another model.',
  });
});

it('what has no plain words yet is quoted, without the place in the sources', () => {
  const text = '/onnxruntime_src/onnxruntime/core/session/x.cc:12 A reason\n that is new.';
  expect(inferenceError(new Error(text), 'x.onnx', 'load').message).toBe(
    'The model could not be loaded: ONNX Runtime says "A reason that is new"',
  );
});
