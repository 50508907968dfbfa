import { expect, test } from './support/host.js';
import { drag } from './support/lanes.js';
import { clicksAndChords } from './support/wav.js';

test.describe('in German', () => {
  test.use({ locale: 'de-DE' });

  test('decimals have a comma, and names of tracks and the state of the song are not cut', async ({
    app,
  }) => {
    await app
      .locator('input[type=file][accept]')
      .setInputFiles({ name: 'Lied (neu).wav', mimeType: 'audio/wav', buffer: clicksAndChords(3) });
    await app.getByLabel('Modell oder Verfahren').selectOption('hpss');
    await app.getByRole('button', { name: 'Trennen', exact: true }).click();
    await expect(app.getByRole('img', { name: /^Nulltest/ })).toHaveAccessibleName(/−\d+,\d dB|bitgenau/, {
      timeout: 90_000,
    });
    await app.getByLabel('Beginn der Auswahl').fill('1,5');
    await app.keyboard.press('Enter');
    await expect(app.getByLabel('Beginn der Auswahl')).toHaveValue('0:01,500');
    await expect(app.locator('[title*="Ctrl"]')).toHaveCount(0);
    await expect(app.locator('[title*="Strg+S"]')).toHaveCount(1);
    await expect(app.getByRole('combobox', { name: /^Wiedergabegeschwindigkeit/ })).toContainText('0,75 ×');

    for (const viewport of [
      { width: 1440, height: 900 },
      { width: 1024, height: 700 },
    ]) {
      await app.setViewportSize(viewport);
      const cut = await app.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('.head .name, header [role=status], header .song strong')]
          .filter(({ scrollWidth, clientWidth }) => clientWidth > 2 && scrollWidth > clientWidth + 1)
          .map(({ textContent }) => textContent),
      );
      expect(cut).toEqual([]);
    }
  });

  test('the bar at a selection stays one line: long names give way to colours', async ({ app }) => {
    await app
      .locator('input[type=file][accept]')
      .setInputFiles({ name: 'lied.wav', mimeType: 'audio/wav', buffer: clicksAndChords(3) });
    await app.getByLabel('Modell oder Verfahren').selectOption('classic-4');
    await app.getByRole('button', { name: 'Trennen', exact: true }).click();
    await expect(app.getByRole('img', { name: /^Nulltest/ })).toBeVisible({ timeout: 90_000 });
    await app.setViewportSize({ width: 1024, height: 700 });
    await app.getByRole('button', { name: 'Seitenleiste' }).click();
    await drag(app, 'source', [0.3, 0.3], [0.5, 0.6], true);
    const bar = app.getByRole('toolbar', { name: /^Auswahl in/ });
    await expect(bar).toBeVisible();
    const buttons = bar.locator('> button');
    await expect(buttons).toHaveCount(11);
    const tops = await buttons.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
    expect(Math.max(...tops) - Math.min(...tops)).toBeLessThan(10);
  });
});
