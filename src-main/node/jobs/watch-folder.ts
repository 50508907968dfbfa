import { watch } from 'chokidar';
import type { Disposable } from '../../common/base/disposal.js';

/** Files that came or changed, in groups; a file is reported once it has stopped growing. */
export interface FolderWatcher extends Disposable {
  /** Ends when the signal aborts. */
  batches(signal: AbortSignal): AsyncGenerator<readonly string[]>;
}

export interface WatchOptions {
  /** Folders that are not watched: the output, when it lies inside. */
  readonly skip: readonly string[];
  /** How long a file's size must stay the same, ms. */
  readonly stableMs?: number;
}

/** Watches a folder and what is below it; resolves when the watch is in place. */
export async function watchFolder(root: string, options: WatchOptions): Promise<FolderWatcher> {
  const stabilityThreshold = options.stableMs ?? 2000;
  const watcher = watch(root, {
    ignoreInitial: true,
    ignored: (path) => options.skip.includes(path) || /(^|[/\\])\.[^/\\]+$/.test(path.slice(root.length)),
    awaitWriteFinish: { stabilityThreshold, pollInterval: Math.min(200, stabilityThreshold) },
  });
  const changed = new Set<string>();
  let wake: () => void = () => undefined;
  const note = (path: string): void => {
    changed.add(path);
    wake();
  };
  watcher.on('add', note).on('change', note);
  await new Promise<void>((resolve, reject) => {
    watcher.once('ready', resolve).once('error', reject);
  });
  return {
    async *batches(signal) {
      signal.addEventListener('abort', () => wake(), { once: true });
      while (!signal.aborted) {
        if (changed.size === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        const batch = [...changed];
        changed.clear();
        yield batch;
      }
    },
    dispose: () => watcher.close(),
  };
}
