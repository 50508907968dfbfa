import { fileURLToPath } from 'node:url';
import type { Locator, Page } from '@playwright/test';
import { expectClean } from './support/axe.js';
import { expect, test } from './support/host.js';
import { openFile, separate, trackSamples } from './support/page.js';
import { clicksAndChords, sampleRate } from './support/wav.js';

// All of a stem goes into another one: dragged with Shift, or from the menu of its lane.
const picture = (name: string): string =>
  fileURLToPath(new URL(`../../out/.playwright-screens/${name}.png`, import.meta.url));
const lane = (app: Page, name: string): Locator => app.locator(`section.lane[data-lane="${name}"]`);
const middle = async (part: Locator): Promise<{ x: number; y: number }> => {
  const { x, y, height } = (await part.boundingBox())!;
  return { x: x + 14, y: y + height / 2 };
};
const greatest = (values: readonly number[]): number =>
  values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
/** Samples before the first frame of a mask has its full weight. */
const fade = 1024;
const whole = (app: Page, track: string): Promise<number[][]> =>
  trackSamples(app, track, fade, 2 * sampleRate - fade);
/** The greatest sample of a stem, to its last. */
const peak = async (app: Page, track: string): Promise<number> => greatest((await whole(app, track)).flat());
/** How far a stem is from the song, at most. */
async function distance(app: Page, track: string): Promise<number> {
  const [stem, song] = [await whole(app, track), await whole(app, 'source')];
  return greatest(stem.flatMap((plane, ch) => plane.map((x, i) => x - song[ch][i])));
}

test('a lane goes into the stem that it is dropped on with Shift, and comes back', async ({ app }) => {
  await openFile(app, 'song.wav', clicksAndChords(2));
  await separate(app);
  const order = (): Promise<string[]> =>
    app.locator('section.lane').evaluateAll((found) => found.map((e) => (e as HTMLElement).dataset['lane']!));
  const before = await order();
  expect(await peak(app, 'percussive')).toBeGreaterThan(0.05);
  const from = await middle(lane(app, 'percussive').locator('.chip'));
  const to = await middle(lane(app, 'harmonic'));
  await app.mouse.move(from.x - 10, from.y);
  await app.mouse.down();
  await app.keyboard.down('Shift');
  await app.mouse.move(to.x, to.y, { steps: 6 });
  await expect(lane(app, 'harmonic').locator('.head')).toHaveClass(/receiver/);
  await app.screenshot({ path: picture('put-into-1440') });
  expect(await app.evaluate(() => getSelection()?.toString())).toBe('');
  // Where another lane ends below the transport, nothing is dropped into it.
  const { y: below } = await middle(app.locator('[data-transport]'));
  await lane(app, 'harmonic').evaluate((part) => (part.style.height = '900px'));
  await app.mouse.move(to.x, below, { steps: 3 });
  await expect(app.locator('.head.receiver')).toHaveCount(0);
  await lane(app, 'harmonic').evaluate((part) => (part.style.height = ''));
  await app.mouse.move(to.x, to.y, { steps: 3 });
  await expect(lane(app, 'harmonic').locator('.head')).toHaveClass(/receiver/);
  // Without Shift it would only be arranged.
  await app.keyboard.up('Shift');
  await app.mouse.move(to.x, to.y + 1);
  await expect(lane(app, 'harmonic').locator('.head')).not.toHaveClass(/receiver/);
  await app.keyboard.down('Shift');
  await app.mouse.move(to.x, to.y);
  await app.mouse.up();
  await app.keyboard.up('Shift');
  await expect.poll(() => peak(app, 'percussive')).toBeLessThan(1e-6);
  expect(await distance(app, 'harmonic')).toBeLessThan(1e-6);
  expect(await order()).toEqual(before);
  await app.keyboard.press('Control+z');
  await expect.poll(() => peak(app, 'percussive')).toBeGreaterThan(0.05);

  // The same from the menu, by keys.
  await lane(app, 'harmonic')
    .getByRole('button', { name: /^Options of/ })
    .press('Enter');
  const choice = lane(app, 'harmonic')
    .getByRole('group', { name: 'Put all of it into' })
    .getByRole('button', { name: 'percussive' });
  await expect(choice).toBeVisible();
  await expectClean(app);
  await app.screenshot({ path: picture('put-into-menu-1440') });
  await choice.press('Enter');
  await expect(choice).toBeHidden();
  await expect.poll(() => peak(app, 'harmonic')).toBeLessThan(1e-6);
  expect(await distance(app, 'percussive')).toBeLessThan(1e-6);
});
