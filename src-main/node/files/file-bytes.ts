import { closeSync, constants, fstatSync, openSync, statfsSync } from 'node:fs';
import { UnbraidError, toUnbraidError, type ErrorCode } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { readAll } from './bytes.js';

// O_RDONLY | O_NONBLOCK: opening a FIFO must not wait for somebody to write.
const flags = process.platform === 'win32' ? 'r' : 0x800;

/** For `open`: a link in the file's place is an error. Windows has no such flag, and links only for administrators. */
export const noFollow: number = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;

/**
 * Opens a regular file for reading; the caller closes the descriptor. A FIFO, a socket or a device could block or
 * go on for ever.
 *
 * @throws file-not-found, permission-denied, `otherwise` (a folder, a device, a pipe)
 */
export function openRegular(path: string, otherwise: ErrorCode = 'not-audio'): { fd: number; size: number } {
  let fd: number | undefined;
  try {
    fd = openSync(path, flags);
    const stat = fstatSync(fd);
    if (stat.isDirectory())
      throw new UnbraidError(otherwise, 'This is a folder, not a file', {
        file: path,
        ...(otherwise === 'not-audio' && { hint: 'Name a file, or use `unbraid batch` for folders.' }),
      });
    if (!stat.isFile() || (stat.size === 0 && isOfSystem(path))) throw notAFile(path, otherwise);
    return { fd, size: stat.size };
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    // What sockets and devices without a driver answer.
    if (['ENXIO', 'ENODEV', 'EOPNOTSUPP'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw notAFile(path, otherwise);
    throw toUnbraidError(error, path);
  }
}

/** proc, sysfs, debugfs and tracefs: their files look regular and empty, and can be read for ever. */
const systemTypes: ReadonlySet<number> = new Set([0x9fa0, 0x62656572, 0x64626720, 0x74726163]);

function isOfSystem(path: string): boolean {
  return process.platform === 'linux' && systemTypes.has(statfsSync(path).type);
}

function notAFile(path: string, code: ErrorCode): UnbraidError {
  return new UnbraidError(code, 'This is a device or a pipe, not a file', { file: path });
}

/**
 * Reads a file that is expected to be small, whole. Throws `invalid-argument` if it is not a regular file, `too-large`
 * for one of more than `maxBytes`, or a typed system error; all name the file.
 */
export function readSmallFile(path: string, maxBytes: number): Buffer {
  const { fd, size } = openRegular(path, 'invalid-argument');
  try {
    if (size > maxBytes)
      throw new UnbraidError('too-large', `The file has ${size} bytes; at most ${maxBytes} are expected`);
    const bytes = Buffer.alloc(size);
    return bytes.subarray(0, readAll(fd, bytes, 0));
  } catch (error) {
    throw toUnbraidError(error, path);
  } finally {
    closeSync(fd);
  }
}

/** Random access to the bytes of a regular file. */
export class FileBytes implements Disposable {
  private isOpen = true;

  private constructor(
    private readonly fd: number,
    readonly path: string,
    readonly size: number,
  ) {}

  /** Throws as `openRegular` does. */
  static open(path: string): FileBytes {
    const { fd, size } = openRegular(path);
    return new FileBytes(fd, path, size);
  }

  /** The bytes `[at, at + length)`; fewer where the file ends. */
  read(at: number, length: number): Buffer {
    // Nothing lies before the beginning.
    const wanted = at < 0 ? 0 : Math.max(0, Math.min(length, this.size - at));
    const bytes = Buffer.allocUnsafe(wanted);
    return wanted === 0 ? bytes : bytes.subarray(0, this.readInto(bytes, at));
  }

  /** Fills `bytes` from `at` on; how many there were. Throws typed system errors. */
  readInto(bytes: Uint8Array, at: number): number {
    try {
      return readAll(this.fd, bytes, at);
    } catch (error) {
      throw toUnbraidError(error, this.path);
    }
  }

  dispose(): void {
    if (this.isOpen) closeSync(this.fd);
    this.isOpen = false;
  }
}
