import type { PageCommand } from '../../src-main/common/contract/host.js';
import type { AppController } from './app.svelte.js';
import { runShortcut, shortcuts, type Shortcut } from './shortcuts.js';

type Action = Shortcut['text'] | ((app: AppController) => unknown);

/** What each command of the menus does: most are a shortcut, so that menu and key can not differ. */
export const menuActions: Readonly<Record<PageCommand, Action>> = {
  open: 'shortcut.open',
  openDemo: (app) => void app.openDemo(),
  openProject: 'shortcut.openProject',
  save: 'shortcut.save',
  saveAs: 'shortcut.saveAs',
  export: 'shortcut.export',
  collect: (app) => app.song && (app.dialog = 'collect'),
  undo: 'shortcut.undo',
  redo: 'shortcut.redo',
  selectFrom: 'shortcut.selStart',
  selectTo: 'shortcut.selEnd',
  selectNothing: 'shortcut.selNone',
  mute: 'shortcut.mute',
  muteHere: 'shortcut.muteHere',
  solo: 'shortcut.solo',
  waveform: 'shortcut.view',
  rename: 'shortcut.rename',
  trackAbove: 'shortcut.up',
  trackBelow: 'shortcut.down',
  moveUp: 'shortcut.moveUp',
  moveDown: 'shortcut.moveDown',
  play: 'shortcut.play',
  toStart: 'shortcut.home',
  toEnd: 'shortcut.end',
  back: 'shortcut.back',
  forward: 'shortcut.forward',
  loop: 'shortcut.loop',
  compare: 'shortcut.ab',
  zoomIn: 'shortcut.zoomIn',
  zoomOut: 'shortcut.zoomOut',
  fit: 'shortcut.fit',
  panel: 'shortcut.panel',
  theme: ({ settings }) => settings.toggleTheme(),
  language: ({ settings }) => settings.toggleLanguage(),
  pageEditor: 'shortcut.page.editor',
  pageBatch: 'shortcut.page.batch',
  pageModels: 'shortcut.page.models',
  pageSettings: 'shortcut.page.settings',
  pageDiagnostics: 'shortcut.page.diagnostics',
  pageLab: 'shortcut.page.lab',
  palette: 'shortcut.palette',
  shortcuts: 'shortcut.help',
};

/** Does what a menu asks; behind an open dialog nothing happens. A field that is typed in keeps its own undo. */
export function runMenuCommand(app: AppController, command: PageCommand): void {
  const typing = document.activeElement?.matches('input:not([type]), input[type=text]');
  if (typing && (command === 'undo' || command === 'redo')) {
    // The menu has taken the key from the field; nothing else reaches a field's own history.
    document.execCommand(command);
    return;
  }
  if (app.dialog) return;
  const action = menuActions[command];
  if (typeof action === 'function') return void action(app);
  const shortcut = shortcuts.find(({ text }) => text === action);
  if (shortcut) runShortcut(app, shortcut);
}
