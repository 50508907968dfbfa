import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../files/atomic-file.js';
import { readSmallFile } from '../files/file-bytes.js';
import { isProject } from './folder/project-folder.js';
import type { RecentFiles } from '../state/recent-files.js';
import { makeFolder } from '../files/make-folder.js';

/** What a list shows of a project besides its name; null or empty where it is not known. */
export interface ProjectFacts {
  /** Length of the song. */
  readonly seconds: number | null;
  readonly stems: readonly string[];
  /** The song's outline: peaks of equal parts, 0 … 255. */
  readonly picture: readonly number[];
  /** SHA-256 of the song's file. */
  readonly song: string | null;
  /** What the song's file says it is: title and artist, each may be empty. */
  readonly title: string;
  readonly artist: string;
}

/** The cover picture of a project's song, beside it; not there without one. */
export const coverOf = (dir: string): string => join(dir, 'cover');

/** A project on this machine. */
export interface KnownProject extends ProjectFacts {
  readonly dir: string;
  readonly name: string;
  /** The last save or change, milliseconds since 1970. */
  readonly changedAt: number;
}

const factsSchema = z.object({
  seconds: z.number().nullable().catch(null),
  stems: z.array(z.string()).catch([]),
  picture: z.array(z.number().int().min(0).max(255)).max(400).catch([]),
  song: z.string().nullable().catch(null),
  title: z.string().catch(''),
  artist: z.string().catch(''),
});
const nameSchema = z.object({ name: z.string() });
const noFacts: ProjectFacts = { seconds: null, stems: [], picture: [], song: null, title: '', artist: '' };

/** What lists show of a project lies beside it, so that they need not read whole documents. */
const factsFile = 'title.json';

/** Keeps what lists show of a project; a convenience: what cannot be written is not shown. */
export function writeTitle(dir: string, name: string, facts: ProjectFacts): void {
  try {
    writeAtomically(join(dir, factsFile), `${JSON.stringify({ name, ...facts })}\n`);
  } catch {
    // The folder's own name is shown.
  }
}

/** What a list shows of a project; a damaged file still has its folder's name and time. */
export function titleOf(dir: string): KnownProject {
  const changed = ['project.json', 'journal.ndjson'].map(
    (name) => statSync(join(dir, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  const read = (file: string): unknown =>
    JSON.parse(readSmallFile(join(dir, file), 1 << 29).toString('utf8')) as unknown;
  const known = (file: string): { readonly name: string } & ProjectFacts => {
    const raw = read(file);
    return { ...nameSchema.parse(raw), ...(file === factsFile ? factsSchema.parse(raw) : noFacts) };
  };
  const changedAt = Math.round(Math.max(...changed));
  for (const file of [factsFile, 'project.json']) {
    try {
      return { dir, changedAt, ...known(file) };
    } catch {
      // The next one says it, or the folder's name.
    }
  }
  return { dir, changedAt, name: basename(dir).replace(/\.unbraid$/, ''), ...noFacts };
}

/** The projects below these folders, and those opened or saved elsewhere; the newest first. */
export function listProjects(folders: readonly string[], recent: RecentFiles): KnownProject[] {
  const dirs = new Set([...folders.flatMap(projectsIn), ...recent.list().map(({ path }) => path)]);
  return [...dirs]
    .filter(isProject)
    .map(titleOf)
    .sort((a, b) => b.changedAt - a.changedAt);
}

/** The folders of projects in a folder. */
export function projectsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .map((name) => join(folder, name))
    .filter(isProject);
}

/** A folder for a new project in `parent`, made now: `song.unbraid`, or with a number when that is taken. */
export function newProjectDir(parent: string, name: string): string {
  makeFolder(parent);
  const plain =
    name
      // eslint-disable-next-line no-control-regex
      .replace(/[/\\:*?"<>|\u0000-\u001f]/g, '_')
      .replace(/^\.+|[. ]+$/g, '')
      .slice(0, 80) || 'song';
  for (let number = 1; ; number++) {
    const dir = join(parent, number === 1 ? `${plain}.unbraid` : `${plain} (${number}).unbraid`);
    if (existsSync(dir)) continue;
    mkdirSync(dir);
    return dir;
  }
}
