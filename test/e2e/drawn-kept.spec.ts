import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import type { KeptDrawn } from '../../src-main/common/contract/drawn.js';
import { expect, test } from './support/host.js';
import { killHost, startHost } from './support/killable-host.js';
import { drag, tools } from './support/lanes.js';
import { asNewTab, openFile, save } from './support/page.js';
import { clicksAndChords } from './support/wav.js';

// D26: what is drawn, and the steps that drew it, belong to the project: they outlive the tab and the host.
const kept = (app: Page): Promise<void> =>
  expect(app.getByRole('banner').getByRole('status')).toHaveText(/^(All changes kept|Saved )/);
const mask = (app: Page): Promise<readonly number[]> =>
  tools(app, ({ view }) => [...view.painted.mask.encode()]);
const undo = (app: Page, name: string): ReturnType<Page['getByRole']> =>
  app.getByRole('button', { name: new RegExp(`^Undo ${name}`) });

/** Selects in time and frequency, mutes, paints twice, draws a lasso and takes that back; what is painted then. */
async function draw(app: Page): Promise<readonly number[]> {
  await drag(app, 'source', [0.3, 0.3], [0.6, 0.6], true);
  await app.getByRole('button', { name: /^Mute Source/i }).click();
  await app.keyboard.press('b');
  await drag(app, 'source', [0.1, 0.5], [0.2, 0.5]);
  await drag(app, 'source', [0.6, 0.2], [0.8, 0.4]);
  const painted = await mask(app);
  await app.keyboard.press('l');
  await drag(app, 'source', [0.3, 0.7], [0.5, 0.9]);
  await app.keyboard.press('Control+z');
  expect(await mask(app)).toEqual(painted);
  await kept(app);
  return painted;
}

async function openSong(app: Page, name: string): Promise<void> {
  await app.getByRole('button', { name, exact: true }).first().click();
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
}

/** All of it is there, and goes back and forth by undo and redo, until nothing is left to undo. */
async function allThere(app: Page, painted: readonly number[]): Promise<void> {
  expect(await mask(app)).toEqual(painted);
  expect(await tools(app, ({ view }) => view.selectedBand)).not.toBeNull();
  await app.keyboard.press('Control+Shift+z');
  expect(await mask(app)).not.toEqual(painted);
  await app.keyboard.press('Control+z');
  expect(await mask(app)).toEqual(painted);
  for (const name of ['Paint', 'Paint', 'Mute Source', 'Select']) {
    await expect(undo(app, name)).toBeEnabled();
    await app.keyboard.press('Control+z');
  }
  await expect(app.getByRole('button', { name: 'Nothing to undo' })).toBeDisabled();
  expect(await tools(app, ({ view }) => [view.selection, view.painted.mask.empty])).toEqual([null, true]);
  for (let i = 0; i < 4; i++) await app.keyboard.press('Control+Shift+z');
  expect(await mask(app)).toEqual(painted);
  await kept(app);
}

test('what was drawn outlives a closed page, another song, and a name', async ({
  app,
  context,
  electron,
}) => {
  await openFile(app, 'drawn.wav', clicksAndChords(3));
  const painted = await draw(app);
  await openFile(app, 'other.wav', clicksAndChords(1));
  expect(await tools(app, ({ view }) => view.painted.mask.empty)).toBe(true);
  await app.getByRole('button', { name: 'All projects' }).click();
  await openSong(app, 'drawn');
  await allThere(app, painted);
  await save(app);
  await kept(app);
  test.skip(electron !== null, 'The desktop window has one page.');
  const address = app.url();
  await app.close();
  const page = await context.newPage();
  await page.goto(address);
  await openSong(page, 'drawn');
  await allThere(page, painted);
  await page.close();
});

test('what did not reach the host before a reload is sent after it', async ({ app, electron }) => {
  test.skip(electron !== null, 'What the desktop window sends cannot be stopped.');
  await openFile(app, 'unsent.wav', clicksAndChords(3));
  await app.keyboard.press('b');
  await drag(app, 'source', [0.1, 0.2], [0.2, 0.2]);
  await kept(app);
  await app.route('**/api/keepDrawn', (route) => route.abort());
  await drag(app, 'source', [0.5, 0.2], [0.6, 0.2]);
  const painted = await mask(app);
  await expect(app.getByRole('banner').getByRole('status')).toHaveText(/^Not kept/);
  app.on('dialog', (dialog) => void dialog.accept());
  await app.reload();
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await app.unroute('**/api/keepDrawn');
  await kept(app);
  await asNewTab(app);
  await openSong(app, 'unsent');
  expect(await mask(app)).toEqual(painted);
});

test('of two tabs, the one that takes the song over has what was drawn, and the first gets what was drawn since', async ({
  app,
  context,
  electron,
}) => {
  test.skip(electron !== null, 'The desktop window has one page.');
  await openFile(app, 'two tabs.wav', clicksAndChords(3));
  const painted = await draw(app);
  const other = await context.newPage();
  await other.goto(app.url());
  await openSongElsewhere(other, 'two tabs');
  expect(await mask(other)).toEqual(painted);
  await other.keyboard.press('b');
  await drag(other, 'source', [0.8, 0.8], [0.9, 0.8]);
  const more = await mask(other);
  expect(more).not.toEqual(painted);
  await kept(other);
  // What is drawn where one only looks is not kept.
  await app.keyboard.press('b');
  await drag(app, 'source', [0.2, 0.8], [0.3, 0.8]);
  await app.getByRole('banner').getByRole('button', { name: 'Work on it here' }).click();
  // Meanwhile there is no song.
  await expect(async () => expect(await mask(app)).toEqual(more)).toPass();
  await expect(undo(app, 'Paint')).toBeEnabled();
  await app.keyboard.press('Control+z');
  expect(await mask(app)).toEqual(painted);
  await other.close();
});

/** Opens a song that another page has, and takes it over. */
async function openSongElsewhere(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).first().click();
  await page.getByRole('button', { name: 'Open it here' }).click();
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
}

async function newPage(browser: Browser, address: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${address}&debug`);
  const skip = page.getByRole('button', { name: 'Skip' });
  if (await skip.isVisible()) await skip.click();
  return page;
}

test('what was drawn outlives a host that is killed, in a tab that knows nothing of it', async ({
  browser,
  electron,
}) => {
  test.skip(electron !== null, 'The desktop window is its own host.');
  const state = mkdtempSync(join(tmpdir(), 'unbraid-drawn-'));
  let host = await startHost(state);
  try {
    const page = await newPage(browser, host.address);
    await openFile(page, 'survives.wav', clicksAndChords(3));
    const painted = await draw(page);
    await killHost(host.child);
    await page.close();
    host = await startHost(state);
    const again = await newPage(browser, host.address);
    await openSong(again, 'survives');
    await allThere(again, painted);
    await again.close();
  } finally {
    await killHost(host.child);
    rmSync(state, { recursive: true, force: true });
  }
});

/** Paints noise, which does not pack: `seconds` from the start on; 30 of them are 2.6 MB. */
async function paintNoise(app: Page, seconds: number): Promise<readonly number[]> {
  await app.evaluate(`window.__unbraid.app.song.view.painted.change((painted) => {
    const mask = painted.clone();
    mask.update({ start: 0, end: ${seconds * 43}, low: 0, high: 2048 }, () => Math.random());
    return mask;
  })`);
  return maskDigest(app);
}

/** All values of the mask, as their hash: there are millions. */
const maskDigest = (app: Page): Promise<readonly number[]> =>
  app.evaluate(`crypto.subtle
    .digest('SHA-256', window.__unbraid.app.song.view.painted.mask.encode())
    .then((bytes) => [...new Uint8Array(bytes)])`);

test('a large mask outlives a reload, a closed tab and another name, with every step; two songs do not mix', async ({
  app,
  context,
  electron,
}) => {
  test.skip(electron !== null, 'The desktop window has one page.');
  await openFile(app, 'noise.wav', clicksAndChords(30));
  await drag(app, 'source', [0.1, 0.3], [0.2, 0.6], true);
  const first = await paintNoise(app, 30);
  await kept(app);
  await app.keyboard.press('b');
  await drag(app, 'source', [0.3, 0.4], [0.4, 0.4]);
  const painted = await maskDigest(app);
  expect(painted).not.toEqual(first);
  await kept(app);
  // A stroke costs what it changes, not the whole mask again.
  const stroke = await app.evaluate(() => {
    const { drawn } = JSON.parse(sessionStorage.getItem('unbraid-drawn-steps')!) as { drawn: KeptDrawn };
    return drawn.masks[drawn.states[drawn.now].mask!];
  });
  expect(Object.keys(stroke)).toEqual(['blob', 'patch']);
  const other = await context.newPage();
  await other.goto(app.url());
  await openFile(other, 'other noise.wav', clicksAndChords(20));
  const otherPainted = await paintNoise(other, 20);
  await kept(other);
  await app.reload();
  await other.reload();
  const there = async (page: Page): Promise<void> => {
    await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
    expect(await maskDigest(page)).toEqual(painted);
    await page.keyboard.press('Control+z');
    expect(await maskDigest(page)).toEqual(first);
    await page.keyboard.press('Control+Shift+z');
    expect(await maskDigest(page)).toEqual(painted);
    await kept(page);
  };
  await there(app);
  await expect(other.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  expect(await maskDigest(other)).toEqual(otherPainted);
  await asNewTab(app);
  await openSong(app, 'noise');
  await there(app);
  await save(app);
  await kept(app);
  await asNewTab(app);
  await openSong(app, 'noise');
  await there(app);
  await other.close();
});

test('what is painted and large is said to be lost only while the host cannot be reached', async ({
  app,
  electron,
}) => {
  test.skip(electron !== null, 'What the desktop window sends cannot be stopped.');
  await openFile(app, 'unsent noise.wav', clicksAndChords(30));
  const asks = (): Promise<boolean> =>
    app.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })));
  await app.route('**/mask?**', (route) => route.abort());
  const painted = await paintNoise(app, 30);
  await expect(app.getByRole('banner').getByRole('status')).toHaveText(/^Not kept/);
  expect(await asks()).toBe(true);
  await app.unroute('**/mask?**');
  // The host answers again, and has it by itself.
  await kept(app);
  expect(await asks()).toBe(false);
  await app.reload();
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  expect(await maskDigest(app)).toEqual(painted);
});

test('what is damaged of it is said once after a reload too, unless the tab still has it', async ({
  browser,
  electron,
}) => {
  test.skip(electron !== null, 'The desktop window has its own state.');
  const state = mkdtempSync(join(tmpdir(), 'unbraid-drawn-'));
  const host = await startHost(state);
  try {
    const page = await newPage(browser, host.address);
    await openFile(page, 'damaged.wav', clicksAndChords(3));
    const painted = await draw(page);
    const songs = join(state, 'songs');
    const [song] = readdirSync(songs).filter((name) => existsSync(join(songs, name, 'drawn.json')));
    const path = join(songs, song, 'drawn.json');
    const damage = (): void => {
      const drawn = JSON.parse(readFileSync(path, 'utf8')) as object;
      writeFileSync(path, JSON.stringify({ ...drawn, now: 999 }));
    };
    const card = page.getByText('drawn.damaged.json');
    damage();
    await page.reload();
    await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
    expect(await mask(page)).toEqual(painted);
    await kept(page);
    await expect(card).toHaveCount(0);
    damage();
    await page.evaluate(() => sessionStorage.removeItem('unbraid-drawn-steps'));
    await page.reload();
    await expect(card).toBeVisible();
    await expect(page.getByText('Not everything could be restored')).toBeVisible();
    expect(await tools(page, ({ view }) => view.painted.mask.empty)).toBe(true);
    await expect(undo(page, 'Paint')).toBeEnabled();
    await kept(page);
    await page.reload();
    await expect(undo(page, 'Paint')).toBeEnabled();
    await expect(card).toHaveCount(0);
    await page.close();
  } finally {
    await killHost(host.child);
    rmSync(state, { recursive: true, force: true });
  }
});
