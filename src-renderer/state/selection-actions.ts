import type { AppController } from './app.svelte.js';
import { showPanel } from './show-panel.js';
import type { SongController } from './song.svelte.js';

/** Separates the time of the selection again, with the model and the settings of the side panel. */
export function separateHere(app: Pick<AppController, 'choice' | 'models'>, song: SongController): void {
  const { area } = song.verbs;
  if (area && song.separation.status.state !== 'running') {
    void song.separation.start(app.choice.settings(app.models), { start: area.start, end: area.end });
  }
}

/** Looks for what is like the selection; the list is in the panel of edits. */
export function findSimilar({ settings }: Pick<AppController, 'settings'>, song: SongController): void {
  if (!song.verbs.area) return;
  showPanel(settings, song, 'edits');
  void song.verbs.similar.find();
}
