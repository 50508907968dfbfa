import { expect, test } from './support/host.js';
import type { Page } from '@playwright/test';
import { openDemo, openFile, openPanel, save, separate, trackSamples } from './support/page.js';
import { clicksAndChords } from './support/wav.js';

/** Moves a selection from the harmonic stem into the percussive one. */
async function moveSelection(page: Page, start: string, end: string): Promise<void> {
  for (const [label, value] of [
    ['Selection start', start],
    ['Selection end', end],
  ]) {
    await page.getByLabel(label).fill(value);
    await page.keyboard.press('Enter');
  }
  await openPanel(page, 'edits');
  const panel = page.getByRole('group', { name: 'Repair the stems' });
  await panel.getByLabel('From').selectOption('harmonic');
  await panel.getByLabel('To', { exact: true }).selectOption('percussive');
  const apply = panel.getByRole('button', { name: 'Apply to the selection' });
  await apply.click();
  await expect(panel.getByRole('listitem')).toHaveCount(1);
  await expect(apply).toBeEnabled();
}

test('a page that is loaded anew has its song again, stems and all', async ({ app }) => {
  await openFile(app, 'reloaded.wav', clicksAndChords(3));
  await separate(app);
  await app.reload();
  await expect(app.getByRole('region', { name: 'harmonic' })).toBeVisible();
  await expect(app.getByRole('region', { name: 'percussive' })).toBeVisible();
  await app.getByRole('button', { name: 'Play', exact: true }).click();
  await expect
    .poll(() => app.evaluate(() => window.__unbraid!.app.song.player.position))
    .toBeGreaterThan(1000);
});

test('a page whose goodbye is lost when it is loaded anew has its song again', async ({ app }) => {
  await openFile(app, 'lost-goodbye.wav', clicksAndChords(1));
  await app.evaluate(() => {
    window.fetch = () => new Promise(() => undefined);
  });
  await app.reload();
  await expect(app.getByText('lost-goodbye', { exact: false }).first()).toBeVisible();
  await expect(app.getByText('is open in another window')).toHaveCount(0);
  await expect(app.getByRole('button', { name: 'Separate', exact: true })).toBeVisible();
});

test('what was done to a song that was never saved is there after a reload, and can be undone', async ({
  app,
}) => {
  await openFile(app, 'unsaved.wav', clicksAndChords(3));
  await separate(app);
  const panel = app.getByRole('group', { name: 'Repair the stems' });
  const before = await trackSamples(app, 'harmonic', 44_100, 2000);
  await moveSelection(app, '0.5', '2.5');
  const edited = await trackSamples(app, 'harmonic', 44_100, 2000);
  expect(JSON.stringify(edited)).not.toBe(JSON.stringify(before));
  await app.getByRole('button', { name: /^Mute percussive/ }).click();
  await app.reload();
  await expect(panel.getByRole('listitem')).toHaveCount(1);
  await expect(app.getByRole('button', { name: /^Mute percussive/ })).toHaveAttribute('aria-pressed', 'true');
  expect(JSON.stringify(await trackSamples(app, 'harmonic', 44_100, 2000))).toBe(JSON.stringify(edited));
  await app.keyboard.press('Control+z');
  await app.keyboard.press('Control+z');
  await expect(panel.getByRole('listitem')).toHaveCount(0);
  await expect
    .poll(async () => JSON.stringify(await trackSamples(app, 'harmonic', 44_100, 2000)))
    .toBe(JSON.stringify(before));
});

test('a page that takes its song back has what the other one did, and a save keeps it', async ({
  app,
  context,
}) => {
  await openFile(app, 'shared work.wav', clicksAndChords(3));
  await separate(app);
  await save(app);
  await expect(app.getByText(/^Saved /)).toBeVisible();
  const session = await app.evaluate(() => window.__unbraid!.app.song.info.session);
  const other = await context.newPage();
  await other.addInitScript((id) => sessionStorage.setItem('unbraid-song', id), session);
  await other.goto(app.url());
  await other.getByRole('button', { name: 'Open it here' }).click();
  await expect(other.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await moveSelection(other, '0.5', '2.5');
  await other.getByRole('button', { name: /^Mute percussive/ }).click();
  const banner = app.getByRole('banner');
  await expect(banner.getByRole('status')).toHaveText('Open in another window: here you can only look');
  // What this page may not do is no step.
  const undo = banner.getByRole('button', { name: /^(Nothing to undo|Undo )/ });
  const offered = await undo.getAttribute('aria-label');
  await app.getByRole('button', { name: /^Solo percussive/ }).click();
  await app.getByRole('button', { name: 'Dismiss' }).click();
  await expect(app.getByRole('button', { name: /^Solo percussive/ })).toHaveAttribute(
    'aria-pressed',
    'false',
  );
  expect(await undo.getAttribute('aria-label')).toBe(offered);
  await banner.getByRole('button', { name: 'Work on it here' }).click();
  await expect(banner.getByRole('status')).toHaveText(/all changes kept/i);
  await openPanel(app, 'edits');
  const panel = app.getByRole('group', { name: 'Repair the stems' });
  await expect(panel.getByRole('listitem')).toHaveCount(1);
  await expect(app.getByRole('button', { name: /^Mute percussive/ })).toHaveAttribute('aria-pressed', 'true');
  await save(app);
  await app.reload();
  await expect(panel.getByRole('listitem')).toHaveCount(1);
  await other.close();
});

test('a separation goes on while its page is loaded anew', async ({ app }) => {
  await openDemo(app);
  await app.getByLabel('Model or method').selectOption('repet-sim');
  await app
    .getByRole('button', { name: /^Separate/ })
    .first()
    .click();
  await expect(app.getByRole('progressbar', { name: 'Separation progress' })).toBeVisible();
  await app.reload();
  await expect(app.getByRole('region', { name: 'vocals' })).toBeVisible({ timeout: 60_000 });
  await expect(app.getByRole('progressbar', { name: 'Separation progress' })).toHaveCount(0, {
    timeout: 60_000,
  });
  await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible();
});

test('two tabs separate two songs at the same time', async ({ app, context }) => {
  const other = await context.newPage();
  await other.goto(app.url());
  await openFile(app, 'one.wav', clicksAndChords(4));
  await openFile(other, 'two.wav', clicksAndChords(5));
  await Promise.all([separate(app), separate(other)]);
  for (const page of [app, other]) await expect(page.getByRole('region', { name: 'harmonic' })).toBeVisible();
  await other.close();
});

test('the page shows itself where there are no idle callbacks, as in Safari', async ({ app, context }) => {
  const page = await context.newPage();
  await page.addInitScript(() => {
    delete (window as Partial<Window>).requestIdleCallback;
  });
  await page.goto(app.url());
  await openFile(page, 'safari.wav', clicksAndChords(1));
  await page.close();
});
