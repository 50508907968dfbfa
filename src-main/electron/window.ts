import { basename, join } from 'node:path';
import type { BrowserWindow, BrowserWindowConstructorOptions, Session, WebContents } from 'electron';
import type { WindowState } from './window-state.js';

/** All a page may ask the system for: to put a bug report on the clipboard, and to name outputs for sound. */
const allowedPermissions: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'speaker-selection']);

/** The window's options: the page is sandboxed and isolated, and has no Node. */
export function windowOptions(
  { x, y, width, height }: WindowState,
  preload: string,
  developer: boolean,
): BrowserWindowConstructorOptions {
  return {
    x,
    y,
    width,
    height,
    minWidth: 760,
    minHeight: 480,
    title: 'Unbraid',
    // Shown when the first picture is there; until then the page's dark background.
    show: false,
    backgroundColor: '#15171b',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      devTools: developer,
    },
  };
}

/** The page stays where it is: it opens no windows, goes nowhere else and embeds nothing. */
export function guardContents(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

/** Refuses microphones, cameras, devices and whatever else a page could ask for. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_, permission, answer) => answer(allowedPermissions.has(permission)));
  session.setPermissionCheckHandler((_, permission) => allowedPermissions.has(permission));
  session.setDevicePermissionHandler(() => false);
}

/** Asks where to save what the page downloads, beginning in `folder`. */
export function askWhereToSave(session: Session, folder: string): void {
  session.on('will-download', (_, item) => {
    item.setSaveDialogOptions({ defaultPath: join(folder, basename(item.getFilename())) });
  });
}

/** The window's place as it is kept; of a maximised window the size it has otherwise. */
export function stateOf(window: BrowserWindow): WindowState {
  const { x, y, width, height } = window.getNormalBounds();
  return { x, y, width, height, maximised: window.isMaximized() };
}
