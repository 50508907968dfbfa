import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { killHost, startHost } from './support/killable-host.js';
import { drag } from './support/lanes.js';
import { asNewTab, openFile, openPanel, separate, trackSamples } from './support/page.js';
import { clicksAndChords } from './support/wav.js';

const status = (app: Page): ReturnType<Page['getByText']> => app.getByRole('banner').getByRole('status');
const mute = (app: Page): ReturnType<Page['getByRole']> =>
  app.getByRole('button', { name: /^Mute harmonic/ });
const row = (app: Page, name: string): ReturnType<Page['getByRole']> =>
  app.getByRole('listitem').filter({ has: app.getByRole('button', { name, exact: true }) });

async function openRow(app: Page, name: string): Promise<void> {
  await app.getByRole('button', { name, exact: true }).first().click();
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
}

test('a song that nobody saved is kept when another is opened, and is listed with its stems', async ({
  app,
}) => {
  await openFile(app, 'first one.wav', clicksAndChords(3));
  await separate(app);
  await mute(app).click();
  await expect(status(app)).toHaveText('All changes kept');
  const samples = JSON.stringify(await trackSamples(app, 'harmonic', 44_100, 2000));
  await openFile(app, 'second one.wav', clicksAndChords(2));
  await app.getByRole('button', { name: 'All projects' }).click();
  const entry = row(app, 'first one');
  await expect(entry).toContainText('0:03 · harmonic, percussive · not saved under a name');
  await expect(entry.locator('svg path').first()).toBeVisible();
  // As the system of this browser writes it: day before month, 24 hours.
  await expect(entry.getByRole('time')).toHaveText(/^\d{1,2} [A-Z][a-z]{2,3} \d{4}, \d{2}:\d{2}$/);
  await openRow(app, 'first one');
  await expect(mute(app)).toHaveAttribute('aria-pressed', 'true');
  expect(JSON.stringify(await trackSamples(app, 'harmonic', 44_100, 2000))).toBe(samples);
  await app.getByRole('button', { name: 'Undo Mute harmonic' }).click();
  await expect(mute(app)).toHaveAttribute('aria-pressed', 'false');
});

test('a closed tab loses nothing: a new one lists the song and opens it as it was', async ({ app }) => {
  await openFile(app, 'tab.wav', clicksAndChords(3));
  await separate(app);
  await mute(app).click();
  await expect(status(app)).toHaveText('All changes kept');
  await asNewTab(app);
  await openRow(app, 'tab');
  await expect(mute(app)).toHaveAttribute('aria-pressed', 'true');
});

test('a window that takes over a song that was never saved has its steps too', async ({ app, context }) => {
  await openFile(app, 'never saved.wav', clicksAndChords(3));
  await separate(app);
  await mute(app).click();
  await expect(status(app)).toHaveText('All changes kept');
  const session = await app.evaluate(() => window.__unbraid!.app.song.info.session);
  const other = await context.newPage();
  await other.addInitScript((id) => sessionStorage.setItem('unbraid-song', id), session);
  await other.goto(app.url());
  await other.getByRole('button', { name: 'Open it here' }).click();
  await expect(mute(other)).toHaveAttribute('aria-pressed', 'true');
  await expect(other.getByRole('button', { name: 'Undo Mute harmonic' })).toBeEnabled();
  await other.close();
});

test('a separation goes on while another song is open, and its stems are kept', async ({ app }) => {
  await openFile(app, 'long one.wav', clicksAndChords(25));
  await app.getByLabel('Model or method').selectOption('repet-sim');
  await app.getByRole('button', { name: 'Separate', exact: true }).click();
  await expect(app.getByRole('progressbar', { name: 'Separation progress' })).toBeVisible();
  await openFile(app, 'meanwhile.wav', clicksAndChords(1));
  await app.getByRole('button', { name: 'All projects' }).click();
  await expect(async () => {
    await asNewTab(app);
    await expect(row(app, 'long one')).toContainText('accompaniment', { timeout: 500 });
  }).toPass({ timeout: 90_000 });
});

test('projects are renamed and deleted in the list, after a question', async ({ app }) => {
  await openFile(app, 'draft name.wav', clicksAndChords(1));
  await expect(status(app)).toHaveText('All changes kept');
  await app.getByRole('button', { name: 'All projects' }).click();
  await app.getByRole('button', { name: 'Rename draft name' }).click();
  await app.getByRole('textbox', { name: 'New name' }).fill('Final mix');
  await app.keyboard.press('Enter');
  await expect(row(app, 'Final mix')).not.toContainText('not saved under a name');
  await openRow(app, 'Final mix');
  await expect(app.getByRole('banner')).toContainText('Final mix');
  await app.getByRole('button', { name: 'All projects' }).click();
  await app.getByRole('button', { name: 'Delete Final mix' }).click();
  await app.getByRole('button', { name: 'Keep it' }).click();
  await expect(row(app, 'Final mix')).toHaveCount(1);
  await app.getByRole('button', { name: 'Delete Final mix' }).click();
  await app.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(row(app, 'Final mix')).toHaveCount(0);
});

test('the header says what is not kept and why; only then leaving is asked about', async ({ app }) => {
  await openFile(app, 'truth.wav', clicksAndChords(1));
  await expect(status(app)).toHaveText('All changes kept');
  const full = { code: 'disk-full', message: 'The disk is full' };
  await app.route('**/api/{appendJournal,saveProject}', (route) =>
    route.fulfill({ json: { ok: false, error: full } }),
  );
  await app.getByRole('button', { name: /^Mute Source/i }).click();
  await expect(status(app)).toHaveText('Not kept: The disk is full');
  const asked = app.waitForEvent('dialog');
  // Not by Playwright, which would wait for the new page that never comes.
  await app.evaluate(() => void setTimeout(() => location.reload()));
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  // Nor is the song left for another one without a question.
  await app.getByRole('button', { name: 'All projects' }).click();
  await expect(app.getByText('could not be kept, and would be lost')).toBeVisible();
  await app.unroute('**/api/{appendJournal,saveProject}');
  await app.getByRole('banner').getByRole('button', { name: 'Try again' }).click();
  await expect(status(app)).toHaveText('All changes kept');
  let questions = 0;
  app.on('dialog', (one) => (questions++, void one.accept()));
  await app.reload();
  await expect(app.getByRole('button', { name: /^Mute Source/i })).toHaveAttribute('aria-pressed', 'true');
  expect(questions).toBe(0);
});

test('leaving during a separation is not asked about: what the program adds by itself is added again', async ({
  app,
}) => {
  await openFile(app, 'leave.wav', clicksAndChords(60));
  await expect(status(app)).toHaveText('All changes kept');
  await app.route('**/api/appendJournal', () => undefined);
  await app.getByLabel('Model or method').selectOption('repet-sim');
  await app.getByRole('button', { name: 'Separate', exact: true }).click();
  await expect(app.locator('[data-lane=vocals]')).toBeVisible();
  let questions = 0;
  app.on('dialog', (one) => (questions++, void one.accept()));
  await app.reload();
  await expect(app.getByRole('progressbar', { name: 'Separation progress' })).toBeVisible();
  expect(questions).toBe(0);
  // What a person does there is asked about, as long as it is not kept.
  await app.locator('[data-lane=vocals] .mute').click();
  await app.reload();
  await expect(app.getByRole('banner')).toContainText('leave');
  expect(questions).toBe(1);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('a host that was killed and started again has the song, with what was done meanwhile; another one says no', async ({
  browser,
  electron,
}) => {
  test.skip(electron !== null, 'The desktop window is its own host.');
  const state = mkdtempSync(join(tmpdir(), 'unbraid-kept-'));
  const port = await freePort();
  const page = await (await browser.newContext()).newPage();
  const first = await startHost(state, port);
  const { address } = first;
  let { child } = first;
  try {
    await page.goto(`${address}&debug`);
    await openFile(page, 'survivor.wav', clicksAndChords(2));
    await separate(page);
    await mute(page).click();
    await expect(status(page)).toHaveText('All changes kept');
    await killHost(child);
    await expect(page.getByRole('alert').filter({ hasText: `--port ${port}` })).toBeVisible();
    await page.getByRole('button', { name: /^Solo percussive/ }).click();
    await expect(status(page)).toContainText('Not kept');
    ({ child } = await startHost(state, port));
    await expect(status(page)).toHaveText('All changes kept', { timeout: 40_000 });
    await expect(mute(page)).toHaveAttribute('aria-pressed', 'true');
    await expect(page.getByRole('button', { name: /^Solo percussive/ })).toHaveAttribute(
      'aria-pressed',
      'true',
    );
    await expect(page.getByRole('button', { name: 'Undo Solo percussive' })).toBeEnabled();
    await page.reload();
    await expect(mute(page)).toHaveAttribute('aria-pressed', 'true');

    await killHost(child);
    const foreign = mkdtempSync(join(tmpdir(), 'unbraid-kept-other-'));
    ({ child } = await startHost(foreign, port));
    await expect(page.getByText('no longer knows this page')).toBeVisible({ timeout: 40_000 });
    rmSync(foreign, { recursive: true, force: true });
  } finally {
    await killHost(child);
    rmSync(state, { recursive: true, force: true });
  }
});

test('an edit that is made while the host is down is done when it is back, and says so until then', async ({
  browser,
  electron,
}) => {
  test.skip(electron !== null, 'The desktop window is its own host.');
  const state = mkdtempSync(join(tmpdir(), 'unbraid-kept-edit-'));
  const port = await freePort();
  const page = await (await browser.newContext()).newPage();
  const first = await startHost(state, port);
  let { child } = first;
  try {
    await page.goto(`${first.address}&debug`);
    await openFile(page, 'cut.wav', clicksAndChords(2));
    await separate(page);
    await expect(status(page)).toHaveText('All changes kept');
    const before = JSON.stringify(await trackSamples(page, 'percussive', 44_100, 2000));
    await killHost(child);
    await drag(page, 'percussive', [0.2, 0.2], [0.9, 0.9]);
    await page.keyboard.press('Delete');
    await expect(status(page)).toContainText('Not kept');
    await expect(page.getByRole('button', { name: /^Undo Remove from percussive/ })).toBeEnabled();
    const selected = '(({ start, end }) => [start, end])(window.__unbraid.app.song.view.selection)';
    const selection = await page.evaluate(selected);
    ({ child } = await startHost(state, port));
    await expect(status(page)).toHaveText('All changes kept', { timeout: 40_000 });
    await expect(page.getByRole('button', { name: /^Undo Remove from percussive/ })).toBeEnabled();
    expect(await page.evaluate(selected)).toEqual(selection);
    await openPanel(page, 'edits');
    const panel = page.getByRole('group', { name: 'Repair the stems' });
    await expect(panel.getByRole('listitem')).toHaveCount(1);
    await expect(async () => {
      expect(JSON.stringify(await trackSamples(page, 'percussive', 44_100, 2000))).not.toBe(before);
    }).toPass({ timeout: 20_000 });
  } finally {
    await killHost(child);
    rmSync(state, { recursive: true, force: true });
  }
});

test('the same file opened again is the song as it was left, unless one starts again', async ({ app }) => {
  await openFile(app, 'again.wav', clicksAndChords(2));
  await expect(app).toHaveTitle('again – Unbraid');
  await separate(app);
  await mute(app).click();
  await expect(status(app)).toHaveText('All changes kept');
  await app.getByRole('button', { name: 'All projects' }).click();
  await expect(app).toHaveTitle('Unbraid');
  await openFile(app, 'again.wav', clicksAndChords(2));
  await expect(mute(app)).toHaveAttribute('aria-pressed', 'true');
  // The notice goes by itself.
  const notice = app.getByText('This song was opened before: here is what you made of it.');
  await expect(notice).toBeVisible();
  await expect(notice).toHaveCount(0);
  // Also from itself.
  await openFile(app, 'again.wav', clicksAndChords(2));
  await expect(mute(app)).toHaveAttribute('aria-pressed', 'true');
  await app.getByRole('button', { name: 'Start again from the file' }).click();
  await expect(app.getByRole('button', { name: 'Separate', exact: true })).toBeVisible();
  await expect(mute(app)).toHaveCount(0);
  await app.getByRole('button', { name: 'All projects' }).click();
  await expect(row(app, 'again')).toHaveCount(2);
});

test('a selection in a stem is there again in its lane, with its frequencies', async ({ app }) => {
  await openFile(app, 'lane.wav', clicksAndChords(3));
  await separate(app);
  await expect(status(app)).toHaveText('All changes kept');
  await drag(app, 'percussive', [0.3, 0.3], [0.6, 0.6], true);
  const shown = (): Promise<unknown> =>
    app.evaluate(
      '(({ current, view }) => JSON.stringify([current.id, view.selection, view.selectedBand]))(window.__unbraid.app.song)',
    );
  const before = await shown();
  expect(before).toContain('"percussive"');
  expect(before).toContain('"low"');
  await app.reload();
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await expect.poll(shown).toBe(before);
});

test('what is selected and painted is there again after a reload', async ({ app }) => {
  await openFile(app, 'drawn.wav', clicksAndChords(3));
  await expect(status(app)).toHaveText('All changes kept');
  const fields = ['Selection start', 'Selection end'].map((name) => app.getByLabel(name, { exact: true }));
  const band = app.getByLabel('Selection from frequency, Hz');
  const shown = async (): Promise<string[]> =>
    Promise.all([...fields, band].map((field) => field.inputValue()));
  await drag(app, 'source', [0.3, 0.3], [0.6, 0.6], true);
  await expect(band).not.toHaveValue('');
  const before = await shown();
  await app.keyboard.press('b');
  await drag(app, 'source', [0.1, 0.5], [0.2, 0.5]);
  const painted = (): Promise<unknown> =>
    app.evaluate('JSON.stringify(window.__unbraid.app.song.view.painted.area)');
  await expect.poll(painted).not.toBe('null');
  const area = await painted();
  await app.reload();
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await expect.poll(shown).toEqual(before);
  expect(await painted()).toBe(area);
  await expect(app.locator('canvas[data-painted=source]')).toBeVisible();
  // Restoring it is not a step: those that drew it are.
  for (const step of ['Undo Paint', 'Undo Select']) await app.getByRole('button', { name: step }).click();
  await expect(app.getByRole('button', { name: 'Nothing to undo' })).toBeDisabled();
  await expect(band).toHaveValue('');
});

test('what is seen of a song, and what a selection’s first button does, is the same after a reload', async ({
  app,
}) => {
  await openFile(app, 'seen.wav', clicksAndChords(4));
  await separate(app);
  await drag(app, 'percussive', [0.3, 0.3], [0.6, 0.6], true);
  await app.keyboard.press('Delete');
  await openPanel(app, 'edits');
  const edits = app.getByRole('group', { name: 'Repair the stems' }).getByRole('listitem');
  await expect(edits).toHaveCount(1);
  await openPanel(app, 'view');
  const length = app.getByLabel('Window length');
  await length.selectOption('reassigned');
  const shown = app.getByRole('checkbox', { name: /^Show edits/ });
  await shown.check();
  await app.keyboard.press('Shift+C');
  const view = '(({ song, settings: s }) => [song.view.span, song.view.band, song.verbs.last, s.scale])';
  const seen = (): Promise<unknown> => app.evaluate(`${view}(window.__unbraid.app)`);
  await app.evaluate('void window.__unbraid.app.song.view.zoom(4)');
  await app.evaluate('void window.__unbraid.app.song.view.showBand(100, 4000)');
  await openPanel(app, 'edits');
  const before = await seen();
  await app.reload();
  await expect(app.getByRole('tab', { name: 'Edits' })).toHaveAttribute('aria-selected', 'true');
  await expect(edits).toHaveCount(1);
  await openPanel(app, 'view');
  await expect.poll(seen).toEqual(before);
  await expect(length).toHaveValue('reassigned');
  await expect(shown).toBeChecked();
  await expect(app.getByRole('region', { name: 'Spectrum at the pointer' })).toBeVisible();
  // Another tab begins as always.
  await asNewTab(app);
  await openRow(app, 'seen');
  await expect(app.getByRole('tab', { name: 'Separate' })).toHaveAttribute('aria-selected', 'true');
  await openPanel(app, 'view');
  await expect(length).toHaveValue('2048');
  await expect(shown).not.toBeChecked();
});
