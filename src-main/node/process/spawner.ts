import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A running helper process as its client sees it; Electron's utility processes fit the same shape. */
export interface ProcessHandle {
  readonly pid: number | undefined;
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, whatever ended the process; `description` is for the error message. */
  onExit(listener: (description: string) => void): void;
  kill(): void;
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Receives what the process prints on stderr, line by line or in chunks. */
  readonly onStderr?: (text: string) => void;
}

export interface ProcessSpawner {
  spawn(entry: URL, options?: SpawnOptions): ProcessHandle;
}

/**
 * The built JavaScript of a process entry named by its source (`./x-process.ts`). Sources run from `src-main`
 * only under the test runner; a child process cannot read TypeScript, so it gets the built twin in `out`.
 */
export function builtEntry(entry: URL): URL {
  const built = entry.href.replace(/\/src-main\/(?!.*\/src-main\/)/, '/out/');
  return new URL(built.replace(/\.ts$/, '.js'));
}

/**
 * A spawner that writes the stderr of its processes to a log, line by line: it belongs in reports, not in messages.
 */
export function loggedSpawner(spawner: ProcessSpawner, onLine: (line: string) => void): ProcessSpawner {
  return {
    spawn(entry, options = {}) {
      const name = /([a-z]+)-process\.[jt]s$/.exec(entry.pathname)?.[1] ?? 'helper';
      let rest = '';
      const onStderr = (text: string): void => {
        options.onStderr?.(text);
        const lines = (rest + text).split('\n');
        rest = (lines.pop() ?? '').slice(-longestLine);
        for (const line of lines) if (line.trim() !== '') onLine(`${name}: ${line.slice(0, longestLine)}`);
      };
      return spawner.spawn(entry, { ...options, onStderr });
    },
  };
}

/** Characters of a line that are kept. */
const longestLine = 1000;

/** Spawns with child_process.fork and the structured-clone serialiser (typed arrays survive, slowly: send files). */
export const nodeSpawner: ProcessSpawner = {
  spawn(entry, options = {}) {
    const child = fork(fileURLToPath(builtEntry(entry)), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...options.env },
      execArgv: [],
    });
    let spawnError: Error | undefined;
    child.on('error', (error) => (spawnError = error));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => options.onStderr?.(text));
    return {
      pid: child.pid,
      send: (message) => {
        if (child.connected) child.send(message as object);
      },
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) => {
        child.once('exit', (code, signal) =>
          listener(signal ? `killed by ${signal}` : `exit code ${String(code)}`),
        );
        child.once('error', (error) => {
          if (child.pid === undefined) listener((spawnError ?? error).message);
        });
      },
      kill: () => void child.kill('SIGKILL'),
    };
  },
};
