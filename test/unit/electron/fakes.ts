import { EventEmitter } from 'node:events';
import type * as Electron from 'electron';
import { vi } from 'vitest';

/** The parts of Electron that the shell uses, as far as it uses them, checked against Electron's own types. */

type Handler = Parameters<Electron.IpcMain['handle']>[1];
type WillDownload = (
  event: object,
  item: Pick<Electron.DownloadItem, 'getFilename' | 'setSaveDialogOptions'>,
) => void;

export class FakeContents extends EventEmitter {
  openHandler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0] | undefined;
  readonly sent: unknown[][] = [];
  setWindowOpenHandler = ((handler) => (this.openHandler = handler)) satisfies (
    ...args: Parameters<Electron.WebContents['setWindowOpenHandler']>
  ) => unknown;
  startDrag = vi.fn<Electron.WebContents['startDrag']>();
  send(...args: Parameters<Electron.WebContents['send']>): void {
    this.sent.push(args);
  }
}

export class FakeWindow extends EventEmitter {
  static readonly made: FakeWindow[] = [];
  readonly webContents = new FakeContents();
  readonly progress: number[] = [];
  readonly addresses: string[] = [];
  focused = false;
  minimised = false;
  shown = false;
  bounds: Electron.Rectangle;

  constructor(readonly options: Electron.BrowserWindowConstructorOptions) {
    super();
    const { x = 0, y = 0, width = 0, height = 0 } = options;
    this.bounds = { x, y, width, height };
    FakeWindow.made.push(this);
  }
  getNormalBounds = (): Electron.Rectangle => this.bounds;
  isMaximized = (): boolean => false;
  isMinimized = (): boolean => this.minimised;
  isDestroyed = (): boolean => false;
  isFocused = (): boolean => this.focused;
  maximize(): void {
    this.emit('maximize');
  }
  restore(): void {
    this.minimised = false;
  }
  focus(): void {
    this.focused = true;
  }
  show(): void {
    this.shown = true;
  }
  setProgressBar(value: number): void {
    this.progress.push(value);
  }
  loadURL(address: string): Promise<void> {
    this.addresses.push(address);
    return Promise.resolve();
  }
}

export class FakeNotification extends EventEmitter {
  static readonly shown: Electron.NotificationConstructorOptions[] = [];
  static isSupported = (): boolean => true;
  constructor(private readonly options: Electron.NotificationConstructorOptions) {
    super();
  }
  show(): void {
    FakeNotification.shown.push(this.options);
  }
}

class FakeApp extends EventEmitter {
  locked = true;
  userData = '';
  isPackaged = true;
  isReady = (): boolean => true;
  whenReady = (): Promise<void> => Promise.resolve();
  getLocale = (): string => 'en-GB';
  getPath = (name: string): string => (name === 'userData' ? this.userData : `/home/somebody/${name}`);
  requestSingleInstanceLock = (): boolean => this.locked;
  quit = vi.fn<Electron.App['quit']>();
  setAppUserModelId = vi.fn<Electron.App['setAppUserModelId']>();
  addRecentDocument = vi.fn<Electron.App['addRecentDocument']>();
  clearRecentDocuments = vi.fn<Electron.App['clearRecentDocuments']>();
}

class FakeSession extends EventEmitter {
  request: Parameters<Electron.Session['setPermissionRequestHandler']>[0] = null;
  check: Parameters<Electron.Session['setPermissionCheckHandler']>[0] = null;
  device: Parameters<Electron.Session['setDevicePermissionHandler']>[0] = null;
  setPermissionRequestHandler = (handler: typeof this.request): void => void (this.request = handler);
  setPermissionCheckHandler = (handler: typeof this.check): void => void (this.check = handler);
  setDevicePermissionHandler = (handler: typeof this.device): void => void (this.device = handler);
  /** What a download would be given. */
  download(name: string): Electron.SaveDialogOptions {
    let given: Electron.SaveDialogOptions = {};
    const [listener] = this.listeners('will-download') as WillDownload[];
    listener({}, { getFilename: () => name, setSaveDialogOptions: (options) => (given = options) });
    return given;
  }
}

export const app = new FakeApp();
export const session = { defaultSession: new FakeSession() };

export const handlers = new Map<string, Handler>();
export const ipcMain = {
  handle: (channel, listener) => void handlers.set(channel, listener),
  removeHandler: (channel) => void handlers.delete(channel),
} satisfies Pick<Electron.IpcMain, 'handle' | 'removeHandler'>;

export const schemes = new Map<string, (request: Request) => Promise<Response> | Response>();
export const protocol = {
  registerSchemesAsPrivileged: vi.fn<Electron.Protocol['registerSchemesAsPrivileged']>(),
  handle: (scheme: string, handler: (request: Request) => Promise<Response> | Response) =>
    void schemes.set(scheme, handler),
  unhandle: (scheme: string) => void schemes.delete(scheme),
};

export const menus: Electron.MenuItemConstructorOptions[][] = [];
export const Menu = {
  buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => {
    menus.push(template);
    return {} as Electron.Menu;
  },
  setApplicationMenu: vi.fn<(typeof Electron.Menu)['setApplicationMenu']>(),
};

/** Says what it was made of. */
export const nativeImage = {
  createFromBitmap: (bitmap: Buffer, size: Electron.CreateFromBitmapOptions) =>
    ({ bytes: bitmap.length, ...size }) as unknown as Electron.NativeImage,
} satisfies Pick<typeof Electron.nativeImage, 'createFromBitmap'>;

export const dialog = {
  showOpenDialog: vi.fn<(...args: unknown[]) => Promise<Electron.OpenDialogReturnValue>>(),
  showMessageBox: vi.fn<(options: Electron.MessageBoxOptions) => Promise<Electron.MessageBoxReturnValue>>(),
};

export const net = { fetch: vi.fn<Electron.Net['fetch']>() } satisfies Pick<Electron.Net, 'fetch'>;

export const powerSaveBlocker = {
  start: vi.fn<Electron.PowerSaveBlocker['start']>(() => 7),
  stop: vi.fn<Electron.PowerSaveBlocker['stop']>(),
} satisfies Pick<Electron.PowerSaveBlocker, 'start' | 'stop'>;

const display = { id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } } as Electron.Display;
export const screen = {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
} satisfies Pick<Electron.Screen, 'getPrimaryDisplay' | 'getAllDisplays'>;

export const shell = {
  showItemInFolder: vi.fn<Electron.Shell['showItemInFolder']>(),
} satisfies Pick<Electron.Shell, 'showItemInFolder'>;

export const utilityProcess = { fork: vi.fn<(typeof Electron.utilityProcess)['fork']>() };

export const BrowserWindow = FakeWindow;
export const Notification = FakeNotification;

/** The frame of the app's own page, as a sender. */
export const ownFrame = {
  senderFrame: { origin: 'unbraid-app://app', parent: null },
} as Electron.IpcMainInvokeEvent;

/** All items of a menu bar with an action, with what is in submenus. */
export function itemsOf(
  template: Electron.MenuItemConstructorOptions[],
): Electron.MenuItemConstructorOptions[] {
  return template.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? itemsOf(item.submenu) : [])]);
}

/** Uses a menu item as a person does. */
export function click(item: Electron.MenuItemConstructorOptions | undefined): void {
  const action = item?.click as (() => void) | undefined;
  if (!action) throw new Error('There is no such menu item');
  action();
}
