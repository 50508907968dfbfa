import { readSync, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** The memory of samples as bytes, without a copy. */
export function bytesOf(samples: ArrayBufferView): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** Writes all of `bytes` at `position`, or where the file stands (null); a system may take them in pieces. */
export function writeAll(fd: number, bytes: Uint8Array, position: number | null = null): void {
  for (let done = 0; done < bytes.length;) {
    const at = position === null ? null : position + done;
    done += writeSync(fd, bytes, done, bytes.length - done, at);
  }
}

/** Fills `bytes` from `position` on; how many there were before the end of the file. */
export function readAll(fd: number, bytes: Uint8Array, position: number): number {
  let done = 0;
  while (done < bytes.length) {
    const got = readSync(fd, bytes, done, bytes.length - done, position + done);
    if (got === 0) break;
    done += got;
  }
  return done;
}

/** The same as `writeAll`, without waiting for the disk in this thread. */
export async function writeAllLater(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;)
    done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

/** The same as `readAll`, without waiting for the disk in this thread. */
export async function readAllLater(handle: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}
