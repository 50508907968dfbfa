import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './support/host.js';

test('a first start shows a tour that follows the person, and comes once', async ({
  browser,
  host,
  electron,
}) => {
  test.skip(electron !== null, 'needs a fresh browser');
  const context = await browser.newContext({ locale: 'de-DE' });
  await context.addCookies([{ ...host.cookie, url: host.origin }]);
  const page = await context.newPage();
  await page.goto(`${host.origin}/?debug`);
  // In the language of the system.
  const tour = page.getByRole('complementary', { name: 'Einführung' });
  await expect(tour).toContainText('Schritt 1 von 3');
  await tour.getByRole('button', { name: 'Demo-Song' }).click();
  await expect(tour).toContainText('Schritt 2 von 3');
  const { violations } = await new AxeBuilder({ page }).include('.tour').analyze();
  expect(violations).toEqual([]);
  await page.getByRole('button', { name: /^Mit .* trennen$/ }).click();
  await expect(tour).toContainText('Schritt 3 von 3', { timeout: 60_000 });
  await tour.getByRole('button', { name: 'Fertig' }).click();
  await expect(tour).toBeHidden();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Exportieren' }).first()).toBeVisible();
  await expect(tour).toBeHidden();
  await context.close();
});

test('the tour can be left at any step, without the mouse, and shown again', async ({
  browser,
  host,
  electron,
}) => {
  test.skip(electron !== null, 'needs a fresh browser');
  const context = await browser.newContext({ locale: 'en-GB' });
  await context.addCookies([{ ...host.cookie, url: host.origin }]);
  const page = await context.newPage();
  await page.goto(`${host.origin}/?debug`);
  const tour = page.getByRole('complementary', { name: 'Tour' });
  await tour.getByRole('button', { name: 'Next' }).press('Enter');
  await expect(tour).toContainText('Step 2 of 3');
  await tour.getByRole('button', { name: 'Skip the tour' }).press('Enter');
  await expect(tour).toBeHidden();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('tour');
  await page.keyboard.press('Enter');
  await expect(tour).toContainText('Step 1 of 3');
  await context.close();
});
