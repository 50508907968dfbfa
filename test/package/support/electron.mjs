// What the packed main process sees in place of Electron when it runs under Node: as little as it uses.
import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';

const port = new URL('../../unit/electron/utility-port.mjs', import.meta.url).href;
const quiet = () => undefined;

/** What the test looks at and drives. */
export const seen = { handlers: new Map(), schemes: new Map(), windows: [], sent: [], quit: false };

class Contents extends EventEmitter {
  setWindowOpenHandler = quiet;
  send = (channel, event) => void seen.sent.push(event);
}

export class BrowserWindow extends EventEmitter {
  webContents = new Contents();
  constructor(options) {
    super();
    seen.windows.push({ options, window: this });
  }
  loadURL = async (address) => void (seen.windows.at(-1).address = address);
  getNormalBounds = () => ({ x: 0, y: 0, width: 1, height: 1 });
  isMaximized = () => false;
  isMinimized = () => false;
  isDestroyed = () => false;
  isFocused = () => true;
  setProgressBar = quiet;
  focus = quiet;
  show = quiet;
}

class App extends EventEmitter {
  isPackaged = true;
  isReady = () => true;
  whenReady = async () => undefined;
  getLocale = () => 'en';
  getPath = () => process.env.UNBRAID_STATE;
  requestSingleInstanceLock = () => true;
  setAppUserModelId = quiet;
  addRecentDocument = quiet;
  clearRecentDocuments = quiet;
  quit = () => {
    let stopped = false;
    this.emit('will-quit', { preventDefault: () => (stopped = true) });
    if (!stopped) seen.quit = true;
  };
}

export const app = new App();
export const ipcMain = {
  handle: (channel, handler) => void seen.handlers.set(channel, handler),
  removeHandler: (channel) => void seen.handlers.delete(channel),
};
export const protocol = {
  registerSchemesAsPrivileged: quiet,
  handle: (scheme, handler) => void seen.schemes.set(scheme, handler),
  unhandle: (scheme) => void seen.schemes.delete(scheme),
};
export const session = {
  defaultSession: Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: quiet,
    setPermissionCheckHandler: quiet,
    setDevicePermissionHandler: quiet,
  }),
};
export const Menu = { buildFromTemplate: (template) => template, setApplicationMenu: quiet };
export class Notification extends EventEmitter {
  static isSupported = () => false;
}
export const dialog = {};
export const net = {};
export const shell = {};
export const powerSaveBlocker = { start: () => 1, stop: quiet };
export const nativeImage = { createFromBitmap: (bitmap, size) => ({ bitmap, size }) };
const display = { id: 1, workArea: { x: 0, y: 0, width: 1440, height: 900 } };
export const screen = { getPrimaryDisplay: () => display, getAllDisplays: () => [display] };
export const utilityProcess = {
  fork(path, args, { env }) {
    const child = fork(path, args, {
      execArgv: ['--import', port],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env,
    });
    const side = Object.assign(new EventEmitter(), {
      ...{ pid: child.pid, stderr: child.stderr, kill: () => child.kill('SIGKILL') },
      postMessage: (message) => void child.send(message),
    });
    child.on('message', (message) => side.emit('message', message));
    child.on('exit', (code) => side.emit('exit', code ?? 1));
    return side;
  },
};
