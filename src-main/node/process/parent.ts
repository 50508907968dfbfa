import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
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

/** How often a helper looks at its parent and at its own memory, ms. */
const watchMs = 100;

/** The signal by which a helper ends itself when it has used more memory than it may; nothing else sends it. */
export const memorySignal = 'SIGUSR2';

/**
 * A thread that ends this process even while it is busy in native code and gets no messages: when its parent is gone
 * (on Windows a process keeps the number of a dead parent, so there the parent itself is looked for), or when it uses
 * more memory than was posted to the thread, in bytes.
 */
function startWatch(watchParent: boolean): Worker {
  const watch = `
    const { parentPort, workerData: { parent, every, signal } } = require('node:worker_threads');
    let limit = Infinity;
    parentPort.on('message', (bytes) => (limit = bytes));
    const end = (how) => process.kill(process.pid, process.platform === 'win32' ? 'SIGKILL' : how);
    setInterval(() => {
      if (process.memoryUsage.rss() > limit) end(signal);
      if (parent === null) return;
      let gone = process.ppid !== parent;
      try { process.kill(parent, 0); } catch (error) { gone ||= error.code === 'ESRCH'; }
      if (gone) end('SIGKILL');
    }, every);`;
  const workerData = {
    parent: watchParent ? process.ppid : null,
    every: watchMs,
    signal: memorySignal,
  };
  const thread = new Worker(watch, { eval: true, workerData });
  thread.unref();
  return thread;
}

let watch: Worker | undefined;

/** Ends this process when it uses more than so many bytes of memory, whatever it is busy with. */
export function limitMemory(bytes: number): void {
  watch ??= startWatch(false);
  watch.postMessage(bytes);
}

/** Name and parent of a process, as `ps` and /proc give them. */
function processFacts(pid: number): { readonly name: string; readonly parent: number } {
  if (process.platform === 'linux') {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // A name may hold spaces and brackets.
    const [start, end] = [stat.indexOf('('), stat.lastIndexOf(')')];
    return { name: stat.slice(start + 1, end), parent: Number(stat.slice(end + 2).split(' ')[1]) };
  }
  const [, parent, name] = /(\d+)\s+(.*)/.exec(
    execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' }),
  )!;
  return { name: name.trim(), parent: Number(parent) };
}

/** The process that waits for this one behind a shell; null without a shell, or where nothing tells. */
function behindShell(pid: number): number | null {
  try {
    const { name, parent } = processFacts(pid);
    return /^(?:.*\/|-)?(?:ba|da|k|z)?sh$/.test(name) ? parent : null;
  } catch {
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/**
 * Calls once the package runner (npx, `npm run`) that started this process is gone; on Windows never. Some signals end
 * the runner alone, and the shell that it runs programs in goes on waiting for this one.
 */
export function whenRunnerGone(work: () => void): void {
  const { ppid: parent } = process;
  const runner = behindShell(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && (runner === null || isRunning(runner))) return;
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
  watch ??= startWatch(true);
  return {
    send: (message) => {
      if (process.connected) process.send?.(message);
    },
    onMessage: (listener) => void process.on('message', listener),
  };
}
