import { UnbraidError } from '../../common/base/errors.js';
import { newHandle } from '../files/handle.js';

/** A file or folder on the main side that a page may use under a handle. */
export interface HandledFile {
  readonly path: string;
  /** What the page calls it. */
  readonly name: string;
  /** Folders it was found in, below the one that was dropped; results of a queue keep them. */
  readonly folders?: readonly string[];
}

/** The files a page knows by opaque handles. One path has one handle, for as long as the program runs. */
export class HandleTable {
  private readonly files = new Map<string, HandledFile>();
  private readonly byPath = new Map<string, string>();

  /** The handle of a path; a new name for it replaces the old one. */
  put(file: HandledFile): string {
    const handle = this.byPath.get(file.path) ?? newHandle();
    this.byPath.set(file.path, handle);
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
