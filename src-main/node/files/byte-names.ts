import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { join, parse, sep } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import { makeFolder } from './make-folder.js';

/** What stands for bytes that are not UTF-8 when a name is read as text. */
const unreadable = '\uFFFD';

/** One entry of a folder: its name as text, and where it can be opened. */
export interface NamedEntry {
  readonly name: string;
  readonly path: string;
}

/**
 * Linux knows file names as bytes, which need not be UTF-8; as text such a name no longer finds its file. This
 * gives those files a second name: a symbolic link in a temporary folder, whose own name is the readable text.
 */
export class ByteNames {
  private links = 0;
  /** The links made so far, with the places they stand for, in words. */
  private readonly known: { readonly link: string; readonly words: string }[] = [];

  /** `linkDir` makes a folder for the links; its owner deletes it. */
  constructor(private readonly linkDir: () => string) {}

  /** A folder's entry under its text `name`: where it can be opened. Throws system errors. */
  entries(folder: string, name: string): readonly NamedEntry[] {
    if (!name.includes(unreadable)) return [{ name, path: join(folder, name) }];
    return readdirSync(folder, { encoding: 'buffer' })
      .filter((raw) => raw.toString() === name)
      .map((raw) => ({ name, path: this.open(folder, raw) }));
  }

  /**
   * The path by which a source that was named as text can be opened.
   * Throws `file-not-found` when several names look like it.
   */
  reach(path: string): string {
    if (!path.includes(unreadable) || existsSync(path)) return path;
    const { root } = parse(path);
    let at = root;
    for (const name of path.slice(root.length).split(sep).filter(Boolean)) {
      const known = this.candidates(at, name);
      if (known.length > 1) {
        throw new UnbraidError('file-not-found', 'Several files have names that look like this one', {
          file: path,
          hint: 'Their names are not UTF-8: rename them, or let `unbraid batch` take the folder.',
        });
      }
      at = known[0]?.path ?? join(at, name);
    }
    return at;
  }

  /**
   * A path as people and reports should have it: where a link of this object stands for a place, that place, with
   * `\xE9` for a byte that is not text. Stays the same from run to run, as a link does not.
   */
  told(path: string): string {
    const found = this.known.find(({ link }) => path === link || path.startsWith(`${link}${sep}`));
    return found ? found.words + path.slice(found.link.length) : path;
  }

  private candidates(folder: string, name: string): readonly NamedEntry[] {
    try {
      return this.entries(folder, name);
    } catch {
      return [];
    }
  }

  private open(folder: string, raw: Buffer): string {
    const text = raw.toString();
    const path = join(folder, text);
    if (Buffer.from(text).equals(raw)) return path;
    const dir = join(this.linkDir(), String(this.links++));
    makeFolder(dir);
    const link = join(dir, text);
    this.known.push({ link, words: join(this.told(folder), inWords(raw)) });
    symlinkSync(Buffer.concat([Buffer.from(`${folder}${sep}`), raw]), link);
    return link;
  }
}

/** A name with the bytes that are no UTF-8 written as `\xE9`. */
function inWords(raw: Buffer): string {
  let words = '';
  for (let at = 0; at < raw.length;) {
    // The longest run of at most four bytes that is a character.
    const length = [1, 2, 3, 4].find((n) => isText(raw.subarray(at, at + n))) ?? 0;
    words +=
      length > 0
        ? raw.toString('utf8', at, at + length)
        : `\\x${raw[at].toString(16).toUpperCase().padStart(2, '0')}`;
    at += Math.max(1, length);
  }
  return words;
}

function isText(bytes: Buffer): boolean {
  return bytes.length > 0 && Buffer.from(bytes.toString('utf8')).equals(bytes);
}
