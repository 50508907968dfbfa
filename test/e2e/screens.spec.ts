import { fileURLToPath } from 'node:url';
import { expect, test } from './support/host.js';
import { lanePicture, openDemo } from './support/page.js';

/**
 * The reference pictures are replaced only when asked for: `SCREENS=1 npm run test:e2e -- screens`. With 256 colours they are a
 * third as large: `ffmpeg -i A.png -vf "split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none" B.png`.
 */
const seen = '../../out/.playwright-screens';
const folder = process.env.SCREENS ? '__screens__' : seen;
const place = (name: string, of = folder): string =>
  fileURLToPath(new URL(`${of}/${name}.png`, import.meta.url));

test('the main states, as pictures', async ({ app }) => {
  const settle = (): Promise<void> => app.waitForTimeout(1500);
  await app.screenshot({ path: place('welcome-1440'), animations: 'disabled' });
  await openDemo(app);
  await settle();
  await app.screenshot({ path: place('opened-1440') });
  await app.getByRole('button', { name: 'Separate', exact: true }).click();
  await expect(app.getByRole('progressbar')).toBeVisible();
  await settle();
  await app.screenshot({ path: place('separating-1440') });
  await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible({ timeout: 90_000 });
  await app.getByRole('button', { name: 'Mute vocals' }).click();
  for (const stem of ['vocals', 'drums', 'bass', 'other']) {
    await expect.poll(async () => (await lanePicture(app, stem)).shades).toBeGreaterThan(100);
  }
  await expect(app.locator('.waiting, .pending')).toHaveCount(0);
  await app.screenshot({ path: place('separated-1440') });
  await app.setViewportSize({ width: 1024, height: 700 });
  await app.getByRole('button', { name: 'Light theme' }).click();
  await settle();
  await expect(app.locator('.waiting')).toHaveCount(0);
  await app.screenshot({ path: place('separated-1024') });
  await app.keyboard.press('Control+Shift+E');
  await app.screenshot({ path: place('export-1024') });
});

test('the Lab, as pictures', async ({ app }) => {
  await app.keyboard.press('6');
  await expect(app.locator('[data-number]').first()).toBeVisible();
  await app.screenshot({ path: place('lab-bench-1440') });
  await app.getByRole('button', { name: /^10\. / }).click();
  await expect(app.locator('[data-number]').first()).toBeVisible();
  await app.screenshot({ path: place('lab-lesson-1440') });
  await app.setViewportSize({ width: 1024, height: 700 });
  await app.getByRole('button', { name: 'Light theme' }).click();
  await app.screenshot({ path: place('lab-lesson-1024') });
  await app.getByRole('button', { name: 'Bench', exact: true }).click();
  await expect(app.locator('[data-number]').first()).toBeVisible();
  await app.screenshot({ path: place('lab-bench-1024') });
});

test('the five jobs, as pictures in both sizes and themes: what each asks for, and what it has made', async ({
  app,
}) => {
  test.slow();
  await openDemo(app);
  await app.getByLabel('Model or method').selectOption('unbraid-fast');
  await app.getByRole('button', { name: 'Separate', exact: true }).click();
  await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible({ timeout: 90_000 });
  const dialog = app.getByRole('dialog', { name: 'Export' });
  const jobs = ['Stems for a DAW', 'Karaoke', 'A cappella', 'Practice mix', 'DJ stem file'];
  for (const [width, height] of [
    [1440, 900],
    [1024, 700],
  ]) {
    await app.setViewportSize({ width, height });
    for (const [i, job] of jobs.entries()) {
      const shoot = async (state: string): Promise<void> => {
        for (const theme of ['dark', 'light']) {
          await app.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
          // Nobody has to look for the next thing to do; the dialog may end between two pixels.
          await expect(dialog.locator('button.primary')).toBeInViewport({ ratio: 0.95 });
          await app.screenshot({ path: place(`job-${i + 1}-${state}-${width}-${theme}`, seen) });
        }
      };
      await app.keyboard.press('Control+Shift+E');
      await dialog.getByLabel(job, { exact: true }).check();
      await shoot('asked');
      await dialog.getByRole('button', { name: 'Export', exact: true }).click();
      await expect(dialog.getByRole('button', { name: /^Download/ })).toBeVisible({ timeout: 60_000 });
      await shoot('made');
      await app.keyboard.press('Escape');
      await expect(dialog).toHaveCount(0);
    }
  }
});
