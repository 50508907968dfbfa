import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { interruptedSchema, type Interrupted } from '../../common/contract/project.js';
import { writeAtomically } from '../files/atomic-file.js';

/** Lies in a project as long as a separation of its song runs. */
const separatingFile = 'separating.json';

/** Notes in a project that its song is being separated, so that the next start can offer to go on; null when done. */
export function noteSeparating(dir: string, separation: Interrupted | null): void {
  const file = join(dir, separatingFile);
  try {
    if (separation) writeAtomically(file, JSON.stringify(separation));
    else rmSync(file, { force: true });
  } catch {
    // Without the note the separation is begun again by hand.
  }
}

/** The separation that was under way when the program ended; null when there was none. */
export function interruptedIn(dir: string): Interrupted | null {
  try {
    return interruptedSchema.parse(JSON.parse(readFileSync(join(dir, separatingFile), 'utf8')));
  } catch {
    return null;
  }
}
