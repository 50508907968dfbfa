import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../files/atomic-file.js';
import { readSmallFile } from '../files/file-bytes.js';
import { stateFolder } from './recent-files.js';
import { makeFolder } from '../files/make-folder.js';

const settingsSchema = z.object({
  version: z.literal(1),
  /** Where models are kept; null is the platform's place. */
  folder: z.string().min(1).nullable().catch(null),
  /** Where a newer catalogue may be; null: the one that came with the program. */
  catalogue: z.url().nullable().catch(null),
});
export type ModelSettings = Omit<z.output<typeof settingsSchema>, 'version'>;

const settingsFile = (env: NodeJS.ProcessEnv): string => join(stateFolder(env), 'models.json');

/** What a person has set about models. A file that cannot be read sets nothing. */
export function modelSettings(env: NodeJS.ProcessEnv = process.env): ModelSettings {
  const file = settingsFile(env);
  if (!existsSync(file)) return { folder: null, catalogue: null };
  try {
    const { folder, catalogue } = settingsSchema.parse(JSON.parse(readSmallFile(file, 1 << 16).toString()));
    return { folder, catalogue };
  } catch {
    return { folder: null, catalogue: null };
  }
}

/** Changes some of it, for every program of this person. Throws system errors. */
export function setModelSettings(change: Partial<ModelSettings>, env: NodeJS.ProcessEnv = process.env): void {
  const file = settingsFile(env);
  makeFolder(dirname(file));
  const settings = { version: 1, ...modelSettings(env), ...change };
  writeAtomically(file, `${JSON.stringify(settings, null, 2)}\n`);
}

/** The folder of a person's models: `$UNBRAID_MODELS`, else what was set, else the platform's data folder. */
export function userModelFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env['UNBRAID_MODELS']) return env['UNBRAID_MODELS'];
  const { folder } = modelSettings(env);
  if (folder !== null) return folder;
  if (process.platform === 'win32') return join(env['APPDATA'] ?? homedir(), 'Unbraid', 'models');
  if (process.platform === 'darwin')
    return join(homedir(), 'Library', 'Application Support', 'Unbraid', 'models');
  return join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'unbraid', 'models');
}
