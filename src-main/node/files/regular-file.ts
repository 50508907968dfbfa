import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { readAll } from './bytes.js';

/**
 * Reads a file that is expected to be small: only a regular one (a FIFO or a device would block or never end), and not
 * one that is longer than `maxBytes`.
 *
 * @throws UnbraidError `invalid-argument` for anything that is not a file, `too-large`, or a typed system error; all name the file
 */
export function readSmallFile(path: string, maxBytes: number): Buffer {
  let fd: number | undefined;
  try {
    // O_NONBLOCK: opening a FIFO must not wait for somebody to write into it. Windows has neither flag.
    const flags = process.platform === 'win32' ? 'r' : constants.O_RDONLY | constants.O_NONBLOCK;
    fd = openSync(path, flags);
    const stat = fstatSync(fd);
    if (!stat.isFile())
      throw new UnbraidError('invalid-argument', 'This is not a regular file', {
        hint: 'Remove it, or choose another path.',
      });
    if (stat.size > maxBytes)
      throw new UnbraidError(
        'too-large',
        `The file has ${stat.size} bytes; at most ${maxBytes} are expected`,
      );
    const bytes = Buffer.alloc(stat.size);
    return bytes.subarray(0, readAll(fd, bytes, 0));
  } catch (error) {
    throw toUnbraidError(error, path);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
