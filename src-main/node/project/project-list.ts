import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { isProject } from './folder/project-folder.js';
import type { RecentFiles } from '../state/recent-files.js';

/** A project on this machine; `savedAt` in milliseconds since 1970. */
export interface KnownProject {
  readonly dir: string;
  readonly name: string;
  readonly savedAt: number;
}

const titleSchema = z.object({ name: z.string(), savedAt: z.number() });

/** What a list shows of a project; a damaged file still has its folder's name and time. */
export function titleOf(dir: string): KnownProject {
  const file = join(dir, 'project.json');
  try {
    return { dir, ...titleSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) };
  } catch {
    const savedAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return { dir, name: basename(dir).replace(/\.unbraid$/, ''), savedAt };
  }
}

/** The projects in the host's own folder, and those opened or saved elsewhere; the newest first. */
export function listProjects(library: string, recent: RecentFiles): KnownProject[] {
  const own = existsSync(library) ? readdirSync(library).map((name) => join(library, name)) : [];
  const dirs = new Set([...own, ...recent.list().map(({ path }) => path)]);
  return [...dirs]
    .filter(isProject)
    .map(titleOf)
    .sort((a, b) => b.savedAt - a.savedAt);
}

/** A folder for a new project in `parent`, made now: `song.unbraid`, or with a number when that is taken. */
export function newProjectDir(parent: string, name: string): string {
  mkdirSync(parent, { recursive: true });
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
