import type { TextKey } from '../shared/strings/en.js';
import type { AppController } from './app.svelte.js';
import type { SongController } from './song.svelte.js';

export interface Shortcut {
  /** Values of `KeyboardEvent.key`, letters in lower case. */
  readonly keys: readonly string[];
  readonly ctrl?: boolean;
  readonly alt?: boolean;
  /** Left out: with and without Shift; the action is told. */
  readonly shift?: boolean;
  /** What the list shows. */
  readonly shown: string;
  readonly text: TextKey;
  readonly run: (app: AppController, song: SongController | null, shift: boolean) => void;
}

type SongAction = (song: SongController, shift: boolean) => void;
const onSong =
  (action: SongAction): Shortcut['run'] =>
  (_, song, shift) => {
    if (song) action(song, shift);
  };

/** One step of the arrow keys: ten pixels. */
const arrow = (sign: number): Shortcut['run'] =>
  onSong(({ player, view }, shift) =>
    player.seek(player.position + sign * (shift ? 100 : 10) * view.span.framesPerPixel),
  );

const redo = onSong(({ document }) => document.redo());

export const shortcuts: readonly Shortcut[] = [
  { keys: [' '], shown: 'Space', text: 'shortcut.play', run: onSong(({ player }) => player.toggle()) },
  { keys: ['home'], shown: 'Home', text: 'shortcut.home', run: onSong(({ player }) => player.seek(0)) },
  {
    keys: ['end'],
    shown: 'End',
    text: 'shortcut.end',
    run: onSong(({ player, view }) => player.seek(view.length)),
  },
  { keys: ['arrowleft'], shown: '←', text: 'shortcut.back', run: arrow(-1) },
  { keys: ['arrowright'], shown: '→', text: 'shortcut.forward', run: arrow(1) },
  { keys: ['arrowup'], shown: '↑', text: 'shortcut.up', run: onSong((song) => song.selectNeighbour(-1)) },
  { keys: ['arrowdown'], shown: '↓', text: 'shortcut.down', run: onSong((song) => song.selectNeighbour(1)) },
  {
    keys: ['m'],
    shift: false,
    shown: 'M',
    text: 'shortcut.mute',
    run: onSong((song) => song.mixer.toggleMute(song.current.id)),
  },
  {
    keys: ['m'],
    shift: true,
    shown: 'Shift+M',
    text: 'shortcut.muteHere',
    run: onSong(({ automation, current, view }) => {
      if (view.selection) automation.add(current.id, 'mute', view.selection);
    }),
  },
  {
    keys: ['s'],
    shown: 'S',
    text: 'shortcut.solo',
    run: onSong((song, shift) => song.mixer.toggleSolo(song.current.id, shift)),
  },
  { keys: ['l'], shown: 'L', text: 'shortcut.loop', run: onSong(({ view }) => (view.loop = !view.loop)) },
  {
    keys: ['['],
    shown: '[',
    text: 'shortcut.selStart',
    run: onSong(({ view, player }) => {
      const end = view.selection?.end ?? view.length;
      view.select(player.position, player.position < end ? end : view.length);
    }),
  },
  {
    keys: [']'],
    shown: ']',
    text: 'shortcut.selEnd',
    run: onSong(({ view, player }) => {
      const start = view.selection?.start ?? 0;
      view.select(player.position > start ? start : 0, player.position);
    }),
  },
  {
    keys: ['escape'],
    shown: 'Esc',
    text: 'shortcut.selNone',
    run: onSong(({ view }) => (view.selection = null)),
  },
  {
    keys: ['a'],
    shown: 'A',
    text: 'shortcut.ab',
    run: onSong(({ player, separated }) => separated && player.setListenSource(!player.listenSource)),
  },
  {
    keys: ['w'],
    shown: 'W',
    text: 'shortcut.view',
    run: onSong((song) => song.toggleWaveform(song.current.id)),
  },
  { keys: ['+', '='], shown: '+', text: 'shortcut.zoomIn', run: onSong(({ view }) => view.zoom(1.5)) },
  { keys: ['-', '_'], shown: '−', text: 'shortcut.zoomOut', run: onSong(({ view }) => view.zoom(1 / 1.5)) },
  { keys: ['0'], shown: '0', text: 'shortcut.fit', run: onSong(({ view }) => view.fit()) },
  {
    keys: ['f2'],
    shown: 'F2',
    text: 'shortcut.rename',
    run: onSong((song) => (song.renaming = song.current.id)),
  },
  {
    keys: ['arrowup'],
    alt: true,
    shown: 'Alt+↑',
    text: 'shortcut.moveUp',
    run: onSong(({ list, current }) => list.moveBy(current.id, -1)),
  },
  {
    keys: ['arrowdown'],
    alt: true,
    shown: 'Alt+↓',
    text: 'shortcut.moveDown',
    run: onSong(({ list, current }) => list.moveBy(current.id, 1)),
  },
  {
    keys: ['z'],
    ctrl: true,
    shift: false,
    shown: 'Ctrl+Z',
    text: 'shortcut.undo',
    run: onSong(({ document }) => document.undo()),
  },
  { keys: ['z'], ctrl: true, shift: true, shown: 'Ctrl+Shift+Z', text: 'shortcut.redo', run: redo },
  { keys: ['y'], ctrl: true, shown: 'Ctrl+Y', text: 'shortcut.redo', run: redo },
  { keys: ['o'], ctrl: true, shown: 'Ctrl+O', text: 'shortcut.open', run: (app) => app.chooseFile() },
  {
    keys: ['e'],
    ctrl: true,
    shift: true,
    shown: 'Ctrl+Shift+E',
    text: 'shortcut.export',
    run: (app, song) => song && (app.dialog = 'export'),
  },
  {
    keys: ['p'],
    shown: 'P',
    text: 'shortcut.panel',
    run: ({ settings }) => (settings.panelOpen = !settings.panelOpen),
  },
  { keys: ['?'], shown: '?', text: 'shortcut.help', run: (app) => (app.dialog = 'shortcuts') },
];

/** The part of a keyboard event that counts. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** The shortcut a key press stands for. The Command key of a Mac counts as Ctrl. */
export function findShortcut(event: KeyPress): Shortcut | undefined {
  const key = event.key.toLowerCase();
  const ctrl = event.ctrlKey || event.metaKey;
  return shortcuts.find(
    (entry) =>
      entry.keys.includes(key) &&
      (entry.ctrl ?? false) === ctrl &&
      (entry.alt ?? false) === event.altKey &&
      (entry.shift === undefined || entry.shift === event.shiftKey),
  );
}

/** Keys that a focused control needs for itself: typing in fields, arrows on sliders, Space on buttons. */
export function controlWants(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLInputElement && target.type === 'range')
    return /^(Arrow|Home|End|Page)/.test(key);
  if (target instanceof HTMLInputElement && !['checkbox', 'radio'].includes(target.type)) return true;
  if (target instanceof HTMLSelectElement) return true;
  const pressed = target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement;
  const ticked = target instanceof HTMLInputElement;
  return (pressed || ticked) && (key === ' ' || key === 'Enter' || (ticked && key.startsWith('Arrow')));
}
