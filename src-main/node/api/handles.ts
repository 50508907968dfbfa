import { createHmac, randomBytes } from 'node:crypto';
import { UnbraidError } from '../../common/base/errors.js';

/** A file or folder on the main side that a page may use under a handle. */
export interface HandledFile {
  readonly path: string;
  /** What the page calls it. */
  readonly name: string;
  /** Folders it was found in, below the one that was dropped; results of a queue keep them. */
  readonly folders?: readonly string[];
}

/**
 * The files a page knows by opaque handles. One path has one handle: with the same key also after another start, so
 * that a page finds its project again. A handle is good only once it was given.
 */
export class HandleTable {
  private readonly files = new Map<string, HandledFile>();

  constructor(private readonly key: string | Buffer = randomBytes(32)) {}

  /** The handle of a path; a new name for it replaces the old one. */
  put(file: HandledFile): string {
    const handle = createHmac('sha256', this.key).update(file.path).digest('hex').slice(0, 32);
    this.files.set(handle, file);
    return handle;
  }

  /** Throws `invalid-argument` for a handle that was never given. */
  get(handle: string): HandledFile {
    const file = this.files.get(handle);
    if (file) return file;
    throw new UnbraidError('invalid-argument', 'This file is not known here any more', {
      hint: 'Open it again.',
    });
  }
}
