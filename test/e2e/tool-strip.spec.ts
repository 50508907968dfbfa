import { expect, test } from './support/host.js';
import { openFile, separate } from './support/page.js';
import { clicksAndChords } from './support/wav.js';

test('the tools are beside the lanes, with their keys; the options of the one in hand are next to it', async ({
  app,
}) => {
  await openFile(app, 'tools.wav', clicksAndChords(2));
  const strip = app.getByRole('radiogroup', { name: 'Tool for the lanes' });
  const tools = await strip
    .locator('label')
    .evaluateAll((all) => all.map((one) => (one as HTMLElement).title));
  expect(tools).toEqual([
    ...['Time (Esc)', 'Rectangle (R)', 'Brush (B)', 'Eraser (E)', 'Lasso (Q)', 'Harmonics (H)', 'Wand (G)'],
  ]);
  const lanes = await app.locator('#tracks').boundingBox();
  const box = await strip.boundingBox();
  expect(box!.x + box!.width).toBeLessThanOrEqual(lanes!.x);

  await strip.getByRole('radio', { name: 'Brush' }).check();
  await app.getByRole('button', { name: 'Options of the tool: Brush' }).click();
  const width = app
    .getByRole('group', { name: 'Options of the tool: Brush' })
    .getByLabel('Brush width, pixels');
  await width.fill('40');
  await width.press('Enter');
  await app.keyboard.press('Escape');
  await app.keyboard.press('g');
  await expect(strip.getByRole('radio', { name: 'Wand' })).toBeChecked();
  await app.getByRole('button', { name: 'Options of the tool: Wand' }).click();
  await expect(app.getByLabel('Combine')).toBeVisible();
  await app.keyboard.press('Escape');
  // The pointer chose: the keys belong to the editor.
  await strip.getByRole('radio', { name: 'Time' }).click();
  await app.keyboard.press('Space');
  await expect(app.getByRole('button', { name: 'Pause' })).toBeVisible();
});

test('the options of a tool leave the transport free, in a low window too', async ({ app }) => {
  await app.setViewportSize({ width: 1024, height: 700 });
  await openFile(app, 'tools.wav', clicksAndChords(2));
  await app.keyboard.press('h');
  await app.getByRole('button', { name: 'Options of the tool: Harmonics' }).click();
  const options = app.getByRole('group', { name: 'Options of the tool: Harmonics' });
  await options.getByText('Painting with the keyboard').click();
  const [box, bar] = [await options.boundingBox(), await app.locator('footer').boundingBox()];
  expect(box!.y + box!.height).toBeLessThanOrEqual(bar!.y);
  await app.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(app.getByRole('button', { name: 'Pause' })).toBeVisible();
});

test('a digit over a slider leads to no other page; with Shift or elsewhere it does what it does', async ({
  app,
}) => {
  await openFile(app, 'digits.wav', clicksAndChords(2));
  const banner = app.getByRole('navigation', { name: 'Pages' });
  const gain = app.getByRole('slider', { name: 'Gain of Source, dB' });
  await gain.focus();
  await app.keyboard.press('2');
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await expect(banner.getByRole('button', { name: 'Editor' })).toHaveAttribute('aria-current', 'page');
  // What is no digit is still a shortcut.
  await app.keyboard.press('m');
  await expect(app.locator('.flags button')).toHaveCount(1);
  await gain.evaluate((slider: HTMLElement) => slider.blur());
  await app.keyboard.press('2');
  await expect(banner.getByRole('button', { name: 'Batch' })).toHaveAttribute('aria-current', 'page');
});

for (const [width, height] of [
  [1440, 900],
  [1024, 700],
] as const) {
  test(`Open and Export are called by their names at ${width} pixels, and nothing is cut off`, async ({
    app,
  }) => {
    await app.setViewportSize({ width, height });
    await openFile(app, 'words.wav', clicksAndChords(1));
    for (const [language, ...words] of [
      ['de', 'Öffnen …', 'Exportieren …'],
      ['fr', 'Ouvrir…', 'Exporter…'],
      ['ja', '開く…', '書き出し…'],
      ['en', 'Open…', 'Export…'],
    ]) {
      await app.locator('header select').selectOption(language);
      for (const word of words) {
        const shown = app.locator('header').getByText(word, { exact: true });
        expect((await shown.boundingBox())!.width).toBeGreaterThan(20);
      }
      const room = await app.locator('header').evaluate((bar) => bar.scrollWidth - bar.clientWidth);
      expect(room).toBeLessThanOrEqual(0);
    }
  });
}

test('in a small window the bar at the selection is one row in its own lane, and its menu covers no button of it', async ({
  app,
}) => {
  await app.setViewportSize({ width: 1024, height: 700 });
  await openFile(app, 'small.wav', clicksAndChords(2));
  await separate(app);
  const lane = await app.locator('[data-lane=harmonic] .picture').boundingBox();
  await app.mouse.click(lane!.x + 40, lane!.y + 40);
  await app.keyboard.press('Control+a');
  const bar = await app.getByRole('toolbar').boundingBox();
  expect(bar!.height).toBeLessThan(44);
  expect(bar!.y).toBeGreaterThanOrEqual(lane!.y);
  expect(bar!.y + bar!.height).toBeLessThanOrEqual(lane!.y + lane!.height);
  await app.getByRole('toolbar').getByRole('button', { name: 'More' }).click();
  const menu = await app.getByRole('group', { name: 'More' }).boundingBox();
  expect(menu!.y >= bar!.y + bar!.height - 4 || menu!.y + menu!.height <= bar!.y + 4).toBe(true);
  expect(menu!.y).toBeGreaterThanOrEqual(0);
  expect(menu!.y + menu!.height).toBeLessThanOrEqual(700);
});
