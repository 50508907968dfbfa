import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { barOf, drag, settled, tools } from './support/lanes.js';
import { openFile, openPanel, separate, trackSamples } from './support/page.js';
import { clicksAndChords, sampleRate } from './support/wav.js';

const outlines = (app: Page, lane: string): Locator => app.locator(`[data-lane=${lane}] [data-edit]`);
const editBar = (app: Page): Locator => app.getByRole('toolbar', { name: /^Edit \d+: / });
const row = (app: Page, number: number): Locator =>
  app
    .getByRole('list', { name: /^Edits/ })
    .getByRole('listitem')
    .nth(number - 1);

/** The peak of a stem where only the first edit acts, between two clicks. */
async function loudness(app: Page, stem: string): Promise<number> {
  const [plane] = await trackSamples(app, stem, Math.round(1.05 * sampleRate), sampleRate / 10);
  return Math.max(...plane.map(Math.abs));
}

/** Clicks a lane with Alt, at parts of its width and height. */
async function altClick(app: Page, lane: string, x: number, y: number): Promise<void> {
  const canvas = app.locator(`canvas[data-track="${lane}"]`);
  const box = (await canvas.boundingBox())!;
  const position = { x: x * box.width, y: y * box.height };
  await canvas.click({ position, modifiers: ['Alt'], force: true });
}

/** Two edits of the harmonic stem: all of seconds 1 to 2 moved, and a part of the first half taken away. */
test.beforeEach(async ({ app }) => {
  await openFile(app, 'objects.wav', clicksAndChords(4));
  await separate(app);
  await drag(app, 'harmonic', [0.25, 0.2], [0.5, 0.8]);
  await barOf(app).getByRole('button', { name: 'percussive' }).click();
  await settled(app);
  await app.keyboard.press('Control+Shift+A');
  await drag(app, 'harmonic', [0.3, 0.4], [0.75, 0.7], true);
  await app.keyboard.press('Delete');
  await settled(app);
  await app.keyboard.press('Control+Shift+A');
});

test('edits are outlined, chosen by Alt-click, reselected, heard, switched off and deleted', async ({
  app,
}) => {
  await expect(outlines(app, 'source')).toHaveCount(0);
  await app.keyboard.press('Shift+V');
  const counts = async (): Promise<number[]> =>
    Promise.all(['source', 'harmonic', 'percussive', 'removed'].map((lane) => outlines(app, lane).count()));
  await expect.poll(counts).toEqual([2, 2, 1, 1]);
  // The outline is where the edit is.
  const lane = (await app.locator('canvas[data-track=harmonic]').boundingBox())!;
  const box = (await outlines(app, 'harmonic').first().boundingBox())!;
  expect((box.x - lane.x) / lane.width).toBeCloseTo(0.25, 2);
  expect((box.x + box.width - lane.x) / lane.width).toBeCloseTo(0.5, 2);
  // Its number is at the right: at the left stands the name of the lane.
  const number = app.getByRole('region', { name: 'harmonic' }).getByRole('button', { name: /^Edit 1: / });
  const numbered = (await number.boundingBox())!;
  expect(Math.abs(numbered.x + numbered.width - box.x - box.width)).toBeLessThan(2);
  const { violations } = await new AxeBuilder({ page: app }).analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join()}`)).toEqual([]);

  // Where both are, the later one, then the one below.
  await altClick(app, 'harmonic', 0.4, 0.55);
  await expect(editBar(app)).toHaveAccessibleName(/^Edit 2: /);
  await altClick(app, 'harmonic', 0.4, 0.55);
  await expect(editBar(app)).toHaveAccessibleName('Edit 1: harmonic to percussive');
  await expect(row(app, 1).getByRole('button', { name: /harmonic to/ })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(app.locator('canvas[data-edit-mask]').first()).toBeVisible();
  // Nothing was selected or sought by it.
  expect(await tools(app, ({ view }) => view.selection)).toBeNull();
  expect(await app.evaluate(() => window.__unbraid!.app.song.player.position)).toBe(0);

  await editBar(app).getByRole('button', { name: 'Select the area of edit 1' }).click();
  const { start, end } = (await tools(app, ({ view }) => view.selection))!;
  expect([start / sampleRate, end / sampleRate].map((time) => Math.round(100 * time))).toEqual([100, 200]);
  await app.keyboard.press('Control+Shift+A');
  await editBar(app).getByRole('button', { name: 'Hear what edit 1 covers' }).click();
  await expect.poll(() => tools(app, ({ listening }) => listening.heard !== null)).toBe(true);
  await editBar(app).getByRole('button', { name: 'Hear what edit 1 covers' }).click();
  await expect.poll(() => tools(app, ({ listening }) => listening.heard)).toBeNull();

  expect(await loudness(app, 'harmonic')).toBeLessThan(0.02);
  await editBar(app).getByRole('button', { name: 'Edit 1 is on' }).click();
  await expect.poll(() => loudness(app, 'harmonic')).toBeGreaterThan(0.05);
  await expect(editBar(app).getByRole('button', { name: 'Edit 1 is on' })).toHaveAttribute(
    'aria-pressed',
    'false',
  );
  await app.keyboard.press('Delete');
  await expect(outlines(app, 'percussive')).toHaveCount(0);
  await expect(editBar(app)).toHaveCount(0);
  await app.keyboard.press('Control+z');
  await expect(outlines(app, 'percussive')).toHaveCount(1);
});

test('an edit that is chosen in the list or by keys is shown on the picture, also off the screen', async ({
  app,
}) => {
  await openPanel(app, 'edits');
  await row(app, 2)
    .getByRole('button', { name: /removed from/ })
    .click();
  await expect(editBar(app)).toHaveAccessibleName(/^Edit 2: /);
  // Only the chosen one is outlined.
  await expect(outlines(app, 'harmonic')).toHaveCount(1);
  await expect(outlines(app, 'percussive')).toHaveCount(0);
  await app.keyboard.press('Control+ArrowUp');
  await expect(editBar(app)).toHaveAccessibleName(/^Edit 1: /);
  await expect(outlines(app, 'percussive')).toHaveCount(1);
  await app.keyboard.press('Control+ArrowDown');
  await app.keyboard.press('Control+ArrowDown');
  await expect(editBar(app)).toHaveAccessibleName(/^Edit 1: /);
  await app.keyboard.press('Escape');
  await expect(editBar(app)).toHaveCount(0);
  for (let i = 0; i < 6; i++) await app.keyboard.press('+');
  await app.keyboard.press('End');
  await app.keyboard.press('Control+ArrowDown');
  await expect(editBar(app)).toBeVisible();
  await expect(outlines(app, 'harmonic')).toHaveCount(1);
});
