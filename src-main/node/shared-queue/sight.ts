import { randomUUID } from 'node:crypto';
import { accessSync, closeSync, constants, opendirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { UnbraidError, toUnbraidError, type WireError } from '../../common/base/errors.js';
import { openRegular, readSmallFile } from '../files/file-bytes.js';
import type { Sight, SongJob } from './song-jobs.js';

/** Milliseconds until a folder, and a song, must be seen on this machine: shared folders are late at times. */
const folderArrival = 3000;
const songArrival = 1000;
const lookEvery = 200;
/** Milliseconds until a song that was not seen is offered again: twice as long each time, up to the second figure. */
const firstDelay = 2000;
const longestDelay = 30_000;
/** How often a song may come back unseen; about an hour. Only matters when nobody waits for it any more. */
export const mostRounds = 100;

/** Below an output folder: says to workers that theirs is the same one. */
const placeFile = join('.unbraid', 'place');

/**
 * What tells an output folder from another of the same path, like the empty one below a mount that is missing. Kept in
 * the folder, whose `.unbraid` is there; made by the first batch that asks. Throws typed system errors.
 */
export async function placeOf(output: string): Promise<string> {
  const file = join(output, placeFile);
  try {
    writeFileSync(file, randomUUID(), { flag: 'wx' });
  } catch (error) {
    const typed = toUnbraidError(error, file);
    if (typed.code !== 'output-exists') throw typed;
  }
  // Another batch may be writing it.
  const problem = await lasting(folderArrival, () =>
    readPlace(file).length === uuidLength ? undefined : damaged(file),
  );
  if (problem) throw problem;
  return readPlace(file);
}

const uuidLength = 36;

function readPlace(file: string): string {
  return readSmallFile(file, uuidLength).toString('utf8');
}

function damaged(file: string): UnbraidError {
  return new UnbraidError('io-error', 'What tells this output folder from others is damaged', {
    file,
    hint: 'Delete this file, and run again.',
  });
}

/** Why a worker cannot do a song that another may be able to do. */
export interface Blindness {
  readonly error: UnbraidError;
  /** A whole folder, or the model, is missing here: no song of the batch can be done. */
  readonly every: boolean;
}

/** Whether this machine sees a song and both folders of its batch; undefined when it does. */
export async function blindness(job: SongJob, signal: AbortSignal): Promise<Blindness | undefined> {
  const folder = await lasting(folderArrival, () => rootProblem(job) ?? outputProblem(job), signal);
  if (folder) return { error: folder, every: true };
  const error = await lasting(songArrival, () => songProblem(job.path), signal);
  return error && { error, every: false };
}

/** The problem, when it is still there after this time. */
async function lasting(
  milliseconds: number,
  look: () => UnbraidError | undefined,
  signal?: AbortSignal,
): Promise<UnbraidError | undefined> {
  const until = performance.now() + milliseconds;
  for (;;) {
    const problem = look();
    if (!problem || performance.now() > until || signal?.aborted) return problem;
    await pause(lookEvery, undefined, signal && { signal }).catch(() => undefined);
  }
}

const mountHint =
  'Mount it on this machine under the same path, with the same rights, and start the worker again.';

/** Whether a folder is there and not empty. */
export function sees(root: string): boolean {
  return rootProblem({ root }) === undefined;
}

/** A folder that is there but empty is the place of a mount that is missing: the batch found songs in it. */
function rootProblem({ root }: Pick<SongJob, 'root'>): UnbraidError | undefined {
  try {
    const folder = opendirSync(root);
    try {
      if (folder.readSync() !== null) return undefined;
    } finally {
      folder.closeSync();
    }
  } catch (error) {
    const { code, cause } = toUnbraidError(error, root);
    const message = 'This machine does not see the folder of the songs';
    return new UnbraidError(code, message, { file: root, hint: mountHint, cause });
  }
  return new UnbraidError('file-not-found', 'The folder of the songs is empty on this machine', {
    file: root,
    hint: mountHint,
  });
}

function outputProblem({ output, place }: SongJob): UnbraidError | undefined {
  const missing = (code: WireError['code']): UnbraidError =>
    new UnbraidError(code, 'This machine does not see the output folder of the batch', {
      file: output,
      hint: mountHint,
    });
  try {
    if (readPlace(join(output, placeFile)) !== place) return missing('file-not-found');
    accessSync(output, constants.W_OK);
    return undefined;
  } catch (error) {
    return missing(toUnbraidError(error).code);
  }
}

function songProblem(path: string): UnbraidError | undefined {
  try {
    closeSync(openRegular(path).fd);
    return undefined;
  } catch (thrown) {
    const error = toUnbraidError(thrown, path);
    return isBlind(error.toWire(), path) ? error : undefined;
  }
}

/** Failures that say no more than that this machine cannot reach the song. */
const blind: readonly WireError['code'][] = ['file-not-found', 'permission-denied', 'io-error'];

export function isBlind({ code, file }: WireError, path: string): boolean {
  return blind.includes(code) && file === path;
}

/** What is noted on a song that comes back, and how long it rests, ms: not at all where the worker ends. */
export function seenBy(
  before: Sight | undefined,
  worker: string,
  { error, every }: Blindness,
): { readonly sight: Sight; readonly delay: number } {
  const rounds = (before?.rounds ?? 0) + 1;
  const workers = [...new Set([...(before?.workers ?? []), worker])];
  const delay = every ? 0 : Math.min(longestDelay, firstDelay * 2 ** (rounds - 1));
  const { code, message, file, hint } = error.toWire();
  return { sight: { rounds, workers, every, error: { code, message, file, hint } }, delay };
}

/** How often at least, as folders of a network come and go. */
const leastRounds = 3;

/** Whether every worker there is has said that it cannot reach the song. */
export function nobodySees({ rounds, workers }: Sight, alive: readonly string[]): boolean {
  return rounds >= leastRounds && alive.length > 0 && alive.every((name) => workers.includes(name));
}
