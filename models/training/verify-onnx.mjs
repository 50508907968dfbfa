/**
 * Runs a graph on a stored input and compares its output with a stored one.
 * Usage: node verify-onnx.mjs GRAPH INPUT.f32 D0,D1,… OUTPUT.f32; files are raw little-endian float32.
 * Exits with 1 when the difference is above −90 dB (RMS or largest) of the largest expected value, or of
 * 1 if that is more: masks of silence are small. Recurrent layers round their gates, so single values stray.
 */
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [graph, inputFile, shape, expectedFile] = process.argv.slice(2);

function floats(file) {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

const session = await InferenceSession.create(graph, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const input = new Tensor('float32', floats(inputFile), shape.split(',').map(Number));
await session.run({ [session.inputNames[0]]: input });
// Processor time of a second run: other work on the machine and fresh memory do not count.
const before = process.cpuUsage();
const outputs = await session.run({ [session.inputNames[0]]: input });
const used = process.cpuUsage(before);
const milliseconds = (used.user + used.system) / 1000;
const made = outputs[session.outputNames[0]].data;
const expected = floats(expectedFile);

let peak = 1;
let largest = made.length === expected.length ? 0 : Infinity;
let squares = 0;
for (let i = 0; i < expected.length; i++) {
  const difference = Math.abs(made[i] - expected[i]);
  // A NaN must not pass as a small difference.
  largest = Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
  peak = Math.max(peak, Math.abs(expected[i]));
  squares += difference * difference;
}
const decibels = (x) => (20 * Math.log10(x + 1e-12)).toFixed(1);
largest /= peak;
const rms = Math.sqrt(squares / expected.length) / peak;
console.log(
  `largest ${decibels(largest)} dB, RMS ${decibels(rms)} dB, ${milliseconds.toFixed(0)} ms of one core`,
);
process.exitCode = Math.max(rms, largest) < 10 ** (-90 / 20) ? 0 : 1;
