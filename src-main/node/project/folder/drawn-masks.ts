import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { keptMaskSchema, longestDrawn, maskFilesOf } from '../../../common/contract/drawn.js';
import { readSmallFile } from '../../files/file-bytes.js';

/** What is drawn in a project's song, and the steps that drew it (D26). */
export const drawnFile = 'drawn.json';

const schema = z.object({ masks: z.array(z.union([keptMaskSchema, z.unknown().transform(() => '')])) });

/** The masks that what is drawn in a project needs, by their hashes; undefined where `drawn.json` cannot be read. */
export function maskFilesIn(dir: string): string[] | undefined {
  const path = join(dir, drawnFile);
  if (!existsSync(path)) return [];
  try {
    return maskFilesOf(schema.parse(JSON.parse(readSmallFile(path, 4 * longestDrawn).toString('utf8'))));
  } catch {
    return undefined;
  }
}
