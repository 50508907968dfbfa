import { fileURLToPath } from 'node:url';
import { expect, test } from './support/host.js';
import { openFile } from './support/page.js';
import { sine } from './support/wav.js';

const picture = (name: string): string =>
  fileURLToPath(new URL(`../../out/.playwright-screens/${name}.png`, import.meta.url));

test('three models are heard blind, never with the song, and only while their song is shown', async ({
  app,
}) => {
  test.setTimeout(120_000);
  await openFile(app, 'song.wav', sine(440, 4));
  const play = app.getByRole('button', { name: 'Play', exact: true });
  await play.click();
  await app.keyboard.press('3');
  const panel = app.getByRole('region', { name: 'Compare models' });
  for (const name of ['HPSS', 'Centre', 'Unbraid fast']) {
    await panel.getByRole('checkbox', { name, exact: true }).check();
  }
  await panel.getByLabel(/^Blind/).check();
  await panel.getByRole('button', { name: 'Compare', exact: true }).click();
  const progress = panel.getByRole('progressbar', { name: 'Progress of the trial' });
  await expect(progress).toBeVisible();
  // All models together: what is done is never taken back when the next one begins.
  const seen: number[] = [];
  const results = panel.getByRole('group', { name: 'Results' });
  await expect
    .poll(
      async () => {
        const value = await progress
          .evaluate((bar: HTMLProgressElement) => bar.value, null, { timeout: 500 })
          .catch(() => null);
        if (value !== null) seen.push(value);
        return (await results.count()) > 0;
      },
      { timeout: 60_000, intervals: [50] },
    )
    .toBe(true);
  expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  for (const name of ['HPSS', 'Centre', 'Unbraid fast']) await expect(results).not.toContainText(name);
  await results.getByLabel('Stems').selectOption('percussive');
  const rows = ['A', 'B', 'C'].map((name) => results.getByRole('button', { name: `Hear ${name}` }));
  const able = await Promise.all(rows.map((row) => row.isEnabled()));
  expect(able.filter(Boolean)).toHaveLength(1);
  await expect(results.getByText('It does not make percussive.')).toHaveCount(2);
  await app.screenshot({ path: picture('trial-blind-1440') });
  const row = rows[able.indexOf(true)];
  // The song goes on while other pages are shown, and ends when something of the trial is heard.
  await app.getByRole('button', { name: 'Editor', exact: true }).click();
  await play.click();
  await expect(app.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  await app.keyboard.press('3');
  await row.click();
  await expect(row).toHaveAttribute('aria-pressed', 'true');
  await app.getByRole('button', { name: 'Editor', exact: true }).click();
  await expect(play).toBeVisible();
  await app.keyboard.press('3');
  await results.getByRole('button', { name: 'Show the names' }).click();
  await expect(results.getByRole('button', { name: 'Hear HPSS' })).toBeEnabled();
  // Another song has other results.
  await openFile(app, 'other.wav', sine(550, 2));
  await app.keyboard.press('3');
  await expect(panel.getByRole('button', { name: 'Compare', exact: true })).toBeEnabled();
  await expect(results).toHaveCount(0);
});

test('a trial is cancelled, and a sound that did not come is asked for again', async ({ app }) => {
  await openFile(app, 'song.wav', sine(440, 4));
  await app.keyboard.press('3');
  const panel = app.getByRole('region', { name: 'Compare models' });
  for (const name of ['HPSS', 'Unbraid blend']) {
    await panel.getByRole('checkbox', { name, exact: true }).check();
  }
  const compare = panel.getByRole('button', { name: 'Compare', exact: true });
  await compare.click();
  await panel.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(compare).toBeEnabled();
  await expect(app.getByRole('alert')).toHaveCount(0);
  await panel.getByRole('checkbox', { name: 'Unbraid blend', exact: true }).uncheck();
  await compare.click();
  const results = panel.getByRole('group', { name: 'Results' });
  await expect(results).toBeVisible({ timeout: 60_000 });
  const row = results.getByRole('button', { name: 'Hear HPSS' });
  await app.route('**/download/**', (route) => route.fulfill({ status: 410, body: '' }));
  await row.click();
  await expect(app.getByRole('alert')).toContainText('This sound is not there any more');
  await expect(row).toHaveAttribute('aria-pressed', 'false');
  await app.unrouteAll();
  await row.click();
  await expect(row).toHaveAttribute('aria-pressed', 'true');
});
