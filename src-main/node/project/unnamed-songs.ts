import { existsSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { toUnbraidError } from '../../common/base/errors.js';
import { writeAtomically } from '../files/atomic-file.js';
import { newHandle } from '../files/handle.js';
import { lockFolder } from '../files/lock.js';
import { newProjectDir, projectsIn, titleOf, type KnownProject } from './project-list.js';
import { makeFolder } from '../files/make-folder.js';

/** Room for unnamed songs, bytes, as long as nobody has said otherwise. */
const usualLimit = 20 * 2 ** 30;

const settingsSchema = z.object({
  limit: z.number().positive().catch(usualLimit),
  /** Whether the oldest may go without a question; null as long as nobody was asked. */
  mayDelete: z.boolean().nullable().catch(null),
});
type Settings = z.output<typeof settingsSchema>;

/** How much unnamed songs take, bytes, and which of them are too many, the oldest first. */
export interface UnnamedSpace extends Settings {
  readonly bytes: number;
  readonly tooMany: readonly KnownProject[];
}

/** What is in a project's folder; anything else there is somebody's own. */
const ours =
  /^(project\..*json|title\.json|drawn\.(damaged\.)?json|separating\.json|cover|journal\..*ndjson|lock.*|.*\.part)$/;
const ourFolders = ['blobs', 'stems', 'source'];

/** The songs that nobody has given a name yet: each is a project in a folder of the program's own. */
export class UnnamedSongs {
  private readonly file: string;

  constructor(
    readonly folder: string,
    private readonly isOpen: (dir: string) => boolean,
  ) {
    this.file = join(folder, 'settings.json');
  }

  /** A folder for a new one. Throws typed system errors. */
  newDir(name: string): string {
    try {
      return newProjectDir(this.folder, name);
    } catch (error) {
      throw toUnbraidError(error, this.folder);
    }
  }

  holds(dir: string): boolean {
    return dirname(dir) === this.folder;
  }

  /** The oldest are too many when all of them take more than the limit; open ones stay. */
  space(): UnnamedSpace {
    const settings = this.settings();
    const songs = projectsIn(this.folder).map((dir) => ({ ...titleOf(dir), bytes: sizeOf(dir) }));
    const bytes = songs.reduce((sum, song) => sum + song.bytes, 0);
    let left = bytes;
    const tooMany: KnownProject[] = [];
    for (const { bytes: own, ...song } of songs.sort((a, b) => a.changedAt - b.changedAt)) {
      if (left <= settings.limit) break;
      if (this.isOpen(song.dir)) continue;
      tooMany.push(song);
      left -= own;
    }
    return { ...settings, bytes, tooMany };
  }

  /** Remembers what a person has said. Throws typed system errors. */
  change(change: Partial<Settings>): void {
    try {
      makeFolder(this.folder);
      writeAtomically(this.file, `${JSON.stringify({ ...this.settings(), ...change })}\n`);
    } catch (error) {
      throw toUnbraidError(error, this.file);
    }
  }

  /** Deletes the oldest that are too many, if a person has allowed it. Never throws. */
  sweep(): void {
    const { tooMany, mayDelete } = this.space();
    if (mayDelete !== true) return;
    for (const { dir } of tooMany) {
      try {
        deleteProjectFolder(dir);
      } catch {
        // Another program has it open: it is not untouched.
      }
    }
  }

  private settings(): Settings {
    try {
      return settingsSchema.parse(JSON.parse(readFileSync(this.file, 'utf8')));
    } catch {
      return settingsSchema.parse({});
    }
  }
}

/**
 * Deletes a project, at once or not at all: its folder loses its name first. Files that are not a project's stay.
 * Throws `project-locked` when another process has it open, or a typed system error.
 */
export function deleteProjectFolder(dir: string): void {
  const lock = lockFolder(dir);
  try {
    const doomed = join(dirname(dir), `.deleted-${newHandle().slice(0, 8)}`);
    const names = readdirSync(dir, { withFileTypes: true });
    const isOurs = names.every((entry) =>
      entry.isDirectory() ? ourFolders.includes(entry.name) : ours.test(entry.name),
    );
    if (isOurs) {
      renameSync(dir, doomed);
      rmSync(doomed, { recursive: true, force: true });
      return;
    }
    for (const { name } of names.filter((entry) => ours.test(entry.name) || ourFolders.includes(entry.name)))
      rmSync(join(dir, name), { recursive: true, force: true });
    if (readdirSync(dir).length === 0) rmdirSync(dir);
  } catch (error) {
    throw toUnbraidError(error, dir);
  } finally {
    void lock.dispose();
  }
}

/** Bytes of all files below a folder. */
function sizeOf(dir: string): number {
  if (!existsSync(dir)) return 0;
  let bytes = 0;
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
