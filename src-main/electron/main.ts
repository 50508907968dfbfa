import {
  BrowserWindow,
  Menu,
  Notification,
  app,
  dialog,
  ipcMain,
  nativeImage,
  net,
  powerSaveBlocker,
  protocol,
  screen,
  session,
  shell as systemShell,
  utilityProcess,
} from 'electron';
import { schemeRegistration } from './app-scheme.js';
import { Shell } from './shell.js';

// The entry of the desktop program: the only file here that uses Electron itself; all else is handed its parts.
protocol.registerSchemesAsPrivileged([schemeRegistration]);

/** Runs the one instance that owns the files; a second start hands its arguments over and ends. */
function run(): void {
  const parts = {
    BrowserWindow,
    Menu,
    Notification,
    app,
    dialog,
    ipcMain,
    nativeImage,
    net,
    powerSaveBlocker,
    protocol,
    screen,
    session,
    shell: systemShell,
    utilityProcess,
  };
  const shell = new Shell(parts, {
    resources: process.resourcesPath,
    updater: async () => (await import('electron-updater')).autoUpdater,
  });
  // Sent before the app is ready when a file started it.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    shell.fileGiven(path);
  });
  app.on('second-instance', (_, argv, cwd) => shell.argumentsGiven(argv, cwd));
  app.on('activate', () => {
    if (app.isReady()) shell.activate();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  let ended = false;
  app.on('will-quit', (event) => {
    if (ended) return;
    event.preventDefault();
    void shell.dispose().finally(() => {
      ended = true;
      app.quit();
    });
  });
  shell.argumentsGiven(process.argv, process.cwd());
  void app.whenReady().then(() => shell.start());
}

app.setAppUserModelId('org.unbraid.Unbraid');
if (app.requestSingleInstanceLock()) run();
else app.quit();
