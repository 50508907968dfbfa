import { onSong, type Shortcut } from './shortcut.js';

/** Keys for the beats of a song. */
export const beatShortcuts: readonly Shortcut[] = [
  {
    keys: ['arrowleft'],
    ctrl: true,
    shift: true,
    shown: 'Ctrl+Shift+←',
    text: 'shortcut.beatBack',
    run: onSong(({ markers }) => markers.goBeat(-1)),
  },
  {
    keys: ['arrowright'],
    ctrl: true,
    shift: true,
    shown: 'Ctrl+Shift+→',
    text: 'shortcut.beatForward',
    run: onSong(({ markers }) => markers.goBeat(1)),
  },
  {
    keys: ['t'],
    shift: true,
    shown: 'Shift+T',
    text: 'shortcut.tap',
    run: onSong(({ markers }) => markers.beats.tap()),
  },
  {
    keys: ['b', '∫'],
    alt: true,
    shown: 'Alt+B',
    text: 'shortcut.firstBeat',
    run: onSong(({ markers }) => markers.beats.beginHere()),
  },
  {
    keys: ['b'],
    shift: true,
    shown: 'Shift+B',
    text: 'shortcut.beats',
    run: ({ preferences }) => preferences.set({ beats: !preferences.beats }),
  },
];
