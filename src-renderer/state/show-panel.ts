import type { PanelName } from './panels.svelte.js';
import type { Settings } from './settings.svelte.js';
import type { SongController } from './song.svelte.js';

type Open = Pick<Settings, 'panelOpen'>;

/** Whether what is in a tab of the side panel can be seen. */
export function isPanelShown({ panelOpen }: Open, { view }: SongController, panel: PanelName): boolean {
  return panelOpen && view.panels.shown === panel;
}

/** Shows a tab, and the side panel if it is closed. */
export function showPanel(settings: Open, { view }: SongController, panel: PanelName): void {
  settings.panelOpen = true;
  view.panels.shown = panel;
}

/** Shows a tab and puts the keyboard on it. */
export function goToPanel(settings: Open, song: SongController, panel: PanelName): void {
  showPanel(settings, song, panel);
  song.view.panels.wanted = panel;
}
