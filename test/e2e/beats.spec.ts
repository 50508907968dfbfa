import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { tools } from './support/lanes.js';
import { asNewTab, openFile } from './support/page.js';
import { clicksAndChords, sampleRate, sine } from './support/wav.js';

const seconds = 12;
const menu = (app: Page): Locator => app.getByRole('group', { name: 'Tempo and beats' });
const opener = (app: Page): Locator => app.getByRole('button', { name: 'Tempo and beats' });
const tempo = (app: Page): Locator => menu(app).getByRole('spinbutton', { name: 'Tempo' });
const lines = (app: Page): Locator => app.locator('[data-beats=lanes]');
const undone = (app: Page, step: string): Locator => app.getByRole('button', { name: `Undo ${step}` });

/** The selection, seconds. */
async function selected(app: Page): Promise<readonly [number, number]> {
  const { start, end } = (await tools(app, ({ view }) => view.selection))!;
  return [start / sampleRate, end / sampleRate];
}

async function detect(app: Page): Promise<void> {
  await opener(app).click();
  await menu(app).getByRole('button', { name: 'Detect tempo' }).click();
  await expect(menu(app)).toContainText('Even grid', { timeout: 30_000 });
}

test('the tempo is detected, edges snap to beats, undo takes it back, and it is kept with the song', async ({
  app,
}) => {
  // Clicks on each half of a second: 120 BPM.
  await openFile(app, 'beats.wav', clicksAndChords(seconds));
  await expect(lines(app)).toHaveCount(0);
  await detect(app);
  await expect(tempo(app)).toHaveValue('120');
  await expect(lines(app)).toHaveCount(1);
  const { violations } = await new AxeBuilder({ page: app }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await app.keyboard.press('Escape');

  // Only beats: the clicks are transients, too.
  await app.getByRole('button', { name: 'Snap selections' }).click();
  const snap = app.getByRole('group', { name: 'Snap selections' });
  for (const name of ['Transients', 'Zero crossings', 'Playhead']) await snap.getByLabel(name).uncheck();
  await expect(snap.getByLabel('Beats')).toBeChecked();
  await app.keyboard.press('Escape');
  await app.keyboard.press('Shift+N');
  const box = (await app.locator('canvas[data-track=source]').boundingBox())!;
  const x = (time: number): number => box.x + (time / seconds) * box.width;
  await app.mouse.move(x(2) + 4, box.y + 60);
  await app.mouse.down();
  await app.mouse.move(x(3), box.y + 60);
  await app.mouse.move(x(4.5) - 4, box.y + 60);
  await expect(app.locator('[data-snapped]')).toHaveText('beat');
  await app.mouse.up();
  for (const [i, time] of [2, 4.5].entries())
    expect(Math.abs((await selected(app))[i] - time)).toBeLessThan(0.02);

  // From beat to beat by keys.
  await app.keyboard.press('Home');
  for (let i = 0; i < 3; i++) await app.keyboard.press('Control+Shift+ArrowRight');
  await app.keyboard.press('Control+Shift+ArrowLeft');
  const at = await app.evaluate(() => window.__unbraid!.app.song.player.position);
  expect(Math.abs(at / sampleRate - 0.5)).toBeLessThan(0.02);

  await app.keyboard.press('Control+z');
  await expect(undone(app, 'Detect tempo')).toBeEnabled();
  await app.keyboard.press('Control+z');
  await expect(lines(app)).toHaveCount(0);
  await app.keyboard.press('Control+Shift+Z');
  await expect(lines(app)).toHaveCount(1);
  // Drawn or not, by a key.
  await app.keyboard.press('Shift+B');
  await expect(lines(app)).toHaveCount(0);
  await app.keyboard.press('Shift+B');

  await app.reload();
  await expect(lines(app)).toHaveCount(1);
  await opener(app).click();
  await expect(tempo(app)).toHaveValue('120');
  await app.keyboard.press('Escape');
  await expect(app.getByRole('banner').getByRole('status')).toHaveText('All changes kept');
  await asNewTab(app);
  await app.getByRole('button', { name: 'beats', exact: true }).first().click();
  await expect(lines(app)).toHaveCount(1);
});

test('the grid is corrected by hand; what is cancelled, or finds nothing, leaves nothing', async ({
  app,
}) => {
  await openFile(app, 'tone.wav', sine(440, 8));
  await opener(app).click();
  await menu(app).getByRole('button', { name: 'Detect tempo' }).click();
  await expect(menu(app)).toContainText('No beat was found in this song', { timeout: 30_000 });
  expect(await app.evaluate(() => window.__unbraid!.app.song.document.beats)).toBeNull();
  await app.evaluate((frame) => window.__unbraid!.app.song.player.seek(frame), sampleRate);
  await tempo(app).fill('100');
  await tempo(app).press('Tab');
  const grid = (): Promise<unknown> => app.evaluate(() => window.__unbraid!.app.song.document.beats);
  const typed = { type: 'beats', id: 'beats:grid', bpm: 100, first: sampleRate, perBar: 4, tracked: null };
  await expect.poll(grid).toEqual(typed);
  await menu(app).getByRole('button', { name: 'Double the tempo' }).click();
  await menu(app).getByRole('spinbutton', { name: 'Beats per bar' }).fill('3');
  await menu(app).getByRole('spinbutton', { name: 'Beats per bar' }).press('Tab');
  await app.evaluate((frame) => window.__unbraid!.app.song.player.seek(frame), 2 * sampleRate);
  await menu(app)
    .getByRole('button', { name: /Bar begins at the playhead/ })
    .click();
  await expect.poll(grid).toEqual({ ...typed, bpm: 200, perBar: 3, first: 2 * sampleRate });
  await menu(app).getByRole('button', { name: 'Half the tempo' }).click();
  await expect.poll(grid).toEqual({ ...typed, perBar: 3, first: 2 * sampleRate });
  await app.keyboard.press('Escape');

  // Taps are one step. Their times are given here: a loaded machine taps unevenly.
  await app.evaluate(() => {
    const { beats } = window.__unbraid!.app.song.markers;
    for (const time of [10, 10.5, 11, 11.5]) beats.tap(time);
  });
  await expect.poll(grid).toEqual({ ...typed, bpm: 120, perBar: 3, first: 2 * sampleRate });
  await app.keyboard.press('Control+z');
  await expect.poll(grid).toEqual({ ...typed, perBar: 3, first: 2 * sampleRate });
});
