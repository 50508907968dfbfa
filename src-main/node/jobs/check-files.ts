import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { CheckItem } from '../../common/jobs/check.js';
import { CodecClient } from '../audio/codec-client.js';
import type { ProcessSpawner } from '../process/spawner.js';
import { findFiles, type FolderFilter } from './find-files.js';

/** Disks give no more than a few files at once. */
const mostProcesses = 4;

/** A file to check: where it can be opened, and what people call it. */
export interface CheckedFile {
  readonly path: string;
  readonly source: string;
  /** What is wrong with a folder that stands here in place of its songs. */
  readonly problem?: UnbraidError | undefined;
}

/** The files that `paths` name, and the songs below those that are folders. Throws typed system errors. */
export function checkedFiles(paths: readonly string[], filter: FolderFilter): CheckedFile[] {
  return paths.flatMap((source) => {
    const path = filter.names?.reach(source) ?? source;
    try {
      if (!statSync(path).isDirectory()) return [{ path, source }];
    } catch {
      return [{ path, source }]; // Reading it says what is wrong.
    }
    return findFiles(path, filter).map((file) => ({
      path: file.path,
      source: filter.names?.told(file.path) ?? file.path,
      problem: file.problem,
    }));
  });
}

export interface CheckOptions {
  readonly spawner: ProcessSpawner;
  readonly signal: AbortSignal;
  readonly onChecked: (index: number, item: CheckItem) => void;
}

/**
 * Reads files through, several at once, and keeps nothing of them. A file that cannot be read is a separate item.
 *
 * @throws cancelled
 */
export async function checkFiles(
  files: readonly CheckedFile[],
  { spawner, signal, onChecked }: CheckOptions,
): Promise<CheckItem[]> {
  const items: CheckItem[] = [];
  let next = 0;
  const work = async (codec: CodecClient): Promise<void> => {
    for (let index = next++; index < files.length; index = next++) {
      items[index] = await checkOne(files[index], codec, signal);
      onChecked(index, items[index]);
    }
  };
  const codecs = Array.from(
    { length: Math.min(mostProcesses, availableParallelism()) },
    () => new CodecClient(spawner),
  );
  try {
    await Promise.all(codecs.map(work));
    return items;
  } finally {
    for (const codec of codecs) codec.dispose();
  }
}

async function checkOne(
  { path, source, problem }: CheckedFile,
  codec: CodecClient,
  signal: AbortSignal,
): Promise<CheckItem> {
  try {
    if (problem) throw problem;
    const { info, reading } = await codec.check(path, { signal });
    const { container, codec: name } = info;
    return { source, verdict: reading.verdict, format: { container, codec: name }, reading, error: null };
  } catch (error) {
    const typed = toUnbraidError(error, path);
    if (typed.code === 'cancelled' || signal.aborted) throw new UnbraidError('cancelled', 'Cancelled');
    const wire = { ...typed.toWire(), file: source };
    return { source, verdict: 'refused', format: null, reading: null, error: wire };
  }
}
