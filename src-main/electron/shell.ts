import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as Electron from 'electron';
import { Scope } from '../common/base/disposal.js';
import type { EngineEvent } from '../common/contract/commands.js';
import type { MenuState, PageCommand } from '../common/contract/host.js';
import { EngineApi } from '../node/api/engine-api.js';
import type { HostServices } from '../node/api/host-services.js';
import { builtPage, pageAddress, schemeHandler } from './app-scheme.js';
import { OpenedFiles, filesOfArguments } from './associations.js';
import { appScheme, eventChannel } from './channels.js';
import { Dialogs } from './dialogs.js';
import { dragFiles } from './drag-out.js';
import { systemIndicators } from './indicators.js';
import { serveIpc } from './ipc.js';
import { JobWatcher } from './job-watcher.js';
import { languageOf } from '../common/contract/languages.js';
import { shellTexts } from './menu-texts.js';
import { menuTemplate } from './menus.js';
import { Updates, packagedFeed, type UpdateOptions } from './updates.js';
import { utilitySpawner } from './utility-spawner.js';
import { askWhereToSave, guardContents, guardSession, stateOf, windowOptions } from './window.js';
import { WindowStateFile } from './window-state.js';

/** What the shell uses of Electron; `main.ts` gives the real thing. */
export type ElectronParts = Pick<
  typeof Electron,
  | 'app'
  | 'BrowserWindow'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'nativeImage'
  | 'Notification'
  | 'powerSaveBlocker'
  | 'protocol'
  | 'screen'
  | 'session'
  | 'shell'
  | 'utilityProcess'
> & { readonly net: Pick<typeof Electron.net, 'fetch'> };

export interface ShellOptions {
  /** The folder of the program's resources. */
  readonly resources: string;
  /** electron-updater, loaded when an update is looked for. */
  readonly updater: UpdateOptions['updater'];
}

const here = fileURLToPath(new URL('.', import.meta.url));

/** The desktop host: one window, one engine, and what the system shows of them. */
export class Shell {
  private readonly scope = new Scope();
  private readonly opened = new OpenedFiles(() => this.send({ host: 'opened' }));
  private readonly dialogs: Dialogs;
  private readonly engine: EngineApi;
  private window: Electron.BrowserWindow | undefined;
  private menu: MenuState;
  private readonly watcher: JobWatcher;
  private readonly updates: Updates | undefined;

  constructor(
    private readonly electron: ElectronParts,
    options: ShellOptions,
  ) {
    const { app, dialog, utilityProcess } = electron;
    this.menu = {
      language: languageOf(app.getLocale()),
      song: false,
      undo: null,
      redo: null,
    };
    this.dialogs = new Dialogs({ dialog, window: () => this.window, language: () => this.menu.language });
    this.engine = new EngineApi({
      host: this.services(),
      stateDir: app.getPath('userData'),
      spawner: utilitySpawner(utilityProcess.fork),
    });
    const indicators = systemIndicators({
      ...electron,
      window: () => this.window,
      texts: () => shellTexts[this.menu.language],
      focus: () => this.focus(),
    });
    this.watcher = new JobWatcher(
      indicators,
      () => this.window?.isFocused() ?? false,
      () => performance.now(),
    );
    const feed = packagedFeed(options.resources);
    this.updates =
      feed &&
      new Updates({
        ...{ feed, dialog, updater: options.updater, platform: process.platform, arch: process.arch },
        fetch: (url) => electron.net.fetch(url),
        idle: () => this.watcher.whenIdle(),
        texts: () => shellTexts[this.menu.language].updates,
        file: join(app.getPath('userData'), 'updates.json'),
      });
  }

  /** Serves the page and opens the window; call it when the app is ready. */
  start(): void {
    const { electron, engine } = this;
    guardSession(electron.session.defaultSession);
    askWhereToSave(electron.session.defaultSession, electron.app.getPath('music'));
    electron.protocol.handle(appScheme, schemeHandler(builtPage(here), engine.sessions));
    this.scope.defer(() => electron.protocol.unhandle(appScheme));
    const adopt = (paths: readonly string[]): ReturnType<typeof engine.files.adopt> =>
      engine.files.adopt(paths);
    this.scope.add(serveIpc({ ipcMain: electron.ipcMain, endpoints: engine.endpoints, adopt }));
    const unsubscribe = engine.client().subscribe((event) => {
      this.watcher.receive(event);
      this.send(event);
    });
    this.scope.defer(unsubscribe);
    this.showMenu();
    this.openWindow();
    void this.updates?.started();
  }

  /** Files named on a command line: the first one's, or a second start's. Brings the window to the front. */
  argumentsGiven(argv: readonly string[], cwd: string): void {
    this.opened.add(filesOfArguments(argv, cwd, this.electron.app.isPackaged ? 1 : 2));
    this.focus();
  }

  /** A file that the system's file manager opened with this program (macOS). */
  fileGiven(path: string): void {
    this.opened.add([path]);
    this.focus();
  }

  /** Makes the window again where all windows may be closed while the program runs (macOS). */
  activate(): void {
    if (this.window) this.focus();
    else this.openWindow();
  }

  /** Ends jobs, helper processes and temporary files. */
  async dispose(): Promise<void> {
    await this.scope.dispose();
    await this.engine.dispose();
  }

  private openWindow(): void {
    const { app, BrowserWindow, screen } = this.electron;
    const kept = new WindowStateFile(join(app.getPath('userData'), 'window.json'), () => {
      const primary = screen.getPrimaryDisplay();
      const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id);
      return [primary, ...others].map(({ workArea }) => workArea);
    });
    const state = kept.load();
    const preload = join(here, 'preload/preload.cjs');
    const window = new BrowserWindow(windowOptions(state, preload, !app.isPackaged));
    this.window = window;
    guardContents(window.webContents);
    if (state.maximised) window.maximize();
    window.once('ready-to-show', () => window.show());
    window.on('close', () => kept.save(stateOf(window)));
    window.on('closed', () => {
      this.window = undefined;
      this.menu = { ...this.menu, song: false, undo: null, redo: null };
      this.showMenu();
    });
    const query = app.isPackaged ? '' : (process.env['UNBRAID_PAGE_QUERY'] ?? '');
    void window.loadURL(pageAddress(query));
  }

  private services(): HostServices {
    const { app, nativeImage, shell } = this.electron;
    return {
      kind: 'electron',
      nativeDialogs: true,
      chooseFiles: () => this.dialogs.chooseFiles(),
      chooseFolder: () => this.dialogs.chooseFolder(),
      showInFolder: (path) => shell.showItemInFolder(path),
      dragFiles: (paths) => dragFiles({ nativeImage, contents: () => this.window?.webContents }, paths),
      takeOpened: () => this.opened.take(),
      menuState: (state) => {
        this.menu = state;
        this.showMenu();
      },
      recentChanged: () => {
        const [newest] = this.engine.recent.list();
        // The system's own list: the dock's and the taskbar's.
        if (newest) app.addRecentDocument(newest.path);
        else app.clearRecentDocuments();
        this.showMenu();
      },
    };
  }

  private showMenu(): void {
    const { app, Menu } = this.electron;
    const recent = this.engine.recent.list();
    const { updates } = this;
    const template = menuTemplate({
      state: this.menu,
      platform: process.platform,
      recent: recent.map(({ name }) => name),
      developer: !app.isPackaged,
      command: (command: PageCommand) => this.send({ host: 'menu', command }),
      openRecent: (index) => this.opened.add([recent[index].path]),
      clearRecent: () => void this.engine.client().forgetRecent({}),
      updates: updates && {
        atStart: updates.atStart,
        look: () => void updates.asked(),
        setAtStart: (on) => (updates.atStart = on),
      },
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }

  private focus(): void {
    if (this.window?.isMinimized()) this.window.restore();
    this.window?.focus();
  }

  private send(event: EngineEvent): void {
    if (this.window && !this.window.isDestroyed()) this.window.webContents.send(eventChannel, event);
  }
}
