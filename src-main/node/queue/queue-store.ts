import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { z } from 'zod';
import type { ErrorCode } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { queueProducts } from '../../common/jobs/queue.js';
import { settingsSchema } from '../../common/jobs/settings.js';
import { keepFile } from '../files/keep-files.js';
import { lockFolder } from '../files/lock.js';
import { newHandle } from '../files/handle.js';
import { writeAtomically } from '../files/atomic-file.js';
import { makeFolder } from '../files/make-folder.js';

const text = z.string();
const number = z.number();

const resultSchema = z.object({
  source: text,
  status: z.enum(['done', 'skipped']),
  outputs: z.array(z.object({ stem: text, path: text, bytes: number, peak: number })).readonly(),
  nullDb: number,
  writtenNullDb: number.nullable(),
  gainDb: number,
  model: text,
  provider: text,
  sampleRate: number,
  channels: number,
  frames: number,
  audioSeconds: number,
  readSeconds: number,
  separateSeconds: number,
  writeSeconds: number,
  warnings: z.array(text).readonly(),
  sidecar: text.optional(),
});

const errorSchema = z.object({
  code: z.custom<ErrorCode>((code) => typeof code === 'string'),
  message: text,
  file: text.optional(),
  hint: text.optional(),
});

const stateSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('waiting') }),
  z.object({ state: z.literal('paused') }),
  z.object({ state: z.literal('done'), result: resultSchema }),
  z.object({ state: z.literal('skipped'), result: resultSchema }),
  z.object({ state: z.literal('failed'), error: errorSchema }),
  z.object({ state: z.literal('cancelled') }),
]);

const songSchema = z.object({
  path: text.min(1),
  name: text.min(1),
  subfolders: z.array(text).readonly(),
  output: text.min(1),
  product: z.enum(queueProducts),
  settings: settingsSchema,
  /** What the page calls it, and the folders it came in. */
  fileName: text,
  folders: z.array(text).readonly(),
  /** The upload it is, where the queue is not kept; null for a file that lasts. */
  upload: text.nullable(),
  /** Its results are kept for downloads. */
  kept: z.boolean(),
});

const fileSchema = z.object({
  version: z.literal(1),
  entries: z.array(z.object({ song: songSchema, state: stateSchema })),
});

/** A song of a queue that outlives the program. */
export type KeptSong = Readonly<z.output<typeof songSchema>>;
export type KeptEntry = Readonly<z.output<typeof fileSchema>['entries'][number]>;

/**
 * A queue on the disk: `queue.json`, the uploads in it (`sources`), and what is kept for downloads (`results`).
 * One program has it at a time.
 */
export class QueueStore implements Disposable {
  readonly results: string;
  private readonly sources: string;
  private readonly file: string;
  private closed = false;

  private constructor(
    dir: string,
    private readonly lock: Disposable,
  ) {
    this.file = join(dir, 'queue.json');
    this.results = join(dir, 'results');
    this.sources = join(dir, 'sources');
  }

  /** Throws `project-locked` when another program has it, or a typed system error. */
  static open(dir: string): QueueStore {
    makeFolder(dir);
    return new QueueStore(dir, lockFolder(dir));
  }

  /** The songs of the last run. A file that cannot be read is kept aside, under a name that says so; then `damaged`. */
  load(): { readonly entries: readonly KeptEntry[]; readonly damaged: boolean } {
    if (!existsSync(this.file)) return { entries: [], damaged: false };
    try {
      return {
        entries: fileSchema.parse(JSON.parse(readFileSync(this.file, 'utf8'))).entries,
        damaged: false,
      };
    } catch {
      let aside = `${this.file}.damaged`;
      for (let n = 2; existsSync(aside); n++) aside = `${this.file}.damaged-${n}`;
      renameSync(this.file, aside);
      return { entries: [], damaged: true };
    }
  }

  /** Replaces the list as a whole. Throws system errors; after `dispose` nothing is written. */
  save(entries: readonly KeptEntry[]): void {
    if (this.closed) return;
    writeAtomically(this.file, `${JSON.stringify({ version: 1, entries })}\n`);
  }

  /** Takes a file that will not last, and returns where it is now. Throws typed system errors. */
  async take(path: string): Promise<string> {
    const ending = /\.[A-Za-z0-9]{1,8}$/.exec(path)?.[0] ?? '';
    const target = join(this.sources, `${newHandle()}${ending}`);
    await keepFile(path, target);
    return target;
  }

  /** Whether a file is one that was taken. */
  owns(path: string): boolean {
    return path.startsWith(this.sources + sep);
  }

  /** Deletes all files beside the list. */
  clear(): void {
    for (const dir of [this.sources, this.results]) rmSync(dir, { recursive: true, force: true });
  }

  dispose(): void {
    this.closed = true;
    void this.lock.dispose();
  }
}
