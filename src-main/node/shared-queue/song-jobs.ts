import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { UnbraidError, type WireError } from '../../common/base/errors.js';
import type { NamedMix } from '../../common/jobs/mixer.js';
import { settingsKey, settingsSchema, type SeparationSettings } from '../../common/jobs/settings.js';
import { hashText } from '../files/content-hash.js';
import type { BatchEntry, BatchFileItem } from '../jobs/batch.js';

/** The name of the one queue; another prefix, or database, of the server makes another. */
export const queueName = 'unbraid-songs';

/** One song on its way to a worker. Every worker must reach the same files by the same paths. */
export const songJobSchema = z.strictObject({
  version: z.literal(1),
  /** The run of `unbraid batch` that asked first. */
  run: z.string().min(1),
  path: z.string().min(1),
  name: z.string().min(1),
  subfolders: z.array(z.string()),
  output: z.string().min(1),
  settings: settingsSchema,
  mix: z.strictObject({ label: z.string(), mixer: z.record(z.string(), z.any()) }).nullable(),
});
export type SongJob = z.output<typeof songJobSchema>;

export interface SharedRequest {
  readonly run: string;
  readonly output: string;
  readonly settings: SeparationSettings;
  readonly mix: NamedMix | null;
}

export function songJob(entry: BatchEntry, request: SharedRequest): SongJob {
  const { path, name, subfolders } = entry;
  return { version: 1, ...request, path, name, subfolders: [...subfolders] };
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

/** How the server is reached: commands wait for it as long as it is away, until it is not wanted any more. */
export function connectionOf(url: string, wanted: () => boolean): Connection {
  const scheme = URL.canParse(url) ? new URL(url).protocol : '';
  if (scheme !== 'redis:' && scheme !== 'rediss:')
    throw new UnbraidError('invalid-argument', 'The queue needs a redis:// address', {
      hint: 'Use an address like redis://host:6379 or rediss://user:password@host/1.',
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

const wireSchema = z.object({
  code: z.string(),
  message: z.string(),
  file: z.string().optional(),
  hint: z.string().optional(),
});

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
