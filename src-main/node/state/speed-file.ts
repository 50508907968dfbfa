import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { blendSpeed, speedKey, type Speeds, type SpeedSettings } from '../../common/jobs/speed.js';
import { writeAtomically } from '../files/atomic-file.js';
import { makeFolder } from '../files/make-folder.js';

const fileSchema = z.object({ version: z.literal(1), speeds: z.record(z.string(), z.number().positive()) });

/** Shorter pieces measure the start-up rather than the speed, seconds. */
const shortest = 5;

/**
 * How fast separators were on this machine, in one JSON file. A convenience like the list of recent files: what
 * cannot be read is empty, what cannot be written changes nothing else.
 */
export class SpeedFile {
  constructor(private readonly file: string) {}

  all(): Speeds {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.file, 'utf8'))).speeds;
    } catch {
      return {};
    }
  }

  /** Notes a finished run of `audioSeconds` of sound in `workSeconds`. */
  note(settings: SpeedSettings, audioSeconds: number, workSeconds: number): void {
    if (audioSeconds < shortest || !(workSeconds > 0)) return;
    const before = this.all();
    const key = speedKey(settings);
    const speeds = { ...before, [key]: blendSpeed(before[key], audioSeconds / workSeconds) };
    try {
      makeFolder(dirname(this.file));
      writeAtomically(this.file, `${JSON.stringify({ version: 1, speeds }, null, 2)}\n`);
    } catch {
      // The next run is measured again.
    }
  }
}
