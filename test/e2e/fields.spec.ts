import { expect, test } from './support/host.js';
import { openFile } from './support/page.js';
import { sine } from './support/wav.js';

test('number fields have the decimal sign of the page’s language, and arrow keys step', async ({ app }) => {
  await openFile(app, 'sine.wav', sine(1000, 2));
  const level = app.locator('input[role=spinbutton]').first();
  await level.fill('-3,5');
  await app.keyboard.press('Enter');
  await expect(level).toHaveValue('-3.5');
  await level.press('ArrowUp');
  await expect(level).toHaveValue('-3');
  await level.press('Shift+ArrowDown');
  await expect(level).toHaveValue('-8');
  await level.fill('loud');
  await level.press('Enter');
  await expect(level).toHaveValue('-8');
  await level.press('ArrowUp');
  await expect(level).toHaveValue('-7.5');
  await app.getByLabel('Language').selectOption('de');
  await expect(level).toHaveValue('-7,5');
});
