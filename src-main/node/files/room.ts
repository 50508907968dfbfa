import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';

/** Left free on a disk, bytes. */
const margin = 256 << 20;

/** Tells the bytes that can be written below a folder. */
export type FreeSpace = (folder: string) => number;

/** Bytes that can be written below a folder, which need not exist yet. */
export const freeBytes: FreeSpace = (folder) => {
  let dir = folder;
  while (!existsSync(dir) && dirname(dir) !== dir) dir = dirname(dir);
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
};

/** Throws `disk-full` when so many bytes do not fit. */
export function checkRoom(folder: string, bytes: number, free: number, hint: string): void {
  if (bytes + margin <= free) return;
  const mib = (n: number): string => `${Math.ceil(n / 2 ** 20)} MiB`;
  const message = `The disk has ${mib(free)} free, and ${mib(bytes + margin)} are needed`;
  throw new UnbraidError('disk-full', message, { file: folder, hint });
}
