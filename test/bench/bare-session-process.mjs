// The bare session: one process, one intra-op thread, the same graph over and over, no audio work around it.
import * as ort from 'onnxruntime-node';

process.on('disconnect', () => process.exit(0));
let session;
let feeds;
process.on('message', async (message) => {
  if (message.load) {
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
