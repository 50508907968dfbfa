import { keyWords } from '../base/key-names.js';
import { nextSpeed } from '../playback/varispeed.js';
import type { AppController } from './app.svelte.js';
import {
  bindingOf,
  overlap,
  pressed,
  shownCombo,
  type KeyBinding,
  type KeyCombo,
  type KeyPress,
} from './keys.js';
import { beatShortcuts } from './beat-shortcuts.js';
import { pages } from './pages.js';
import { onSong, type Shortcut } from './shortcut.js';
import { selectionShortcuts } from './selection-shortcuts.js';
import { returnToStart, toggleFollowing, toggleLoop, togglePlay } from './transport.js';
import { toggleWaveform } from './track-infos.js';
import { undo } from './undo.js';
import { viewShortcuts } from './view-shortcuts.js';

/** One step of the arrow keys: ten pixels. */
const arrow = (sign: number): Shortcut['run'] =>
  onSong(({ player, view }, shift) =>
    player.seek(player.position + sign * (shift ? 100 : 10) * view.span.framesPerPixel),
  );

/** The track above (−1) or below (1) is the one that is meant. */
const neighbour = (step: number): Shortcut['run'] =>
  onSong((song) => (song.selectedTrack = song.list.neighbour(song.selectedTrack, step)));

const redo = onSong(({ document }) => document.redo());

export type { Shortcut } from './shortcut.js';

export const shortcuts: readonly Shortcut[] = [
  {
    keys: [' '],
    shift: false,
    shown: 'Space',
    text: 'shortcut.play',
    everywhere: true,
    run: onSong(togglePlay),
  },
  {
    keys: [' '],
    shift: true,
    shown: 'Shift+Space',
    text: 'shortcut.playReturn',
    everywhere: true,
    run: onSong(returnToStart),
  },
  { keys: ['home'], shown: 'Home', text: 'shortcut.home', run: onSong(({ player }) => player.seek(0)) },
  {
    keys: ['end'],
    shown: 'End',
    text: 'shortcut.end',
    run: onSong(({ player, view }) => player.seek(view.length)),
  },
  {
    keys: [','],
    shown: ',',
    text: 'shortcut.slower',
    run: onSong(({ player }) => player.setSpeed(nextSpeed(player.speed, -1))),
  },
  {
    keys: ['.'],
    shown: '.',
    text: 'shortcut.faster',
    run: onSong(({ player }) => player.setSpeed(nextSpeed(player.speed, 1))),
  },
  {
    keys: ['n'],
    shift: false,
    shown: 'N',
    text: 'shortcut.normalSpeed',
    run: onSong(({ player }) => player.setSpeed(1)),
  },
  { keys: ['arrowleft'], shown: '←', text: 'shortcut.back', run: arrow(-1) },
  { keys: ['arrowright'], shown: '→', text: 'shortcut.forward', run: arrow(1) },
  { keys: ['arrowup'], shown: '↑', text: 'shortcut.up', run: neighbour(-1) },
  { keys: ['arrowdown'], shown: '↓', text: 'shortcut.down', run: neighbour(1) },
  {
    keys: ['m'],
    shift: false,
    shown: 'M',
    text: 'shortcut.marker',
    run: onSong(({ markers }) => markers.add()),
  },
  {
    keys: ['arrowleft'],
    ctrl: true,
    shift: false,
    shown: 'Ctrl+←',
    text: 'shortcut.markerBack',
    run: onSong(({ markers }) => markers.go(-1)),
  },
  {
    keys: ['arrowright'],
    ctrl: true,
    shift: false,
    shown: 'Ctrl+→',
    text: 'shortcut.markerForward',
    run: onSong(({ markers }) => markers.go(1)),
  },
  {
    keys: [...'123456789'],
    shift: true,
    shown: 'Shift+1 … 9',
    text: 'shortcut.loopSlot',
    run: (_, song, __, key) => /^[1-9]$/.test(key) && song?.markers.useLoop(Number(key)),
  },
  ...beatShortcuts,
  { keys: ['t'], shift: false, shown: 'T', text: 'shortcut.follow', run: onSong(toggleFollowing) },
  {
    keys: ['u'],
    shift: false,
    shown: 'U',
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
  { keys: ['l'], shown: 'L', text: 'shortcut.loop', run: onSong(toggleLoop) },
  {
    keys: ['p'],
    shift: true,
    shown: 'Shift+P',
    text: 'shortcut.preRoll',
    run: ({ preferences }) => preferences.set({ preRolls: !preferences.preRolls }),
  },
  ...selectionShortcuts,
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
    run: onSong((song) => toggleWaveform(song, song.current.id)),
  },
  ...viewShortcuts,
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
    run: onSong((song) => undo(song)),
  },
  { keys: ['z'], ctrl: true, shift: true, shown: 'Ctrl+Shift+Z', text: 'shortcut.redo', run: redo },
  {
    keys: ['u'],
    shift: true,
    shown: 'Shift+U',
    text: 'shortcut.history',
    run: onSong(({ view }) => view.historyAsked++),
  },
  { keys: ['y'], ctrl: true, shown: 'Ctrl+Y', text: 'shortcut.redo', run: redo },
  {
    keys: ['o'],
    ctrl: true,
    shift: false,
    shown: 'Ctrl+O',
    text: 'shortcut.open',
    everywhere: true,
    run: (app) => app.chooseFile(),
  },
  {
    keys: ['s'],
    ctrl: true,
    shift: false,
    shown: 'Ctrl+S',
    text: 'shortcut.save',
    run: (app) => void app.projects.save(),
  },
  {
    keys: ['s'],
    ctrl: true,
    shift: true,
    shown: 'Ctrl+Shift+S',
    text: 'shortcut.saveAs',
    run: (app) => void app.projects.save(true),
  },
  {
    keys: ['o'],
    ctrl: true,
    shift: true,
    shown: 'Ctrl+Shift+O',
    text: 'shortcut.openProject',
    everywhere: true,
    run: (app) => (app.dialog = 'projects'),
  },
  {
    keys: ['h'],
    ctrl: true,
    shift: true,
    shown: 'Ctrl+Shift+H',
    text: 'shortcut.allProjects',
    run: (app) => void app.songs.home(),
  },
  {
    keys: ['e'],
    ctrl: true,
    shift: true,
    shown: 'Ctrl+Shift+E',
    text: 'shortcut.export',
    run: (app, song) => song && (app.dialog = 'export'),
  },
  ...pages.map((page, i): Shortcut => ({
    keys: [`${i + 1}`],
    shift: false,
    shown: `${i + 1}`,
    text: `shortcut.page.${page}`,
    everywhere: true,
    run: (app) => (app.page = page),
  })),
  {
    keys: ['k'],
    ctrl: true,
    shown: 'Ctrl+K',
    text: 'shortcut.palette',
    everywhere: true,
    run: (app) => (app.dialog = 'palette'),
  },
  {
    keys: ['?'],
    shown: '?',
    text: 'shortcut.help',
    everywhere: true,
    run: (app) => (app.dialog = 'shortcuts'),
  },
];

/** Key combinations that a person chose, by the shortcut's text. */
export type OwnKeys = Readonly<Record<string, KeyCombo>>;

/** The keys of a shortcut: those a person chose, or those it comes with. */
export function keysOf(entry: Shortcut, own: OwnKeys): KeyBinding {
  const combo = own[entry.text];
  return combo === undefined ? entry : bindingOf(combo, entry.shift === undefined);
}

/** How the keys of a shortcut are shown. */
export function shownKeys(entry: Shortcut, own: OwnKeys): string {
  const combo = own[entry.text];
  return keyWords(combo === undefined ? entry.shown : shownCombo(combo));
}

/** How the keys of what is done are shown. */
export function keysFor(text: Shortcut['text'], own: OwnKeys): string {
  const entry = shortcuts.find((one) => one.text === text);
  return entry ? shownKeys(entry, own) : '';
}

/** The shortcut a key press stands for. */
export function findShortcut(event: KeyPress, own: OwnKeys = {}): Shortcut | undefined {
  return shortcuts.find((entry) => pressed(keysOf(entry, own), event));
}

/** The other shortcut that already has a combination, if any. */
export function keyConflict(text: string, combo: KeyCombo, own: OwnKeys): Shortcut | undefined {
  const wanted = shortcuts.find((entry) => entry.text === text);
  const binding = bindingOf(combo, wanted !== undefined && wanted.shift === undefined);
  return shortcuts.find((entry) => entry.text !== text && overlap(keysOf(entry, own), binding));
}

/** Does what a shortcut does, if the page that is shown has a meaning for it. */
export function runShortcut(app: AppController, entry: Shortcut, shift = false, key = ''): void {
  if (entry.everywhere || app.page === 'editor') entry.run(app, app.song, shift, key);
}
