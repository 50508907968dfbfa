import { z } from 'zod';
import { queueProducts, type QueueState } from '../jobs/queue.js';
import { settingsSchema } from '../jobs/settings.js';
import type { SessionInfo } from './session.js';

/** A finished file: to be fetched from `/download/{handle}`, or shown where it lies by `showInFolder`. */
export interface QueueFile {
  readonly name: string;
  readonly bytes: number;
  readonly handle: string;
}

/** What became of a song of the queue. */
export interface QueueResult {
  readonly files: readonly QueueFile[];
  readonly model: string;
  readonly provider: string;
  /** Null test of the stems before they were written, dB relative to the source; −999 for an exact sum. */
  readonly nullDb: number;
  /** Of the files as written, lossy or not; null where they are not all stems. */
  readonly writtenNullDb: number | null;
  readonly gainDb: number;
  readonly audioSeconds: number;
  readonly workSeconds: number;
  readonly warnings: readonly string[];
}

/** One song of the queue; `folders` are those it came in, and its results go to. */
export interface QueueEntry {
  readonly id: string;
  readonly name: string;
  readonly folders: readonly string[];
  readonly product: (typeof queueProducts)[number];
  readonly state: QueueState<QueueResult>;
}

export interface QueueInfo {
  readonly entries: readonly QueueEntry[];
  /** Nothing new begins until `queueResume`. */
  readonly paused: boolean;
  /**
   * Whether the list outlives the program: `damaged` when that of the last run could not be read (it is kept aside),
   * `elsewhere` when another program has it, `unwritable` when there is no place for it.
   */
  readonly keeping: 'kept' | 'damaged' | 'elsewhere' | 'unwritable';
}

/** `list`: ask for `queueState` again; `entry`: this one has changed. */
export type QueueEvent = { readonly queue: 'list' } | { readonly queue: 'entry'; readonly entry: QueueEntry };

/** The queue at work is a job for the host, from the first song to the last; its id begins with this. */
export const queueJobPrefix = 'queue-';

const handle = z.string().regex(/^[0-9a-f]{32}$/);
const entries = z.array(z.string().min(1).max(100)).max(10_000);

/** Commands about the queue of songs; lists of entries say which, all of them when left out. */
export const queueCommandSchemas = {
  queueAdd: z.strictObject({
    /** Songs or folders by handle, or uploads with the folders they were dropped in. */
    sources: z
      .array(
        z.union([
          z.strictObject({ handle }),
          z.strictObject({ upload: handle, folders: z.array(z.string().max(255)).max(32).default([]) }),
        ]),
      )
      .min(1)
      .max(1000),
    /** A folder by handle; null keeps the results for downloads. */
    output: handle.nullable(),
    product: z.enum(queueProducts).default('stems'),
    settings: settingsSchema,
  }),
  /** Holds the running song between two segments until `queueResume`, and starts no other. */
  queuePause: z.strictObject({}),
  queueResume: z.strictObject({}),
  /** Stops one running song and goes on with the next. */
  queueCancel: z.strictObject({ entry: z.string().min(1).max(100) }),
  queueRetry: z.strictObject({ entries: entries.optional() }),
  /** Takes songs off the list; one that runs is stopped, results kept for downloads are deleted. */
  queueRemove: z.strictObject({ entries }),
  queueState: z.strictObject({}),
  /** Opens the source of a song of the list; what comes of the list does not touch the open song. */
  queueOpen: z.strictObject({ entry: z.string().min(1).max(100) }),
} as const;

export interface QueueCommandResults {
  queueAdd: QueueInfo;
  queuePause: QueueInfo;
  queueResume: QueueInfo;
  queueCancel: QueueInfo;
  queueRetry: QueueInfo;
  queueRemove: QueueInfo;
  queueState: QueueInfo;
  queueOpen: SessionInfo;
}
