import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { tools } from './support/lanes.js';
import { openFile, trackSamples } from './support/page.js';
import { clicksAndChords, sampleRate } from './support/wav.js';

const seconds = 4;

/** The selection, seconds. */
async function selected(app: Page): Promise<readonly [number, number]> {
  const { start, end } = (await tools(app, ({ view }) => view.selection))!;
  return [start / sampleRate, end / sampleRate];
}

/** Drags in the source's lane between two times, each so many pixels beside it. */
async function dragTimes(
  app: Page,
  [from, by]: readonly [number, number],
  [to, off]: readonly [number, number],
  held: 'Control' | null = null,
): Promise<void> {
  const box = (await app.locator('canvas[data-track=source]').boundingBox())!;
  const x = (time: number): number => box.x + (time / seconds) * box.width;
  const y = box.y + box.height / 2;
  await app.mouse.move(x(from) + by, y);
  await app.mouse.down();
  if (held) await app.keyboard.down(held);
  await app.mouse.move((x(from) + x(to)) / 2, y);
  await app.mouse.move(x(to) + off, y);
}

const hint = (app: Page): ReturnType<Page['locator']> => app.locator('[data-snapped]');

async function drop(app: Page): Promise<void> {
  await app.mouse.up();
  await expect(hint(app)).toHaveCount(0);
}

test('edges snap to transients and markers, say so, and are free with Ctrl or when it is off', async ({
  app,
}) => {
  await openFile(app, 'snap.wav', clicksAndChords(seconds));
  // Off at first.
  await dragTimes(app, [0.5, 5], [1.5, 5]);
  await drop(app);
  const free = await selected(app);
  expect(free[0] - 0.5).toBeGreaterThan(0.01);
  expect(free[1] - 1.5).toBeGreaterThan(0.01);

  await app.keyboard.press('Control+Shift+A');
  await app.keyboard.press('Shift+N');
  await dragTimes(app, [0.5, 5], [1.5, 5]);
  await expect(hint(app)).toHaveText('transient');
  await drop(app);
  for (const [i, time] of [0.5, 1.5].entries())
    expect(Math.abs((await selected(app))[i] - time)).toBeLessThan(0.002);
  // The end alone is dragged to a marker, which is as near as a transient is far.
  await app.evaluate((frame) => window.__unbraid!.app.song.player.seek(frame), 2.25 * sampleRate);
  await app.keyboard.press('m');
  await app.keyboard.press('Home');
  await dragTimes(app, [1.5, 0], [2.25, -6]);
  await expect(hint(app)).toHaveText('marker');
  await drop(app);
  expect((await selected(app))[1]).toBe(2.25);
  // Free for one gesture.
  await dragTimes(app, [2.25, 0], [3, 6], 'Control');
  await expect(hint(app)).toHaveCount(0);
  await app.mouse.up();
  await app.keyboard.up('Control');
  expect((await selected(app))[1]).toBeGreaterThan(3.01);
});

test('zero crossings, chosen in the menu, by keys too; the choice is kept', async ({ app }) => {
  await openFile(app, 'crossing.wav', clicksAndChords(seconds));
  await app.getByRole('button', { name: 'Snap selections' }).click();
  const menu = app.getByRole('group', { name: 'Snap selections' });
  await expect(menu.getByLabel('Snap the edges')).not.toBeChecked();
  await expect(menu.getByRole('button', { name: 'Snap this selection' })).toBeDisabled();
  for (const name of ['Transients', 'Markers', 'Playhead']) await menu.getByLabel(name).uncheck();
  const { violations } = await new AxeBuilder({ page: app }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await app.keyboard.press('Escape');
  await app.getByLabel('Selection start').fill('1.2001');
  await app.keyboard.press('Enter');
  await app.getByLabel('Selection end').fill('1.8003');
  await app.keyboard.press('Enter');
  const typed = await selected(app);
  await app.locator('#tracks').focus();
  await app.keyboard.press('Alt+n');
  await expect.poll(async () => (await selected(app))[0]).not.toBe(typed[0]);
  for (const edge of await selected(app)) {
    const at = Math.round(edge * sampleRate);
    const [left, right] = await trackSamples(app, 'source', at - 1, 2);
    const [before, after] = [left[0] + right[0], left[1] + right[1]];
    expect(before * after).toBeLessThanOrEqual(0);
    expect(Math.abs(edge - (edge < 1.5 ? 1.2001 : 1.8003))).toBeLessThan(0.005);
  }
  await app.reload();
  await app.getByRole('button', { name: 'Snap selections' }).click();
  await expect(menu.getByLabel('Transients')).not.toBeChecked();
  await expect(menu.getByLabel('Zero crossings')).toBeChecked();
});
