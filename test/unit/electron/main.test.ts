import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Electron from 'electron';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CommandAnswer } from '../../../src-main/common/contract/bridge.js';
import { eventChannel, invokeChannel } from '../../../src-main/electron/channels.js';
import * as fakes from './fakes.js';

vi.mock('electron', () => fakes);

const folder = mkdtempSync(join(tmpdir(), 'unbraid-shell-test-'));
const song = join(folder, 'song.wav');
const argv = process.argv;

const ask = (command: string, args: unknown = {}): Promise<CommandAnswer> =>
  Promise.resolve(fakes.handlers.get(invokeChannel)!(fakes.ownFrame, { kind: 'command', command, args }));
const value = async (command: string, args: unknown = {}): Promise<unknown> => {
  const answer = await ask(command, args);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
};
const opened = async (): Promise<string[]> =>
  ((await value('takeOpened')) as { files: { name: string }[] }).files.map(({ name }) => name);
const page = (): fakes.FakeWindow => fakes.FakeWindow.made.at(-1)!;

beforeAll(async () => {
  writeFileSync(song, 'not really audio');
  mkdirSync(join(folder, 'empty'));
  fakes.app.userData = join(folder, 'data');
  process.argv = ['unbraid', '--flag', song];
  Object.assign(process, { resourcesPath: folder });
  await import('../../../src-main/electron/main.js');
  await vi.waitFor(() => expect(fakes.FakeWindow.made.length).toBe(1));
});
afterAll(() => {
  process.argv = argv;
  rmSync(folder, { recursive: true, force: true });
});

describe('the shell', () => {
  it('registers its scheme before anything else, and serves the page from it', () => {
    const [[scheme]] = fakes.protocol.registerSchemesAsPrivileged.mock.calls[0];
    expect(scheme.scheme).toBe('unbraid-app');
    expect(scheme.privileges).toMatchObject({
      standard: true,
      secure: true,
      stream: true,
      supportFetchAPI: true,
    });
    expect(scheme.privileges?.bypassCSP).toBeUndefined();
    expect(page().addresses).toEqual(['unbraid-app://app/']);
    expect([...fakes.schemes.keys()]).toEqual(['unbraid-app']);
  });

  it('sandboxes the page, and lets it go nowhere', () => {
    expect(page().options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      devTools: false,
      preload: expect.stringMatching(/preload\.cjs$/) as unknown,
    });
    const { webContents } = page();
    expect(webContents.openHandler?.({} as never)).toEqual({ action: 'deny' });
    for (const event of ['will-navigate', 'will-redirect', 'will-attach-webview']) {
      const preventDefault = vi.fn<() => void>();
      webContents.emit(event, { preventDefault });
      expect([event, preventDefault.mock.calls.length]).toEqual([event, 1]);
    }
  });

  it('refuses every permission but the clipboard for a report and the choice of an output', () => {
    const { request, check, device } = fakes.session.defaultSession;
    const asked = (permission: string): boolean => {
      let answer: boolean | undefined;
      request!({} as never, permission as never, (granted) => (answer = granted), {} as never);
      expect(check!(null, permission as never, '', {} as never)).toBe(answer);
      return answer!;
    };
    expect(['media', 'geolocation', 'notifications', 'openExternal', 'clipboard-read'].map(asked)).toEqual(
      Array(5).fill(false),
    );
    expect(['clipboard-sanitized-write', 'speaker-selection'].map(asked)).toEqual([true, true]);
    expect(device!({} as never)).toBe(false);
  });

  it('asks where to save a download, by its name alone', () => {
    const given = fakes.session.defaultSession.download('../../etc/vocals.wav');
    expect(given.defaultPath).toBe('/home/somebody/music/vocals.wav');
  });

  it('gives the files of its command line once, under handles', async () => {
    expect(await opened()).toEqual(['song.wav']);
    expect(await opened()).toEqual([]);
  });

  it('a second start hands its files over, tells the page, and brings the window up', async () => {
    page().minimised = true;
    page().focused = false;
    fakes.app.emit('second-instance', {}, ['unbraid', 'song.wav', '--other'], folder);
    expect([page().minimised, page().focused]).toEqual([false, true]);
    expect(page().webContents.sent.at(-1)).toEqual([eventChannel, { host: 'opened' }]);
    expect(await opened()).toEqual(['song.wav']);
  });

  it('opens what the file manager names', async () => {
    const preventDefault = vi.fn<() => void>();
    fakes.app.emit('open-file', { preventDefault }, song);
    expect(preventDefault).toHaveBeenCalledTimes(1);
    expect(await opened()).toEqual(['song.wav']);
  });

  it('chooses by the system’s dialogs; no path reaches the page', async () => {
    fakes.dialog.showOpenDialog.mockResolvedValueOnce({ canceled: false, filePaths: [song] });
    const chosen = await value('chooseSource');
    expect(chosen).toEqual({
      files: [{ handle: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown, name: 'song.wav' }],
    });
    expect(fakes.dialog.showOpenDialog.mock.calls[0][0]).toBe(page());
    fakes.dialog.showOpenDialog.mockResolvedValueOnce({ canceled: true, filePaths: [] });
    expect(await value('chooseSource')).toEqual({ files: [] });
    fakes.dialog.showOpenDialog.mockResolvedValueOnce({ canceled: false, filePaths: [folder] });
    const { folder: got } = (await value('chooseFolder')) as { folder: { handle: string } };
    await value('showInFolder', { handle: got.handle });
    expect(fakes.shell.showItemInFolder.mock.calls).toEqual([[folder]]);
    expect(await value('hostInfo')).toMatchObject({ kind: 'electron', nativeDialogs: true });
  });

  it('menus ask the page, and show what it says of itself', async () => {
    const find = (id: string): Electron.MenuItemConstructorOptions | undefined =>
      fakes.itemsOf(fakes.menus.at(-1)!).find((item) => item.id === id);
    fakes.click(find('openDemo'));
    expect(page().webContents.sent.at(-1)).toEqual([eventChannel, { host: 'menu', command: 'openDemo' }]);
    expect(find('undo')?.enabled).toBe(false);
    await value('menuState', { language: 'de', song: true, undo: 'Bass lauter', redo: null });
    expect(find('undo')).toMatchObject({ enabled: true, label: 'Rückgängig: Bass lauter' });
  });

  it('leaves only where there is one instance; disposes the engine before it ends', async () => {
    fakes.app.emit('window-all-closed');
    expect(fakes.app.quit).toHaveBeenCalledTimes(process.platform === 'darwin' ? 0 : 1);
    fakes.app.quit.mockClear();
    const preventDefault = vi.fn<() => void>();
    fakes.app.emit('will-quit', { preventDefault });
    await vi.waitFor(() => expect(fakes.app.quit).toHaveBeenCalledTimes(1));
    expect([fakes.handlers.size, fakes.schemes.size]).toEqual([0, 0]);
    fakes.app.emit('will-quit', { preventDefault });
    expect(preventDefault).toHaveBeenCalledTimes(1);
    // Another instance holds the lock: this one ends without a window.
    fakes.app.quit.mockClear();
    fakes.app.locked = false;
    vi.resetModules();
    await import('../../../src-main/electron/main.js');
    expect(fakes.app.quit).toHaveBeenCalledTimes(1);
    expect(fakes.FakeWindow.made.length).toBe(1);
  });
});
