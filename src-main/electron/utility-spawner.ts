import { fileURLToPath } from 'node:url';
import type * as Electron from 'electron';
import { builtEntry, type ProcessSpawner } from '../node/process/spawner.js';

type Fork = (typeof Electron)['utilityProcess']['fork'];

/**
 * Starts helper processes as Electron's utility processes: with the fuse that forbids `ELECTRON_RUN_AS_NODE`, the
 * program's own executable cannot be forked as Node.
 */
export function utilitySpawner(fork: Fork): ProcessSpawner {
  return {
    spawn(entry, options = {}) {
      const child = fork(fileURLToPath(builtEntry(entry)), [], {
        serviceName: 'Unbraid helper',
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...(process.env as Record<string, string>), ...options.env },
      });
      child.stderr?.on('data', (data: Buffer) => options.onStderr?.(data.toString()));
      return {
        get pid() {
          return child.pid;
        },
        send: (message) => child.postMessage(message),
        onMessage: (listener) => void child.on('message', listener),
        onExit: (listener) => void child.once('exit', (code) => listener(`exit code ${code}`)),
        kill: () => void child.kill(),
      };
    },
  };
}
