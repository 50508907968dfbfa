import { statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { UnbraidError } from '../../../common/base/errors.js';
import { hashFile, type ContentHash } from '../../files/content-hash.js';
import type { ProjectSource } from './format.js';

/** How a project in `dir` remembers the song at `path`. */
export function describeSource(
  dir: string,
  path: string,
  name: string,
  { bytes, sha256 }: ContentHash,
): ProjectSource {
  const absolute = resolve(path);
  const way = relative(dir, absolute);
  // Between drives there is no relative path.
  return { name, absolute, relative: isAbsolute(way) ? null : way.split(sep).join('/'), bytes, sha256 };
}

/**
 * The path of a project's song: `chosen` when a person has named it, else seen from the project's folder, else
 * where it was. Size and hash decide.
 *
 * @throws UnbraidError `source-moved` when there is no such file, `source-changed` when it is a different one.
 */
export async function findSource(dir: string, source: ProjectSource, chosen?: string): Promise<string> {
  const near = source.relative === null ? [] : [join(dir, source.relative)];
  const places = chosen === undefined ? [...near, source.absolute] : [chosen];
  const there = [...new Set(places)].filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  for (const path of there) {
    if (statSync(path).size === source.bytes && (await hashFile(path)).sha256 === source.sha256) return path;
  }
  const file = chosen ?? there[0] ?? source.absolute;
  if (there.length === 0) {
    throw new UnbraidError('source-moved', `The song "${source.name}" of this project is not where it was`, {
      file,
      hint: 'Put it back, or say where it is now.',
    });
  }
  throw new UnbraidError(
    'source-changed',
    `This is not the song "${source.name}" the project was made from: its content differs`,
    { file, hint: 'Choose the file the project was made from.' },
  );
}
