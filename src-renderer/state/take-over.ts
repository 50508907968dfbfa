import { benchId, type BenchOptions } from '../../src-main/common/separation/classic/bench.js';
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
  void song.separation.start(app.choice.settings(app.models), song.view.selection);
}
