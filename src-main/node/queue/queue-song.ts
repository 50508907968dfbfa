import { basename } from 'node:path';
import { presetMixer } from '../../common/jobs/presets.js';
import type { QueueProduct } from '../../common/jobs/queue.js';
import type { FileResult } from '../../common/jobs/results.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import { hashFile } from '../files/content-hash.js';
import { makeFiles, productKeyOf } from '../jobs/mix-file.js';
import { OutputFolder } from '../jobs/output-folder.js';
import { earlierResult } from '../jobs/separate-file.js';
import type { RunOptions, SongRunner } from '../jobs/song-runner.js';

/** A song that waits: where it is, what to make of it, and where the result goes. */
export interface QueuedSong {
  readonly path: string;
  /** Its own name among those that share its output folder. */
  readonly name: string;
  /** Folders below `output` that stand before the template's. */
  readonly subfolders: readonly string[];
  readonly output: string;
  readonly product: QueueProduct;
  readonly settings: SeparationSettings;
}

/** Makes what is wanted of one song; `skipped` when that was done before. Throws typed errors. */
export async function runQueuedSong(
  runner: SongRunner,
  entry: QueuedSong,
  options: RunOptions,
): Promise<FileResult> {
  const { path, name, subfolders, product, settings } = entry;
  const folder = new OutputFolder(entry.output);
  folder.open();
  try {
    const content = await hashFile(path, options.signal);
    const base = { name, subfolders, settings, folder, replaceOwn: true };
    const mix = product === 'stems' ? null : { label: product, mixer: presetMixer(product) };
    const key = productKeyOf({ ...base, song: { content } }, mix);
    // Known by its content: what was done need not even be decoded.
    const earlier = settings.overwrite ? undefined : earlierResult(folder, key);
    if (earlier) return { ...earlier, source: path };
    const song = await runner.prepare(path, settings, { ...options, content });
    try {
      return await makeFiles(runner, { ...base, song }, mix, options);
    } finally {
      await song.dispose();
    }
  } finally {
    folder.close();
  }
}

/** What a person calls a finished file: its name below the output folder. */
export function shownName(output: string, path: string): string {
  return path.startsWith(output) ? path.slice(output.length).replace(/^[/\\]+/, '') : basename(path);
}
