import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { openFile, separate } from './support/page.js';
import { clicksAndChords } from './support/wav.js';

const heights = (app: Page): Promise<number[]> =>
  app.evaluate(() =>
    [...document.querySelectorAll('section.lane')].map((lane) => lane.getBoundingClientRect().height),
  );

test('one track fills the space and the others are strips, by key and by double click', async ({ app }) => {
  await openFile(app, 'song.wav', clicksAndChords(2));
  await separate(app);
  const before = await heights(app);
  expect(Math.max(...before) - Math.min(...before)).toBeLessThan(2);
  await app.getByRole('button', { name: 'Select track harmonic' }).click();
  await app.keyboard.press('f');
  let [source, harmonic, percussive] = await heights(app);
  expect([source, percussive]).toEqual([34, 34]);
  expect(harmonic).toBeGreaterThan(2 * before[1]);
  await app.keyboard.press('ArrowDown');
  [source, harmonic, percussive] = await heights(app);
  expect([source, harmonic]).toEqual([34, 34]);
  expect(percussive).toBeGreaterThan(2 * before[1]);
  await app.keyboard.press('f');
  expect(await heights(app)).toEqual(before);
  // The header, but not the name in it, which is renamed.
  await app.locator('[data-lane=harmonic] .head .chip').dblclick();
  expect((await heights(app))[1]).toBeGreaterThan(2 * before[1]);
});
