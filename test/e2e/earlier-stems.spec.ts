import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { asNewTab, openFile, separate, trackSamples } from './support/page.js';
import { clicksAndChords } from './support/wav.js';

const earlier = (app: Page): ReturnType<Page['getByRole']> =>
  app.getByRole('group', { name: 'Earlier stems' });
const tracks = (app: Page): Promise<readonly string[]> =>
  app.evaluate(() => window.__unbraid!.app.song.tracks.map(({ id }) => id));

async function separateAgain(app: Page, model: string): Promise<void> {
  await app.getByLabel('Model or method').selectOption(model);
  await app.getByRole('button', { name: 'Separate again' }).click();
}

test('a separation that replaces stems is undone and redone, and nothing is lost with the page', async ({
  app,
}) => {
  await openFile(app, 'again.wav', clicksAndChords(3));
  await separate(app);
  await expect(earlier(app)).toHaveCount(0);
  const harmonic = await trackSamples(app, 'harmonic', 20_000, 4096);
  await separateAgain(app, 'repet-sim');
  await expect.poll(() => tracks(app)).toEqual(['source', 'vocals', 'accompaniment']);
  await expect(earlier(app).getByRole('listitem')).toHaveCount(1);
  const vocals = await trackSamples(app, 'vocals', 20_000, 4096);

  await app.keyboard.press('Control+z');
  await expect.poll(() => tracks(app)).toEqual(['source', 'harmonic', 'percussive']);
  expect(await trackSamples(app, 'harmonic', 20_000, 4096)).toEqual(harmonic);
  await app.keyboard.press('Control+Shift+z');
  await expect.poll(() => tracks(app)).toEqual(['source', 'vocals', 'accompaniment']);

  // The steps last as long as the page, the stems as long as the project.
  await expect(app.getByText('All changes kept')).toBeVisible();
  await asNewTab(app);
  await app.getByRole('button', { name: 'again', exact: true }).click();
  await expect(earlier(app).getByRole('listitem')).toHaveCount(1);
  await earlier(app)
    .getByRole('button', { name: /^Bring back the stems of/ })
    .click();
  await expect.poll(() => tracks(app)).toEqual(['source', 'harmonic', 'percussive']);
  expect(await trackSamples(app, 'harmonic', 20_000, 4096)).toEqual(harmonic);
  await app.keyboard.press('Control+z');
  await expect.poll(() => tracks(app)).toEqual(['source', 'vocals', 'accompaniment']);
  expect(await trackSamples(app, 'vocals', 20_000, 4096)).toEqual(vocals);

  await earlier(app)
    .getByRole('button', { name: /^Delete the earlier stems of/ })
    .click();
  await app.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(earlier(app)).toHaveCount(0);
  // The step that would bring them back is gone with them.
  await app.keyboard.press('Control+Shift+z');
  await expect.poll(() => tracks(app)).toEqual(['source', 'vocals', 'accompaniment']);
});

test('the panel has the model of each song, and for a new one the default', async ({ app }) => {
  const model = app.getByLabel('Model or method');
  await openFile(app, 'first.wav', clicksAndChords(2));
  const usual = await model.inputValue();
  await separate(app);
  await openFile(app, 'second.wav', clicksAndChords(1));
  await expect(model).toHaveValue(usual);
  await model.selectOption('repet');
  await asNewTab(app);
  await app.getByRole('button', { name: 'first', exact: true }).click();
  await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible();
  await expect(model).toHaveValue('hpss');
});
