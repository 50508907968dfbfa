// A helper process of the tests: it answers, fails, reports, waits and dies as it is asked.
import { UnbraidError } from '../../../../out/common/base/errors.js';
import { serveRpc } from '../../../../out/node/process/rpc.js';

const forever = () => new Promise(() => undefined);

serveRpc({
  echo: (value) => value,
  fail: () => {
    throw new UnbraidError('not-audio', 'No', { file: 'a.wav', hint: 'Try b.' });
  },
  count: async (to, { emit, breathe }) => {
    for (let i = 0; i < to; i++) {
      emit(i);
      await breathe();
    }
    return to;
  },
  /** Notices its cancellation. */
  wait: (_, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new UnbraidError('cancelled', 'Noticed')));
    }),
  hang: forever,
  exit: (code) => process.exit(code),
});
