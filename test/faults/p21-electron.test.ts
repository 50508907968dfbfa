import { readFileSync } from 'node:fs';
import type * as Electron from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { schemeHandler, schemeRegistration } from '../../src-main/electron/app-scheme.js';
import { appOrigin } from '../../src-main/electron/channels.js';
import { guardContents, guardSession, windowOptions } from '../../src-main/electron/window.js';
import { securityHeaders } from '../../src-main/node/api/page-policy.js';
import type { SessionsApi } from '../../src-main/node/api/sessions-api.js';
import { testFolder } from '../cli/support/run.js';
import { FakeContents } from '../unit/electron/fakes.js';

type Permission =
  | Parameters<Parameters<Electron.Session['setPermissionRequestHandler']>[0] & {}>[1]
  | Parameters<Parameters<Electron.Session['setPermissionCheckHandler']>[0] & {}>[1];

/** Every permission that Electron knows; one that a newer Electron adds is a compile error here. */
const permissions: Readonly<Record<Permission, boolean>> = {
  ...{ 'clipboard-sanitized-write': true, 'speaker-selection': true },
  ...{ 'local-network': false, 'local-network-access': false, 'loopback-network': false },
  ...{ ar: false, 'automatic-fullscreen': false, 'background-fetch': false, 'background-sync': false },
  ...{ 'captured-surface-control': false, 'clipboard-read': false, 'deprecated-sync-clipboard-read': false },
  ...{ 'display-capture': false, fileSystem: false, fullscreen: false, geolocation: false },
  ...{ 'geolocation-approximate': false, 'hand-tracking': false, hid: false, 'idle-detection': false },
  ...{ keyboardLock: false, 'local-fonts': false, media: false, mediaKeySystem: false, midi: false },
  ...{ midiSysex: false, nfc: false, notifications: false, openExternal: false, 'payment-handler': false },
  ...{ 'periodic-background-sync': false, 'persistent-storage': false, pointerLock: false },
  ...{ 'screen-wake-lock': false, sensors: false, serial: false, 'smart-card': false },
  ...{ 'storage-access': false, 'system-wake-lock': false, 'top-level-storage-access': false, usb: false },
  ...{ vr: false, 'web-app-installation': false, 'web-printing': false, 'window-management': false },
  unknown: false,
};

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const options = (developer = false): Electron.WebPreferences =>
  windowOptions({ x: 0, y: 0, width: 1, height: 1, maximised: false }, '/x/preload.cjs', developer)
    .webPreferences!;
const policy = securityHeaders()['Content-Security-Policy'];

describe('P21 Electron’s security checklist', () => {
  it('1 loads only secure content: the page has its own scheme', () => {
    expect(appOrigin).toBe('unbraid-app://app');
    expect(schemeRegistration.privileges).toMatchObject({ standard: true, secure: true });
    expect(policy).not.toMatch(/http:|https:|ws:|wss:|\*/);
  });

  it('2 Node is not enabled for the page', () => {
    expect(options()).toMatchObject({ nodeIntegration: false });
    expect([options().nodeIntegrationInWorker, options().nodeIntegrationInSubFrames]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('3 context isolation is on', () => expect(options().contextIsolation).toBe(true));

  it('4 the page’s process is sandboxed', () => {
    expect(options().sandbox).toBe(true);
    expect(read('src-main/electron/main.ts')).not.toContain('no-sandbox');
  });

  it.each(Object.entries(permissions))('5 the permission %s is answered with %s', (permission, allowed) => {
    let [request, check, device]: unknown[] = [];
    guardSession({
      setPermissionRequestHandler: (handler: unknown) => (request = handler),
      setPermissionCheckHandler: (handler: unknown) => (check = handler),
      setDevicePermissionHandler: (handler: unknown) => (device = handler),
    } as unknown as Electron.Session);
    let answer: boolean | undefined;
    (request as (...args: unknown[]) => void)(null, permission, (granted: boolean) => (answer = granted));
    expect(answer).toBe(allowed);
    expect((check as (...args: unknown[]) => boolean)(null, permission)).toBe(allowed);
    expect((device as () => boolean)()).toBe(false);
  });

  it('5 the page’s own fetches need no permission: they stay in its scheme', async () => {
    const page = testFolder();
    const { writeFileSync } = await import('node:fs');
    writeFileSync(`${page}/index.html`, '<title>page</title>');
    const handle = schemeHandler(page, {} as SessionsApi);
    const answer = await handle(new Request(`${appOrigin}/index.html`));
    expect([answer.status, await answer.text()]).toEqual([200, '<title>page</title>']);
    expect(answer.headers.get('content-security-policy')).toContain("connect-src 'self';");
    for (const other of ['unbraid-app://other/index.html', 'http://127.0.0.1:1/index.html'])
      expect((await handle(new Request(other))).status).toBe(404);
  });

  it('6 web security is on', () => expect(options().webSecurity).not.toBe(false));

  it('7 the content security policy lets in the page’s own files only', () => {
    const rules = Object.fromEntries(
      policy.split('; ').map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1)]),
    );
    expect(rules).toMatchObject({
      'default-src': ["'self'"],
      'script-src': ["'self'", "'wasm-unsafe-eval'"],
      'connect-src': ["'self'"],
      'object-src': ["'none'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
    });
  });

  it('8 insecure content is not allowed', () =>
    expect(options().allowRunningInsecureContent).toBeUndefined());

  it('9 experimental features are off', () => expect(options().experimentalFeatures).toBeUndefined());

  it('10 Blink features are not switched on', () => expect(options().enableBlinkFeatures).toBeUndefined());

  it('11, 12 there are no webviews', () => {
    expect(options().webviewTag).toBe(false);
    const contents = new FakeContents();
    guardContents(contents as unknown as Electron.WebContents);
    const preventDefault = vi.fn<() => void>();
    contents.emit('will-attach-webview', { preventDefault });
    expect(preventDefault).toHaveBeenCalledTimes(1);
  });

  it('13, 14 the page goes nowhere and opens nothing', () => {
    const contents = new FakeContents();
    guardContents(contents as unknown as Electron.WebContents);
    for (const event of ['will-navigate', 'will-redirect']) {
      const preventDefault = vi.fn<() => void>();
      contents.emit(event, { preventDefault });
      expect([event, preventDefault.mock.calls.length]).toEqual([event, 1]);
    }
    expect(contents.openHandler!({ url: 'https://example.com' } as never)).toEqual({ action: 'deny' });
  });

  it('15 nothing that a page says is opened by the system', () => {
    for (const file of ['shell.ts', 'window.ts', 'menus.ts', 'dialogs.ts', 'ipc.ts', 'main.ts'])
      expect(read(`src-main/electron/${file}`)).not.toContain('openExternal');
  });

  it('16 Electron is of a version that is supported', () => {
    const { version } = JSON.parse(read('node_modules/electron/package.json')) as { version: string };
    expect(Number(version.split('.')[0])).toBeGreaterThanOrEqual(44);
  });

  it('17 every message’s sender is checked: one channel, one place', () => {
    // What it refuses is P22’s.
    const ipc = read('src-main/electron/ipc.ts');
    expect(ipc.match(/ipcMain\.(handle|on)\(/g)).toEqual(['ipcMain.handle(']);
    expect(ipc.indexOf('checkSender(event)')).toBeLessThan(ipc.indexOf('requestSchema.safeParse'));
    for (const file of ['shell.ts', 'window.ts', 'menus.ts', 'dialogs.ts', 'main.ts'])
      expect(read(`src-main/electron/${file}`)).not.toMatch(/ipcMain\.(handle|on)\(/);
  });

  it('18 (fuses) the program runs its own archive only, and is no Node', () => {
    const builder = read('electron-builder.yml');
    for (const fuse of [
      'runAsNode: false',
      'onlyLoadAppFromAsar: true',
      'enableNodeOptionsEnvironmentVariable: false',
    ])
      expect(builder).toContain(fuse);
  });

  it('developer tools are for developers', () => {
    expect([options().devTools, options(true).devTools]).toEqual([false, true]);
  });
});
