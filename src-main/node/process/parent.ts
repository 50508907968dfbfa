import { Worker } from 'node:worker_threads';

/** What a helper process needs of the process that started it. */
export interface ParentChannel {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** The port that Electron gives to its utility processes; its type belongs to another runtime than this folder. */
interface UtilityPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
}

/** How often a helper checks that its parent is still there, ms. */
const watchMs = 500;

/**
 * Ends this process when its parent is gone, even while it is busy in native code and gets no messages: a thread
 * watches for it. On Windows a process keeps the number of a dead parent, so there the parent itself is checked.
 */
function endWithParent(): void {
  const { ppid: parent } = process;
  const watch = `
    const { workerData: { parent, every } } = require('node:worker_threads');
    setInterval(() => {
      let gone = process.ppid !== parent;
      try { process.kill(parent, 0); } catch (error) { gone ||= error.code === 'ESRCH'; }
      if (gone) process.kill(process.pid, 'SIGKILL');
    }, every);`;
  new Worker(watch, { eval: true, workerData: { parent, every: watchMs } }).unref();
}

/**
 * Calls once the process that started this one is gone; on Windows never. A package runner (npx) that is ended by a
 * signal does not always end what it runs.
 */
export function whenParentGone(work: () => void): void {
  const { ppid: parent } = process;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    work();
  }, watchMs);
  timer.unref();
}

/**
 * The channel to the parent: the port of an Electron utility process, or else the IPC channel of `fork`, which
 * ends this process when the parent is gone (a utility process ends with its parent anyway).
 */
export function parentChannel(): ParentChannel {
  const { parentPort } = process as { parentPort?: UtilityPort };
  if (parentPort) {
    return {
      send: (message) => parentPort.postMessage(message),
      onMessage: (listener) => void parentPort.on('message', ({ data }) => listener(data)),
    };
  }
  process.on('disconnect', () => process.exit(0));
  endWithParent();
  return {
    send: (message) => {
      if (process.connected) process.send?.(message);
    },
    onMessage: (listener) => void process.on('message', listener),
  };
}
