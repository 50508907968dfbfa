import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { UnbraidError, type WireError } from '../../common/base/errors.js';
import type { NamedMix } from '../../common/jobs/mixer.js';
import { settingsKey, settingsSchema, type SeparationSettings } from '../../common/jobs/settings.js';
import { hashText } from '../files/content-hash.js';
import type { BatchEntry, BatchFileItem } from '../jobs/batch.js';

/** The name of the one queue; another prefix, or database, of the server makes another. */
export const queueName = 'unbraid-songs';

const version = 2;

const wireSchema = z.object({
  code: z.string(),
  message: z.string(),
  file: z.string().optional(),
  hint: z.string().optional(),
});

/** Workers that could not do a song, by their names, and what the last of them said. */
const sightSchema = z.strictObject({
  rounds: z.number(),
  workers: z.array(z.string()),
  /** It can do no song of the batch: a folder or the model is missing there. */
  every: z.boolean(),
  error: wireSchema,
});
export type Sight = z.output<typeof sightSchema>;

/** One song on its way to a worker. Every worker must reach the same files by the same paths. */
const songJobSchema = z.strictObject({
  version: z.literal(version),
  /** The run of `unbraid batch` that asked first. */
  run: z.string().min(1),
  /** The folder that was searched. */
  root: z.string().min(1),
  path: z.string().min(1),
  name: z.string().min(1),
  subfolders: z.array(z.string()),
  output: z.string().min(1),
  /** What tells the output folder from others (`placeOf`). */
  place: z.string(),
  settings: settingsSchema,
  mix: z.strictObject({ label: z.string(), mixer: z.record(z.string(), z.any()) }).nullable(),
  /** Left out until a worker could not reach it. */
  sight: sightSchema.optional(),
  /** The batch was cancelled while a worker had it: nobody does it when it comes back. */
  dropped: z.literal(true).optional(),
});
export type SongJob = z.output<typeof songJobSchema>;

export interface SharedRequest {
  readonly run: string;
  readonly root: string;
  readonly output: string;
  readonly place: string;
  readonly settings: SeparationSettings;
  readonly mix: NamedMix | null;
}

export function songJob(entry: BatchEntry, request: SharedRequest): SongJob {
  const { path, name, subfolders } = entry;
  return { version, ...request, path, name, subfolders: [...subfolders] };
}

/**
 * The song in a job of the queue. Throws `invalid-argument` for those of other versions, and `internal` for what no
 * version of Unbraid can have put there.
 */
export function songOf(data: unknown): SongJob {
  const parsed = songJobSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const other = z.object({ version: z.number(), path: z.string() }).safeParse(data);
  if (!other.success || other.data.version === version)
    throw new UnbraidError('internal', 'This job of the queue is not a song');
  throw new UnbraidError('invalid-argument', 'Another version of Unbraid has put this song into the queue', {
    file: other.data.path,
    hint: 'Run the same version for the batch and its workers.',
  });
}

/** The same song with the same settings into the same place is one job, whoever asks for it. */
export function jobId({ path, name, subfolders, output, settings, mix }: SongJob): string {
  return hashText(
    JSON.stringify([path, name, subfolders, output, settingsKey(settings), settings.overwrite, mix]),
  );
}

/** How BullMQ reaches the server. */
export interface Connection {
  readonly url: string;
  readonly maxRetriesPerRequest: null;
  readonly retryStrategy: (times: number) => number | null;
}

/** The number of the database that an address names; NaN where it names none that can be. */
export function databaseOf(url: string): number {
  const { pathname, searchParams } = new URL(url);
  const text = searchParams.get('db') ?? pathname.slice(1);
  return text === '' ? 0 : /^\d+$/.test(text) ? Number(text) : NaN;
}

/** How the server is reached: commands wait for it as long as it is away, until it is not wanted any more. */
export function connectionOf(url: string, wanted: () => boolean): Connection {
  const scheme = URL.canParse(url) ? new URL(url).protocol : '';
  if (scheme !== 'redis:' && scheme !== 'rediss:')
    throw new UnbraidError('invalid-argument', 'The queue needs a redis:// address', {
      hint: 'Use an address like redis://host:6379 or rediss://user:password@host/1.',
    });
  if (Number.isNaN(databaseOf(url)))
    throw new UnbraidError('invalid-argument', 'The database in the address of the queue is not a number', {
      hint: 'Use an address like redis://host:6379/1.',
    });
  return {
    url,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (wanted() ? Math.min(1000, 50 * 2 ** times) : null),
  };
}

/** Waits for promises to settle, but no longer than this: without a server some never do. */
export async function settleWithin(
  milliseconds: number,
  promises: readonly Promise<unknown>[],
): Promise<void> {
  const over = new AbortController();
  const late = pause(milliseconds, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([Promise.allSettled(promises), late]);
  over.abort();
}

/** Failures that another try, or another machine, may not have. */
const passing: ReadonlySet<WireError['code']> = new Set([
  'disk-full',
  'io-error',
  'inference-failed',
  'out-of-memory',
  'process-died',
  'timeout',
  'internal',
  'model-not-found',
  'model-manifest-invalid',
  'model-file-invalid',
  'model-hash-mismatch',
  'device-unavailable',
]);

export function mayPass({ code }: WireError): boolean {
  return passing.has(code);
}

/** What a job failed of, from the reason the queue keeps: ours as JSON, or the queue's own words. */
export function failureOf(reason: string, path: string): WireError {
  try {
    return wireSchema.parse(JSON.parse(reason)) as WireError;
  } catch {
    const died = /stalled/.test(reason);
    return new UnbraidError(
      died ? 'process-died' : 'internal',
      died ? 'Every worker that took this song died or stopped answering' : `The queue gave it up: ${reason}`,
      { file: path },
    ).toWire();
  }
}

/** Whether an item has come to its end. */
export function isOver({ state }: BatchFileItem): boolean {
  return state.state !== 'waiting' && state.state !== 'reading' && state.state !== 'separating';
}
