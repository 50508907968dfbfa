import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toUnbraidError } from '../../common/base/errors.js';
import { longestDrawn, maskFilesOf, type KeptDrawn } from '../../common/contract/drawn.js';
import type { SessionEdits } from '../edits/session-edits.js';
import { writeAtomically } from '../files/atomic-file.js';
import { readSmallFile } from '../files/file-bytes.js';
import { blobFile, keepFile } from '../files/keep-files.js';
import { checkDrawn, type CheckedDrawn, type DrawnSong, type HasMaskFile } from './drawn-check.js';
import { drawnFile, maskFilesIn } from './folder/drawn-masks.js';

/** A damaged one, as it was found. */
const damagedFile = 'drawn.damaged.json';

type Masks = Pick<SessionEdits, 'addMask' | 'has' | 'maskFile'>;

/**
 * Keeps what is drawn; on the disk when this resolves. Throws `invalid-argument` for a mask that never came, and typed
 * system errors.
 */
export async function keepDrawn(dir: string, drawn: KeptDrawn, masks: Masks): Promise<void> {
  const path = join(dir, drawnFile);
  for (const hash of maskFilesOf(drawn)) {
    const file = blobFile(dir, hash);
    if (!existsSync(file)) await keepFile(masks.maskFile(hash), file);
  }
  try {
    writeAtomically(path, JSON.stringify(drawn));
  } catch (error) {
    throw toUnbraidError(error, path);
  }
}

/**
 * What is drawn in a project's song; null for nothing. Its masks that are files are the song's from then on. What does not
 * fit the song is left out, and the file as it was is put aside.
 */
export function drawnIn(dir: string, song: DrawnSong, masks: Masks): CheckedDrawn {
  const path = join(dir, drawnFile);
  if (!existsSync(path)) return { drawn: null, whole: true };
  const read = readDrawn(path, song, (hash, fits) => {
    // What an open song has was checked when it came.
    if (masks.has(hash)) return true;
    try {
      const bytes = readFileSync(blobFile(dir, hash));
      return fits(bytes) && masks.addMask(bytes) === hash;
    } catch {
      return false;
    }
  });
  if (!read.whole) {
    try {
      copyFileSync(path, join(dir, damagedFile));
    } catch {
      // Without room what can be read is still used.
    }
  }
  return read;
}

function readDrawn(path: string, song: DrawnSong, hasFile: HasMaskFile): CheckedDrawn {
  try {
    // A longer one is not ours: what a page keeps has a limit.
    return checkDrawn(JSON.parse(readSmallFile(path, 4 * longestDrawn).toString('utf8')), song, hasFile);
  } catch {
    return { drawn: null, whole: false };
  }
}

/** Takes what is drawn along into another project of the same song. Throws typed system errors. */
export async function copyDrawn(from: string, to: string): Promise<void> {
  if (!existsSync(join(from, drawnFile))) return;
  for (const hash of maskFilesIn(from) ?? []) {
    const [source, target] = [blobFile(from, hash), blobFile(to, hash)];
    if (existsSync(source) && !existsSync(target)) await keepFile(source, target, true);
  }
  copyFileSync(join(from, drawnFile), join(to, drawnFile));
}
