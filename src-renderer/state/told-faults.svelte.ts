import { untrack } from 'svelte';
import type { Settings } from './settings.svelte.js';
import { showPanel } from './show-panel.js';
import type { SongController } from './song.svelte.js';

/** Shows the tab of the side panel that says what went wrong, whenever something does. Call it while a view is made. */
export function showFaults(settings: Settings, song: SongController): void {
  const { separation, edits, finder, listening, verbs, view, document } = song;
  $effect(() => {
    if (separation.status.state === 'failed') untrack(() => showPanel(settings, song, 'separate'));
  });
  $effect(() => {
    if (finder.error ?? listening.error ?? verbs.similar.error)
      untrack(() => showPanel(settings, song, 'edits'));
    else if (finder.nothing) view.panels.shown = 'edits';
  });
  /** The last step when a fault was shown; null is a song without a step. */
  let told: object | null | undefined;
  $effect(() => {
    if (!edits.error) return;
    const latest = untrack(() => document.latest);
    // A full disk is tried again and again: the panel may be closed meanwhile.
    if (latest !== told) untrack(() => showPanel(settings, song, 'edits'));
    told = latest;
  });
}
