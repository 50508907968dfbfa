// The bare session: one process, one intra-op thread, the same graph over and over, no audio work around it.
import * as ort from 'onnxruntime-node';

process.on('disconnect', () => process.exit(0));
let session;
let input;
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
    const data = Float32Array.from({ length: message.dims.reduce((a, b) => a * b, 1) }, Math.random);
    input = new ort.Tensor('float32', data, message.dims);
    const outputs = await session.run({ input });
    session.reused = outputs;
    process.send('loaded');
  } else {
    for (let i = 0; i < message.runs; i++) await session.run({ input }, session.reused);
    process.send('ran');
  }
});
