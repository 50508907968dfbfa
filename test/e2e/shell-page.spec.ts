import type { Page } from '@playwright/test';
import { pageCommands } from '../../src-main/common/contract/host.js';
import { expect, test } from './support/host.js';
import { asNewTab, openDemo, separate } from './support/page.js';

/** What the bridge that plays the desktop shell shows to the test. */
interface FakeShell {
  readonly menuStates: Record<string, unknown>[];
  readonly saved: unknown[];
  emit(event: unknown): void;
  /** What the next dialog and the next `takeOpened` answer. */
  files: unknown[];
}
declare global {
  interface Window {
    fakeShell: FakeShell;
  }
}

/** The page as in a desktop window: a bridge that answers the shell's commands and hands the rest to the host. */
async function inShell(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const listeners = new Set<(event: unknown) => void>();
    const own: Record<string, (args: Record<string, unknown>) => unknown> = {
      hostInfo: () => ({ kind: 'electron', version: '0', nativeDialogs: true }),
      menuState: (state) => (window.fakeShell.menuStates.push(state), null),
      chooseSource: () => ({ files: window.fakeShell.files.splice(0) }),
      takeOpened: () => ({ files: window.fakeShell.files.splice(0) }),
      chooseFolder: () => ({ folder: { handle: 'f'.repeat(32), name: 'Stems' } }),
      saveDownloads: ({ downloads }) => (
        window.fakeShell.saved.push(downloads),
        { files: [{ handle: 'e'.repeat(32), name: 'a.wav' }] }
      ),
      dragDownloads: ({ downloads }) => (window.fakeShell.saved.push(downloads), null),
      showInFolder: ({ handle }) => (window.fakeShell.saved.push(handle), null),
    };
    const invoke = async (command: string, args: Record<string, unknown>): Promise<unknown> => {
      if (own[command]) return { ok: true, value: own[command](args) };
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`/api/${command}`, { method: 'POST', headers, body: JSON.stringify(args) })).json();
    };
    Object.assign(window, {
      fakeShell: {
        menuStates: [],
        saved: [],
        files: [],
        emit: (event: unknown) => listeners.forEach((listener) => listener(event)),
      },
      unbraidShell: {
        invoke,
        subscribe: (listener: (event: unknown) => void) => {
          const events = new WebSocket(new URL('/events', location.href).href.replace('http', 'ws'));
          events.onmessage = ({ data }) => listener(JSON.parse(String(data)));
          listeners.add(listener);
          return () => (events.close(), listeners.delete(listener));
        },
        adopt: () => Promise.resolve({ ok: true, value: { files: window.fakeShell.files.splice(0) } }),
      },
    });
  });
  await page.reload();
}

const emit = (app: Page, event: unknown): Promise<void> =>
  app.evaluate((event) => window.fakeShell.emit(event), event);
const menu = (app: Page, command: string): Promise<void> => emit(app, { host: 'menu', command });
const menuState = (app: Page): Promise<unknown> => app.evaluate(() => window.fakeShell.menuStates.at(-1));

test('the recent list opens a song, and forgets it', async ({ app }) => {
  await openDemo(app);
  await asNewTab(app);
  const recent = app.getByRole('region', { name: 'Recent files' });
  await recent.getByRole('button', { name: 'Sodium (demo).ogg', exact: true }).click();
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await asNewTab(app);
  await recent.getByRole('button', { name: 'Remove Sodium (demo).ogg from the list' }).click();
  await expect(recent).toHaveCount(0);
});

test('in a desktop window menus act like keys, and show the state of the page', async ({ app }) => {
  await inShell(app);
  await expect.poll(() => menuState(app)).toEqual({ language: 'en', song: false, undo: null, redo: null });
  await menu(app, 'openDemo');
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await separate(app);
  await menu(app, 'trackBelow');
  await menu(app, 'mute');
  const mute = app.getByRole('button', { name: 'Mute harmonic', exact: true });
  await expect(mute).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(() => menuState(app)).toMatchObject({ song: true, undo: 'Mute harmonic', redo: null });
  await menu(app, 'undo');
  await expect(mute).toHaveAttribute('aria-pressed', 'false');
  await expect.poll(() => menuState(app)).toMatchObject({ undo: null, redo: 'Mute harmonic' });
  await menu(app, 'shortcuts');
  await expect(app.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await menu(app, 'mute');
  await app.keyboard.press('Escape');
  await expect(mute).toHaveAttribute('aria-pressed', 'false');
  await menu(app, 'collect');
  await expect(app.getByLabel('Whole project (one zip)')).toBeChecked();
  await app.keyboard.press('Escape');
  // None fails, whatever it does; the fixture watches for errors.
  for (const command of pageCommands.filter((name) => name !== 'open' && name !== 'openDemo')) {
    await menu(app, command);
    await app.keyboard.press('Escape');
  }
  await menu(app, 'theme');
  await expect.poll(() => menuState(app)).toMatchObject({ language: 'de' });
});

test('in a desktop window files are opened where they lie, and exports go into a folder', async ({ app }) => {
  await openDemo(app);
  await inShell(app);
  // Two songs from outside: the page asks which. The handle is the host's own, from its recent list.
  await app.evaluate(async () => {
    const body = (await (await fetch('/api/recentFiles', { method: 'POST', body: '{}' })).json()) as {
      value: { files: { handle: string; name: string }[] };
    };
    const [file] = body.value.files;
    window.fakeShell.files.push({ handle: '0'.repeat(32), name: 'other.wav' }, file);
    window.fakeShell.emit({ host: 'opened' });
  });
  await app.getByRole('dialog', { name: 'Which song?' }).getByRole('button', { name: 'Sodium' }).click();
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await separate(app);
  await app.keyboard.press('Control+Shift+E');
  const dialog = app.getByRole('dialog', { name: 'Export' });
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await dialog.getByRole('button', { name: 'Save all to a folder…' }).click();
  await expect(dialog.getByRole('status')).toHaveText('Saved');
  await dialog.getByRole('button', { name: 'Show the files' }).click();
  await expect.poll(() => app.evaluate(() => window.fakeShell.saved.length)).toBe(2);
  const [downloads, shown] = await app.evaluate(() => window.fakeShell.saved);
  // Two stems, and the sidecar that proves them.
  expect(downloads).toHaveLength(3);
  expect(shown).toBe('e'.repeat(32));
  // With a folder chosen before, they go there as soon as they are finished.
  await dialog.getByRole('button', { name: 'Choose a folder…' }).click();
  await expect(dialog.getByText('Destination: Stems')).toBeVisible();
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByRole('status')).toHaveCount(0);
  await expect(dialog.getByRole('status')).toHaveText('Saved', { timeout: 60_000 });
  expect(await app.evaluate(() => window.fakeShell.saved.length)).toBe(3);
  // A row that is dragged is the shell's from then on.
  const prevented = await dialog
    .getByRole('listitem')
    .filter({ has: app.getByRole('link', { name: /\[harmonic\]/ }) })
    .evaluate(
      (item) =>
        !item.dispatchEvent(
          new DragEvent('dragstart', { cancelable: true, dataTransfer: new DataTransfer() }),
        ),
    );
  expect(prevented).toBe(true);
  const [, , all, one] = (await app.evaluate(() => window.fakeShell.saved)) as string[][];
  expect([all.length, one.length, all.includes(one[0])]).toEqual([3, 1, true]);
  await app.keyboard.press('Escape');
  // A handle the host does not know ends in a card, and the song stays open.
  await app.evaluate(() => window.fakeShell.files.push({ handle: '0'.repeat(32), name: 'lost.wav' }));
  await app.keyboard.press('Control+O');
  await expect(app.getByRole('alert')).toContainText('This file is not known here any more');
});
