import { expect, test } from './support/host.js';
import { openFile, openPanel } from './support/page.js';
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

test('a click on a button takes what was typed before, and leaves the keys to the page', async ({ app }) => {
  await openFile(app, 'sine.wav', sine(1000, 2));
  await openPanel(app, 'mix');
  await app.getByLabel('Selection start').fill('0.5');
  await app.keyboard.press('Enter');
  await app.getByLabel('Selection end').fill('1');
  await app.keyboard.press('Enter');
  await app.getByLabel('Gain here, dB').fill('-12');
  await app.getByRole('button', { name: 'Gain here' }).click();
  const level = app.getByRole('listitem').getByRole('spinbutton').first();
  await expect(level).toHaveValue('-12');
  await app.keyboard.press('Space');
  await expect(app.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  await app.keyboard.press('Space');

  // What is typed is a step of its own, which the button for it takes back.
  await app.getByLabel('Selection end').fill('1.5');
  await app.getByRole('button', { name: 'Mute here' }).click();
  await expect(app.getByRole('listitem')).toHaveCount(2);
  await expect(app.getByRole('listitem').last().getByLabel(/^End/)).toHaveValue('0:01.500');
  await level.fill('-3');
  await app.getByRole('button', { name: /^Undo/ }).click();
  await expect(level).toHaveValue('-12');
});

test('a shortcut closes the menu of a lane and does what it says', async ({ app }) => {
  await openFile(app, 'sine.wav', sine(1000, 2));
  await app.locator('canvas[data-track=source]').click({ button: 'right', position: { x: 200, y: 40 } });
  const menu = app.getByRole('button', { name: /^Select everything/ });
  await expect(menu).toBeVisible();
  await app.keyboard.press('Control+k');
  await expect(menu).toBeHidden();
  const search = app.getByRole('dialog').getByRole('combobox', { name: 'Search commands' });
  await expect(search).toBeFocused();
  await app.keyboard.type('karaoke');
  await expect(search).toHaveValue('karaoke');
});
