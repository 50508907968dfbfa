import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { toUnbraidError } from '../../common/base/errors.js';
import { longestDrawn, type KeptDrawn } from '../../common/contract/drawn.js';
import { writeAtomically } from '../files/atomic-file.js';
import { readSmallFile } from '../files/file-bytes.js';
import { checkDrawn, type CheckedDrawn, type DrawnSong } from './drawn-check.js';

/** What is drawn in a project's song, and the steps that drew it (D26). */
const drawnFile = 'drawn.json';
/** A damaged one, as it was found. */
const damagedFile = 'drawn.damaged.json';

/** Keeps what is drawn; on the disk when this returns. Throws typed system errors. */
export function keepDrawn(dir: string, drawn: KeptDrawn): void {
  const path = join(dir, drawnFile);
  try {
    writeAtomically(path, JSON.stringify(drawn));
  } catch (error) {
    throw toUnbraidError(error, path);
  }
}

/**
 * What is drawn in a project's song; null for nothing. What does not fit the song is left out, and the file as it was is
 * put aside.
 */
export function drawnIn(dir: string, song: DrawnSong): CheckedDrawn {
  const path = join(dir, drawnFile);
  if (!existsSync(path)) return { drawn: null, whole: true };
  const read = readDrawn(path, song);
  if (!read.whole) {
    try {
      copyFileSync(path, join(dir, damagedFile));
    } catch {
      // Without room what can be read is still used.
    }
  }
  return read;
}

function readDrawn(path: string, song: DrawnSong): CheckedDrawn {
  try {
    // A longer one is not ours: what a page keeps has a limit.
    return checkDrawn(JSON.parse(readSmallFile(path, 4 * longestDrawn).toString('utf8')), song);
  } catch {
    return { drawn: null, whole: false };
  }
}

/** Takes what is drawn along into another project of the same song. Throws system errors. */
export function copyDrawn(from: string, to: string): void {
  if (existsSync(join(from, drawnFile))) copyFileSync(join(from, drawnFile), join(to, drawnFile));
}
