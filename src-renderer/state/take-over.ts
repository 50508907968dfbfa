import { benchId, type BenchOptions } from '../../src-main/common/separation/classic/bench.js';
import type { Oracle } from '../../src-main/common/jobs/evaluation.js';
import { uploadFile } from '../api/data.js';
import type { AppController } from './app.svelte.js';

/**
 * Separates the open song, or its selection, as the bench of the Lab does, and shows the editor. The stems add up to the
 * song, and those it had become earlier ones.
 */
export function takeOver(app: AppController, options: BenchOptions): void {
  const { song } = app;
  if (!song) return;
  app.choice.id = benchId(options);
  app.page = 'editor';
  song.view.panels.shown = 'separate';
  void song.separation.start(app.choice.settings(app.models), song.view.selection);
}

/** Makes the stems of the open song from its true ones, whose files are named like stems, and shows the editor. */
export async function askOracle(app: AppController, kind: Oracle, files: readonly File[]): Promise<void> {
  const { song } = app;
  if (!song || files.length === 0) return;
  try {
    const truth: string[] = [];
    for (const file of files) truth.push(await uploadFile(file));
    app.page = 'editor';
    song.view.panels.shown = 'separate';
    void song.separation.start({ residual: app.choice.residual }, null, { kind, truth });
  } catch (error) {
    app.fail(error);
  }
}
