import { readdirSync, realpathSync, statSync, type Dirent } from 'node:fs';
import { basename, join, sep } from 'node:path';
import picomatch from 'picomatch';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { isAudioName } from '../../common/jobs/audio-names.js';
import type { ByteNames } from '../files/byte-names.js';

export interface FolderFilter {
  /** Globs against the path below the folder; a file must match one of `include` (when given), none of `exclude`. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly recursive: boolean;
  /** Folders that are never entered: the output folder, when it lies inside. */
  readonly skip: readonly string[];
  /** Opens names that are not UTF-8; without it they are left out. */
  readonly names?: ByteNames;
}

/** One source of a batch. */
export interface FoundFile {
  readonly path: string;
  /** Folders between the searched folder and the file. */
  readonly subfolders: readonly string[];
  readonly fileName: string;
  /** A folder that cannot be read, or a pipe with a song's name, is in the list too, with the reason. */
  readonly problem?: UnbraidError;
}

/** Whether a name looks like audio and passes the globs. */
export function fileFilter(
  filter: Pick<FolderFilter, 'include' | 'exclude'>,
): (relativePath: string) => boolean {
  const options = { nocase: true, dot: false };
  const included = filter.include?.length
    ? picomatch([...filter.include], { ...options, basename: true })
    : undefined;
  const includedPath = filter.include?.length ? picomatch([...filter.include], options) : undefined;
  const excluded = filter.exclude?.length
    ? picomatch([...filter.exclude], { ...options, basename: true })
    : undefined;
  const excludedPath = filter.exclude?.length ? picomatch([...filter.exclude], options) : undefined;
  return (relativePath) => {
    const path = relativePath.split(sep).join('/');
    if (excluded?.(path) || excludedPath?.(path)) return false;
    if (included || includedPath) return Boolean(included?.(path) || includedPath?.(path));
    return isAudioName(basename(path));
  };
}

/**
 * The audio files below a folder, sorted by path. Hidden folders and links to folders are not entered (a link
 * may lead back up). Throws typed system errors for the folder itself.
 */
export function findFiles(root: string, filter: FolderFilter): FoundFile[] {
  const accepts = fileFilter(filter);
  const found: FoundFile[] = [];
  const skipped = new Set(filter.skip.map(realPath));
  const visit = (folder: string, subfolders: readonly string[]): void => {
    for (const { name, path, kind } of listed(folder, filter.names)) {
      if (kind === 'folder') {
        const enter = filter.recursive && !name.startsWith('.') && !skipped.has(realPath(path));
        if (enter) below(path, [...subfolders, name]);
      } else if (kind === 'file' && accepts([...subfolders, name].join(sep))) {
        found.push({ path, subfolders, fileName: name });
      } else if (kind === 'device' && accepts([...subfolders, name].join(sep))) {
        found.push({ path, subfolders, fileName: name, problem: noFile(path) });
      }
    }
  };
  // A folder that cannot be read does not stop the others (P4).
  const below = (path: string, subfolders: readonly string[]): void => {
    try {
      visit(path, subfolders);
    } catch (error) {
      found.push({ path, subfolders, fileName: basename(path), problem: toUnbraidError(error, path) });
    }
  };
  try {
    visit(root, []);
  } catch (error) {
    throw toUnbraidError(error, root);
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

interface Listed {
  readonly name: string;
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'device' | 'other';
}

/** A folder's entries; a name that is not valid text is listed once for each file that it may mean. */
function listed(folder: string, names: ByteNames | undefined): Listed[] {
  const known = new Set<string>();
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (known.has(entry.name)) return [];
    known.add(entry.name);
    const places = names?.entries(folder, entry.name) ?? [
      { name: entry.name, path: join(folder, entry.name) },
    ];
    return places.map(({ name, path }) => ({ name, path, kind: kindOf(entry, path) }));
  });
}

function kindOf(entry: Dirent, path: string): Listed['kind'] {
  if (entry.isDirectory()) return 'folder';
  if (entry.isFile()) return 'file';
  return entry.isSymbolicLink() ? kindOfLink(path) : 'device';
}

/** The path without symbolic links, by which a folder is known however it was named; itself when it is missing. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function kindOfLink(path: string): Listed['kind'] {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile()) return 'file';
    return stat === undefined || stat.isDirectory() ? 'other' : 'device';
  } catch {
    return 'file'; // A link that leads in a circle; reading it says so.
  }
}

function noFile(path: string): UnbraidError {
  return new UnbraidError('not-audio', 'This is a device or a pipe, not a file', { file: path });
}
