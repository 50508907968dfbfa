import { expect, test } from './support/host.js';
import { openDemo, openFile, separate } from './support/page.js';
import { clicksAndChords } from './support/wav.js';

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
