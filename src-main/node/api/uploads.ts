import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { newHandle } from '../files/handle.js';
import type { HandledFile } from './handles.js';

interface Upload extends HandledFile {
  /** How many need the file now. */
  holders: number;
  /** When somebody last needed it, as `performance.now()`, ms. */
  leftAt: number;
}

export interface HeldUpload {
  readonly file: HandledFile;
  readonly release: (what?: 'keep') => void;
}

/**
 * Files that pages have sent, each in a folder made for it. An upload stays as long as somebody holds it, and goes with the last
 * holder; one that nobody has held for `graceMs` milliseconds goes as well (S14).
 */
export class Uploads implements Disposable {
  private readonly files = new Map<string, Upload>();
  private timer: NodeJS.Timeout | undefined;

  /** `newFolder` makes an empty folder. */
  constructor(
    private readonly newFolder: () => string,
    private readonly graceMs: number,
  ) {}

  /** A place for an upload, and the handle the page gets for it. */
  create(name: string): { readonly handle: string; readonly path: string } {
    const handle = newHandle();
    // The ending helps FFmpeg with formats that have no signature; nothing else of the name is used.
    const ending = /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? '';
    const path = `${this.newFolder()}/upload${ending}`;
    this.files.set(handle, { path, name, holders: 0, leftAt: performance.now() });
    this.timer ??= setInterval(() => this.sweep(), this.graceMs / 4).unref();
    return { handle, path };
  }

  /** The file behind a handle, whose time of grace begins anew. Throws `invalid-argument`. */
  get(handle: string): HandledFile {
    const file = this.files.get(handle);
    if (file) {
      file.leftAt = performance.now();
      return file;
    }
    throw new UnbraidError('invalid-argument', 'This upload is not here any more', {
      hint: 'Open the file again.',
    });
  }

  /** Writes the file of an upload; what breaks off leaves nothing. */
  async receive(handle: string, write: () => Promise<void>): Promise<void> {
    const { release } = this.hold(handle);
    try {
      await write();
      release('keep');
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * Keeps an upload until it is released. The last holder takes the file away, unless it says `keep`: then somebody may
   * still come for it. Throws `invalid-argument`.
   */
  hold(handle: string): HeldUpload {
    const file = this.get(handle) as Upload;
    file.holders++;
    let held = true;
    const release = (what?: 'keep'): void => {
      if (!held) return;
      held = false;
      file.leftAt = performance.now();
      if (--file.holders === 0 && what !== 'keep') this.drop(handle);
    };
    return { file, release };
  }

  /** The same for several: all or none. */
  holdAll(handles: readonly string[]): {
    readonly files: HandledFile[];
    readonly release: HeldUpload['release'];
  } {
    // Each is looked for before one is held.
    for (const handle of handles) this.get(handle);
    const held = handles.map((handle) => this.hold(handle));
    return {
      files: held.map(({ file }) => file),
      release: (what) => {
        for (const { release } of held) release(what);
      },
    };
  }

  /** Deletes an upload that nobody holds. */
  discard(handle: string): void {
    if (this.files.get(handle)?.holders === 0) this.drop(handle);
  }

  dispose(): void {
    clearInterval(this.timer);
    for (const handle of [...this.files.keys()]) this.drop(handle);
  }

  private drop(handle: string): void {
    const file = this.files.get(handle);
    this.files.delete(handle);
    if (file) rmSync(dirname(file.path), { recursive: true, force: true });
  }

  private sweep(): void {
    const before = performance.now() - this.graceMs;
    for (const [handle, { holders, leftAt }] of this.files)
      if (holders === 0 && leftAt < before) this.drop(handle);
  }
}
