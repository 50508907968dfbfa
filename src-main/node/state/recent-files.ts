import { existsSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../files/atomic-file.js';
import { readSmallFile } from '../files/file-bytes.js';
import { makeFolder } from '../files/make-folder.js';

const entrySchema = z.object({ path: z.string().min(1), name: z.string().min(1), openedAt: z.number() });
const fileSchema = z.object({ version: z.literal(1), files: z.array(entrySchema) });

/** A song that was opened; `openedAt` in milliseconds since 1970. */
export type RecentEntry = z.output<typeof entrySchema>;

const limit = 12;

/** The folder for what the program remembers: `$UNBRAID_STATE`, or the platform's place for settings. */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env['UNBRAID_STATE']) return env['UNBRAID_STATE'];
  if (process.platform === 'win32') return join(env['APPDATA'] ?? homedir(), 'Unbraid');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Unbraid');
  return join(env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'unbraid');
}

/**
 * The songs opened last, newest first, in one JSON file that is replaced as a whole. It is a convenience: a file
 * that cannot be read is an empty list, and kept aside, and one that cannot be written changes nothing else.
 */
export class RecentFiles {
  constructor(
    private readonly file: string,
    private readonly now: () => number = Date.now,
  ) {}

  /** Those that are still there. */
  list(): readonly RecentEntry[] {
    return this.read().filter(({ path }) => existsSync(path));
  }

  add(path: string, name: string): void {
    const others = this.read().filter((entry) => entry.path !== path);
    this.write([{ path, name, openedAt: this.now() }, ...others].slice(0, limit));
  }

  /** Takes one file off the list, or all of them. */
  forget(path?: string): void {
    this.write(path === undefined ? [] : this.read().filter((entry) => entry.path !== path));
  }

  private read(): readonly RecentEntry[] {
    return parsed(this.file) ?? [];
  }

  private write(files: readonly RecentEntry[]): void {
    try {
      makeFolder(dirname(this.file));
      // What cannot be read may still be of use to somebody: a newer Unbraid's list, or a damaged one.
      if (existsSync(this.file) && parsed(this.file) === null) renameSync(this.file, aside(this.file));
      writeAtomically(this.file, `${JSON.stringify({ version: 1, files }, null, 2)}\n`);
    } catch {
      // A song can be opened even if the home folder is read-only.
    }
  }
}

/** Longest list that is read, bytes. */
const maxBytes = 1 << 20;

/** Null for a file that is not there or cannot be read. */
function parsed(file: string): readonly RecentEntry[] | null {
  try {
    return fileSchema.parse(JSON.parse(readSmallFile(file, maxBytes).toString('utf8'))).files;
  } catch {
    return null;
  }
}

/** `recent.damaged-1.json`, or the next number that is free. */
function aside(file: string): string {
  for (let number = 1; ; number++) {
    const path = file.replace(/(\.json)?$/, `.damaged-${number}.json`);
    if (!existsSync(path)) return path;
  }
}
