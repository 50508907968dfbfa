import type { AxisKind } from '../picture/axis.js';
import { panelNames } from './panels.svelte.js';
import { onSong, type Shortcut } from './shortcut.js';
import { goToPanel } from './show-panel.js';
import { showSelection } from './show-selection.js';
import type { SongController } from './song.svelte.js';
import { toggleStems } from './stem-overlay.js';

/** Keys that act on the frequencies on screen. */
const onBand =
  (action: (view: SongController['view'], kind: AxisKind) => void): Shortcut['run'] =>
  ({ settings }, song) => {
    if (song) action(song.view, settings.axis);
  };

/** Keys that change what is seen of a song. */
export const viewShortcuts: readonly Shortcut[] = [
  { keys: ['+', '='], shown: '+', text: 'shortcut.zoomIn', run: onSong(({ view }) => view.zoom(1.5)) },
  { keys: ['-', '_'], shown: '−', text: 'shortcut.zoomOut', run: onSong(({ view }) => view.zoom(1 / 1.5)) },
  { keys: ['0'], shown: '0', text: 'shortcut.fit', run: onSong(({ view }) => view.fit()) },
  {
    keys: ['z'],
    shift: false,
    shown: 'Z',
    text: 'shortcut.showSelection',
    run: onSong(({ view }) => showSelection(view)),
  },
  // Some of these keys make other signs with a Mac's Option key.
  {
    keys: ['+', '=', '±', '≠'],
    alt: true,
    shown: 'Alt++',
    text: 'shortcut.bandIn',
    run: onBand((view, kind) => view.zoomBand(kind, 1.5)),
  },
  {
    keys: ['-', '_', '–', '—'],
    alt: true,
    shown: 'Alt+−',
    text: 'shortcut.bandOut',
    run: onBand((view, kind) => view.zoomBand(kind, 1 / 1.5)),
  },
  {
    keys: ['pageup'],
    alt: true,
    shown: 'Alt+PageUp',
    text: 'shortcut.bandUp',
    run: onBand((view, kind) => view.scrollBand(kind, 0.25)),
  },
  {
    keys: ['pagedown'],
    alt: true,
    shown: 'Alt+PageDown',
    text: 'shortcut.bandDown',
    run: onBand((view, kind) => view.scrollBand(kind, -0.25)),
  },
  {
    keys: ['0', 'º'],
    alt: true,
    shown: 'Alt+0',
    text: 'shortcut.bandFit',
    run: onBand((view) => (view.band = null)),
  },
  {
    keys: ['c'],
    shift: true,
    shown: 'Shift+C',
    text: 'shortcut.spectrum',
    run: ({ settings }, song) => song && (settings.spectrum = !settings.spectrum),
  },
  {
    keys: ['c'],
    shift: false,
    shown: 'C',
    text: 'shortcut.cursor',
    run: onSong(({ view, current }) => (view.cursorWanted = current.id)),
  },
  { keys: ['o'], shown: 'O', text: 'shortcut.blended', run: onSong((song) => toggleStems(song, 'blended')) },
  { keys: ['k'], shown: 'K', text: 'shortcut.heated', run: onSong((song) => toggleStems(song, 'heated')) },
  {
    keys: ['f'],
    shown: 'F',
    text: 'shortcut.focus',
    run: onSong(({ view }) => (view.focusing = !view.focusing)),
  },
  {
    keys: ['p'],
    shift: false,
    shown: 'P',
    text: 'shortcut.panel',
    run: ({ settings }) => (settings.panelOpen = !settings.panelOpen),
  },
  ...panelNames.map((panel, i): Shortcut => ({
    keys: [`f${i + 7}`],
    shift: false,
    shown: `F${i + 7}`,
    text: `shortcut.panel.${panel}`,
    run: ({ settings }, song) => song && goToPanel(settings, song, panel),
  })),
];
