import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { toUnbraidError } from '../../common/base/errors.js';
import { keptDrawnSchema, longestDrawn, type KeptDrawn } from '../../common/contract/drawn.js';
import { writeAtomically } from '../files/atomic-file.js';
import { readSmallFile } from '../files/file-bytes.js';

/** What is drawn in a project's song, and the steps that drew it (D26). */
const drawnFile = 'drawn.json';

/** Keeps what is drawn; on the disk when this returns. Throws typed system errors. */
export function keepDrawn(dir: string, drawn: KeptDrawn): void {
  const path = join(dir, drawnFile);
  try {
    writeAtomically(path, JSON.stringify(drawn));
  } catch (error) {
    throw toUnbraidError(error, path);
  }
}

/** What is drawn in a project's song; null for nothing, and for a file that cannot be read. */
export function drawnIn(dir: string): KeptDrawn | null {
  try {
    // A longer one is not ours: what a page keeps has a limit.
    return keptDrawnSchema.parse(
      JSON.parse(readSmallFile(join(dir, drawnFile), 4 * longestDrawn).toString('utf8')),
    );
  } catch {
    return null;
  }
}

/** Takes what is drawn along into another project of the same song. Throws system errors. */
export function copyDrawn(from: string, to: string): void {
  if (existsSync(join(from, drawnFile))) copyFileSync(join(from, drawnFile), join(to, drawnFile));
}
