import type { PageCommand } from '../../src-main/common/contract/host.js';
import type { AppController } from './app.svelte.js';
import { findShortcut, type KeyPress } from './shortcuts.js';

type Action = KeyPress | ((app: AppController) => void);

const key = (name: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});
const ctrl = { ctrlKey: true };
const ctrlShift = { ctrlKey: true, shiftKey: true };
const alt = { altKey: true };

/** What each command of the menus does: most are a key press, so that menu and key can not differ. */
export const menuActions: Readonly<Record<PageCommand, Action>> = {
  open: key('o', ctrl),
  openDemo: (app) => void app.openDemo(),
  export: key('e', ctrlShift),
  undo: key('z', ctrl),
  redo: key('z', ctrlShift),
  selectFrom: key('['),
  selectTo: key(']'),
  selectNothing: key('Escape'),
  mute: key('m'),
  muteHere: key('m', { shiftKey: true }),
  solo: key('s'),
  waveform: key('w'),
  rename: key('F2'),
  trackAbove: key('ArrowUp'),
  trackBelow: key('ArrowDown'),
  moveUp: key('ArrowUp', alt),
  moveDown: key('ArrowDown', alt),
  play: key(' '),
  toStart: key('Home'),
  toEnd: key('End'),
  back: key('ArrowLeft'),
  forward: key('ArrowRight'),
  loop: key('l'),
  compare: key('a'),
  zoomIn: key('+'),
  zoomOut: key('-'),
  fit: key('0'),
  panel: key('p'),
  theme: ({ settings }) => settings.toggleTheme(),
  language: ({ settings }) => settings.toggleLanguage(),
  shortcuts: key('?'),
};

/** Does what a menu asks; behind an open dialog nothing happens. A field that is typed in keeps its own undo. */
export function runMenuCommand(app: AppController, command: PageCommand): void {
  const typing = document.activeElement?.matches('input:not([type]), input[type=text], input[type=number]');
  if (typing && (command === 'undo' || command === 'redo')) {
    // The menu has taken the key from the field; nothing else reaches a field's own history.
    document.execCommand(command);
    return;
  }
  if (app.dialog) return;
  const action = menuActions[command];
  if (typeof action === 'function') action(app);
  else findShortcut(action)?.run(app, app.song, action.shiftKey);
}
