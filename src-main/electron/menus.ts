import type { MenuItemConstructorOptions } from 'electron';
import type { MenuState, PageCommand } from '../common/contract/host.js';
import { shellTexts } from './menu-texts.js';

/** Keys as Electron writes them; those without Ctrl or Command are shown only, the page listens to them itself. */
const accelerators: Partial<Readonly<Record<PageCommand, string>>> = {
  open: 'CmdOrCtrl+O',
  openProject: 'CmdOrCtrl+Shift+O',
  save: 'CmdOrCtrl+S',
  saveAs: 'CmdOrCtrl+Shift+S',
  export: 'CmdOrCtrl+Shift+E',
  undo: 'CmdOrCtrl+Z',
  redo: 'CmdOrCtrl+Shift+Z',
  selectFrom: '[',
  selectTo: ']',
  selectNothing: 'CmdOrCtrl+Shift+A',
  mute: 'U',
  muteHere: 'Shift+M',
  solo: 'S',
  waveform: 'W',
  rename: 'F2',
  trackAbove: 'Up',
  trackBelow: 'Down',
  moveUp: 'Alt+Up',
  moveDown: 'Alt+Down',
  play: 'Space',
  toStart: 'Home',
  toEnd: 'End',
  back: 'Left',
  forward: 'Right',
  loop: 'L',
  compare: 'A',
  zoomIn: 'Plus',
  zoomOut: '-',
  fit: '0',
  panel: 'P',
  pageEditor: '1',
  pageBatch: '2',
  pageModels: '3',
  pageSettings: '4',
  pageDiagnostics: '5',
  pageLab: '6',
  palette: 'CmdOrCtrl+K',
  shortcuts: '?',
};

/** What needs no open song. */
const always: ReadonlySet<PageCommand> = new Set([
  'open',
  'openDemo',
  'openProject',
  'panel',
  'theme',
  'language',
  'pageEditor',
  'pageBatch',
  'pageModels',
  'pageSettings',
  'pageDiagnostics',
  'pageLab',
  'palette',
  'shortcuts',
]);

export interface MenuContext {
  readonly state: MenuState;
  readonly platform: NodeJS.Platform;
  /** Names of recent files, the newest first; they are chosen by their place in the list. */
  readonly recent: readonly string[];
  readonly developer: boolean;
  command(command: PageCommand): void;
  openRecent(index: number): void;
  clearRecent(): void;
  /** Where this program can be updated: whether it looks at each start. */
  readonly updates?: { readonly atStart: boolean; look(): void; setAtStart(on: boolean): void } | undefined;
}

type Items = MenuItemConstructorOptions[];
const line: MenuItemConstructorOptions = { type: 'separator' };

/** The menu bar, as a template. Every command of the page is in it once. */
export function menuTemplate(context: MenuContext): Items {
  const { state, platform } = context;
  const mac = platform === 'darwin';
  const { menus } = shellTexts[state.language];
  const items = (...commands: PageCommand[]): Items => commands.map((command) => item(context, command));
  const tracks = [
    ...items('mute', 'muteHere', 'solo'),
    line,
    ...items('waveform', 'rename'),
    line,
    ...items('trackAbove', 'trackBelow', 'moveUp', 'moveDown'),
  ];
  const view = items('zoomIn', 'zoomOut', 'fit');
  const pages = items('pageEditor', 'pageBatch', 'pageModels', 'pageSettings', 'pageDiagnostics', 'pageLab');
  view.push(line, ...pages, line, ...items('panel', 'theme', 'language'));
  view.push(line, { role: 'togglefullscreen' });
  if (context.developer) view.push({ role: 'toggleDevTools' });
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    {
      label: menus.file,
      submenu: [
        ...items('open'),
        { label: menus.recent, submenu: recentItems(context) },
        ...items('openDemo', 'openProject'),
        line,
        ...items('save', 'saveAs', 'export', 'collect'),
        line,
        { role: mac ? 'close' : 'quit' },
      ],
    },
    {
      label: menus.edit,
      submenu: [
        ...items('undo', 'redo'),
        line,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
        line,
        ...items('selectFrom', 'selectTo', 'selectNothing'),
      ],
    },
    { label: menus.tracks, submenu: tracks },
    {
      label: menus.playback,
      submenu: items('play', 'toStart', 'toEnd', 'back', 'forward', 'loop', 'compare'),
    },
    { label: menus.view, submenu: view },
    ...(mac ? [{ role: 'windowMenu' } as const] : []),
    { label: menus.help, role: 'help', submenu: [...items('palette', 'shortcuts'), ...updateItems(context)] },
  ];
}

function updateItems({ state, updates }: MenuContext): Items {
  if (!updates) return [];
  const texts = shellTexts[state.language].updates;
  return [
    line,
    { label: texts.now, click: () => updates.look() },
    {
      label: texts.atStart,
      type: 'checkbox',
      checked: updates.atStart,
      click: ({ checked }) => updates.setAtStart(checked),
    },
  ];
}

function item(context: MenuContext, command: PageCommand): MenuItemConstructorOptions {
  const { state, platform } = context;
  const accelerator = accelerators[command];
  const typed = accelerator !== undefined && !accelerator.startsWith('CmdOrCtrl+');
  // On macOS a menu takes its keys before the page does, so letters would be lost to text fields.
  const shown = typed && platform === 'darwin' ? undefined : accelerator;
  return {
    id: command,
    label: label(state, command),
    enabled: enabled(state, command),
    ...(shown !== undefined && { accelerator: shown }),
    ...(typed && { registerAccelerator: false }),
    click: () => context.command(command),
  };
}

/** Undo and redo carry the name of their step. */
function label(state: MenuState, command: PageCommand): string {
  const text = shellTexts[state.language].commands[command];
  const step = command === 'undo' || command === 'redo' ? state[command] : null;
  return step === null ? text : `${text}: ${step}`;
}

function enabled(state: MenuState, command: PageCommand): boolean {
  if (command === 'undo' || command === 'redo') return state[command] !== null;
  return state.song || always.has(command);
}

function recentItems(context: MenuContext): Items {
  const { menus } = shellTexts[context.state.language];
  if (context.recent.length === 0) return [{ label: menus.noRecent, enabled: false }];
  // An ampersand would mark a letter as the item's key.
  const files = context.recent.map((name, index) => ({
    label: name.replaceAll('&', '&&'),
    click: () => context.openRecent(index),
  }));
  return [...files, line, { label: menus.clearRecent, click: () => context.clearRecent() }];
}
