// The bare session: one process, one intra-op thread, the same graph over and over, no audio work around it. With
// `filter` it runs a Wiener filter over random numbers as often as `filter` says, and nothing else.
import * as ort from 'onnxruntime-node';
import { FrameBlocks } from '../../out/common/separation/frame-blocks.js';
import { FrameWorkspace } from '../../out/common/separation/frame-workspace.js';
import { filterAll } from '../../out/common/separation/magnitude-filter.js';

process.on('disconnect', () => process.exit(0));
let session;
let feeds;
function filterOf({ frames, stems }) {
  const blocks = new FrameBlocks({ nFft: 4096, hop: 1024 });
  const work = new FrameWorkspace(blocks, frames, { channels: 2, stems, levels: false, rest: false });
  const { rooms, sums } = work.of(frames, true);
  const planes = [...rooms.map(({ spectrum }) => spectrum), ...sums.flat()];
  const magnitudes = sums.map((channels) => channels.map(({ re }) => Float32Array.from(re, Math.random)));
  for (const { re, im } of planes)
    for (const part of [re, im]) part.set(Float32Array.from(part, Math.random));
  const part = { count: frames, wanted: sums.map((_, s) => s) };
  return () => {
    sums.forEach((channels, s) => channels.forEach(({ re }, ch) => re.set(magnitudes[s][ch])));
    filterAll(blocks.stft, work, part, { eps: 1e-10, scaleFactor: 10, stems });
  };
}

let filter;
process.on('message', async (message) => {
  if (message.filter) {
    filter = filterOf(message.filter);
    process.send('loaded');
  } else if (filter) {
    for (let i = 0; i < message.runs; i++) filter();
    process.send('ran');
  } else if (message.load) {
    session = await ort.InferenceSession.create(message.load, {
      executionProviders: ['cpu'],
      intraOpNumThreads: message.threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      enableMemPattern: message.memPattern,
      logSeverityLevel: 3,
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
    feeds = Object.fromEntries(
      session.inputNames.map((name) => {
        const dims = message.inputs?.[name] ?? message.dims;
        const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, Math.random);
        return [name, new ort.Tensor('float32', data, dims)];
      }),
    );
    const outputs = await session.run(feeds);
    session.reused = outputs;
    process.send('loaded');
  } else {
    for (let i = 0; i < message.runs; i++) await session.run(feeds, session.reused);
    process.send('ran');
  }
});
