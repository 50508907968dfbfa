import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { openFile, openPanel, separate } from './support/page.js';
import { clicksAndChords } from './support/wav.js';

const lanes = (app: Page): Promise<(string | null)[]> =>
  app.locator('section.lane').evaluateAll((all) => all.map((lane) => lane.getAttribute('data-lane')));
const button = (app: Page, name: string | RegExp): ReturnType<Page['getByRole']> =>
  app.getByRole('button', { name, exact: typeof name === 'string' });

test.beforeEach(async ({ app }) => {
  await openFile(app, 'song.wav', clicksAndChords(2));
  await separate(app);
});

test('undo and redo name their step, by button and by key, and a drag is one step', async ({ app }) => {
  await expect(button(app, 'Nothing to undo')).toBeDisabled();
  const mute = button(app, 'Mute harmonic');
  await mute.click();
  await expect(mute).toHaveAttribute('aria-pressed', 'true');
  await button(app, 'Undo Mute harmonic').click();
  await expect(mute).toHaveAttribute('aria-pressed', 'false');
  await expect(button(app, 'Nothing to undo')).toBeDisabled();
  await app.keyboard.press('Control+Shift+Z');
  await expect(mute).toHaveAttribute('aria-pressed', 'true');
  await app.keyboard.press('Control+z');
  await app.keyboard.press('Control+y');
  await expect(mute).toHaveAttribute('aria-pressed', 'true');

  const fader = app.getByRole('slider', { name: 'Gain of percussive, dB' });
  const box = (await fader.boundingBox())!;
  await app.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2);
  await app.mouse.down();
  await app.mouse.move(box.x + box.width * 0.2, box.y + box.height / 2, { steps: 12 });
  await app.mouse.up();
  expect(Number(await fader.inputValue())).toBeLessThan(-30);
  await button(app, 'Undo Gain of percussive').click();
  await expect(fader).toHaveValue('0');
  await expect(button(app, 'Undo Mute harmonic')).toBeEnabled();
  await expect(button(app, 'Redo Gain of percussive')).toBeEnabled();

  await fader.focus();
  await app.keyboard.press('ArrowLeft');
  await app.keyboard.press('ArrowLeft');
  await expect(fader).toHaveValue('-1');
  await expect(button(app, 'Nothing to redo')).toBeDisabled();
  await button(app, 'Undo Gain of percussive').click();
  await expect(fader).toHaveValue('-0.5');
});

test('tracks are renamed, coloured, moved, hidden and shown again', async ({ app }) => {
  await button(app, 'Select track harmonic').dblclick();
  const field = app.getByRole('textbox', { name: 'Name of harmonic' });
  await field.fill('Chords');
  await field.press('Enter');
  await expect(app.getByRole('region', { name: 'Chords', exact: true })).toBeVisible();
  await app.keyboard.press('F2');
  await app.getByRole('textbox', { name: 'Name of Chords' }).fill('Nothing');
  await app.keyboard.press('Escape');
  await expect(button(app, 'Undo Rename Chords')).toBeVisible();

  expect(await lanes(app)).toEqual(['source', 'harmonic', 'percussive']);
  await app.keyboard.press('Alt+ArrowUp');
  expect(await lanes(app)).toEqual(['harmonic', 'source', 'percussive']);
  await expect(button(app, 'Select track Chords')).toBeFocused();
  await app.keyboard.press('Control+z');
  expect(await lanes(app)).toEqual(['source', 'harmonic', 'percussive']);
  const from = (await app.locator('[data-lane=percussive] .chip').boundingBox())!;
  const to = (await app.locator('[data-lane=source]').boundingBox())!;
  await app.mouse.move(from.x + 5, from.y + 5);
  await app.mouse.down();
  await app.mouse.move(from.x + 5, to.y + to.height + 10, { steps: 8 });
  await app.mouse.up();
  expect(await lanes(app)).toEqual(['source', 'percussive', 'harmonic']);

  await button(app, 'Options of Chords').click();
  await app.getByLabel('Colour', { exact: true }).fill('#12ab34');
  await app.keyboard.press('Escape');
  await expect(app.locator('[data-lane=harmonic]')).toHaveCSS('--track', '#12ab34');

  await button(app, 'Options of Chords').click();
  await app.getByRole('button', { name: 'Hide', exact: true }).press('Enter');
  await expect(app.getByRole('region', { name: 'Chords', exact: true })).toHaveCount(0);
  await expect(app.getByRole('main')).toBeFocused();
  await button(app, 'Show Chords').click();
  await expect(app.getByRole('region', { name: 'Chords', exact: true })).toBeVisible();
});

test('a lane’s height is dragged or set by keys, and taken back', async ({ app }) => {
  const lane = app.locator('[data-lane=harmonic]');
  const heightOf = async (): Promise<number> => (await lane.boundingBox())!.height;
  const before = await heightOf();
  const edge = app.getByRole('separator', { name: 'Height of harmonic' });
  const box = (await edge.boundingBox())!;
  await app.mouse.move(box.x + 100, box.y + 3);
  await app.mouse.down();
  await app.mouse.move(box.x + 100, box.y - 57, { steps: 6 });
  await app.mouse.up();
  expect(Math.abs((await heightOf()) - (before - 60))).toBeLessThanOrEqual(1);
  await edge.focus();
  await app.keyboard.press('ArrowDown');
  expect(Math.abs((await heightOf()) - (before - 48))).toBeLessThanOrEqual(1);
  await app.keyboard.press('Control+z');
  await app.keyboard.press('Control+z');
  expect(Math.abs((await heightOf()) - before)).toBeLessThanOrEqual(1);
});

test('Alt-click on solo is exclusive, Ctrl-click makes a track solo-safe', async ({ app }) => {
  const [harmonic, percussive] = [button(app, /^Solo harmonic/), button(app, /^Solo percussive/)];
  await percussive.click({ modifiers: ['Control'] });
  await expect(percussive).toHaveAccessibleName(/Solo-safe$/);
  await expect(percussive).toHaveAttribute('aria-pressed', 'false');
  await harmonic.click();
  await expect(app.locator('[data-lane=percussive]')).not.toHaveClass(/silent/);
  await button(app, 'Undo Solo harmonic').click();
  await button(app, 'Undo Solo-safe percussive').click();
  await harmonic.click();
  await expect(app.locator('[data-lane=percussive]')).toHaveClass(/silent/);
  await percussive.click({ modifiers: ['Alt'] });
  await expect(harmonic).toHaveAttribute('aria-pressed', 'false');
  await button(app, 'Undo Solo percussive').click();
  await expect(harmonic).toHaveAttribute('aria-pressed', 'true');
  await expect(percussive).toHaveAttribute('aria-pressed', 'false');
});

test('settings stay with the stem’s name over another separation; another song starts anew', async ({
  app,
}) => {
  await button(app, 'Mute harmonic').click();
  await app.getByRole('button', { name: 'Separate again' }).click();
  await expect(app.getByRole('progressbar')).toHaveCount(0, { timeout: 60_000 });
  await expect(button(app, 'Mute harmonic')).toHaveAttribute('aria-pressed', 'true');
  await button(app, 'Undo Separate again').click();
  await button(app, 'Undo Mute harmonic').click();
  await expect(button(app, 'Mute harmonic')).toHaveAttribute('aria-pressed', 'false');
  await openPanel(app, 'mix');
  await button(app, 'Practice: harmonic −6 dB').click();
  await expect(app.getByRole('slider', { name: 'Gain of harmonic, dB' })).toHaveValue('-6');
  await button(app, 'Reset mixer').click();
  await expect(app.getByRole('slider', { name: 'Gain of harmonic, dB' })).toHaveValue('0');
  await button(app, 'Undo Reset mixer').click();
  await button(app, 'Undo Practice').click();
  await openFile(app, 'other.wav', clicksAndChords(1));
  await expect(button(app, 'Nothing to undo')).toBeVisible();
  await expect(button(app, 'Nothing to redo')).toBeVisible();
});

test('a lane that is dragged to the edge scrolls the lanes, goes with the pointer and is dropped where they end', async ({
  app,
}) => {
  await app.setViewportSize({ width: 1024, height: 430 });
  const main = app.locator('main#tracks');
  const [lowest, scrolled] = await main.evaluate((box) => [
    box.scrollHeight - box.clientHeight,
    box.scrollTop,
  ]);
  expect(lowest).toBeGreaterThan(40);
  expect(scrolled).toBe(0);
  const from = (await app.locator('[data-lane=source] .chip').boundingBox())!;
  const frame = (await main.boundingBox())!;
  const x = from.x + 5;
  await app.mouse.move(x, from.y + 5);
  await app.mouse.down();
  await app.mouse.move(x, frame.y + frame.height - 2, { steps: 4 });
  const at = (): Promise<number> => main.evaluate((box) => Math.round(box.scrollTop));
  // To the end, and not on and on because of what is dragged there.
  await expect.poll(at).toBe(lowest);
  const chip = (await app.locator('[data-lane=source] .chip').boundingBox())!;
  expect(Math.abs(chip.y + 5 - (frame.y + frame.height - 2))).toBeLessThan(3);
  await app.mouse.up();
  await expect.poll(() => lanes(app)).toEqual(['harmonic', 'percussive', 'source']);
  expect(await at()).toBe(lowest);
  // Up again, to the upper edge.
  const again = (await app.locator('[data-lane=source] .chip').boundingBox())!;
  await app.mouse.move(again.x + 5, again.y + 5);
  await app.mouse.down();
  await app.mouse.move(x, frame.y + 1, { steps: 4 });
  await expect.poll(at).toBe(0);
  await app.mouse.up();
  await expect.poll(() => lanes(app)).toEqual(['source', 'harmonic', 'percussive']);
});
