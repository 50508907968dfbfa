import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { barOf, drag, rms, settled } from './support/lanes.js';
import { openFile, separate, trackSamples } from './support/page.js';
import { sampleRate, wav16 } from './support/wav.js';

const hertz = 1000;
/** Well inside of what is selected. */
const [start, count] = [Math.round(1.8 * sampleRate), Math.round(0.4 * sampleRate)];

/** A steady tone, which HPSS calls harmonic. */
function tone(): Buffer {
  const plane = Float32Array.from(
    { length: 4 * sampleRate },
    (_, i) => 0.3 * Math.sin((2 * Math.PI * hertz * i) / sampleRate),
  );
  return wav16([plane, plane], sampleRate);
}

/** A rectangle in the middle of the song, around the tone. */
const around = (app: Page, track: string): Promise<void> => drag(app, track, [0.3, 0.3], [0.7, 0.6], true);

const level = async (app: Page, track: string): Promise<number> =>
  rms(await trackSamples(app, track, start, count));

/** The sum of all tracks, first channel. */
async function total(app: Page, tracks: readonly string[]): Promise<number[]> {
  const planes: number[][] = [];
  for (const track of tracks) planes.push((await trackSamples(app, track, start, count))[0]);
  return planes[0].map((_, i) => planes.reduce((sum, plane) => sum + plane[i], 0));
}

const worst = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((x, i) => Math.abs(x - b[i])));

test.beforeEach(async ({ app }) => {
  await openFile(app, 'tone.wav', tone());
  await separate(app);
});

test('de-bleed moves what another stem dominates to it; the sum holds, undo brings it back', async ({
  app,
}) => {
  const before = await total(app, ['harmonic', 'percussive']);
  const full = await level(app, 'harmonic');
  // A tenth of the tone bleeds into the other stem: 19 dB below it.
  await app.evaluate('window.__unbraid.app.song.verbs.strength = 10');
  await around(app, 'harmonic');
  await barOf(app).getByRole('button', { name: 'Move to percussive' }).click();
  await settled(app);
  await app.evaluate('window.__unbraid.app.song.verbs.strength = 100');
  const bleed = await level(app, 'percussive');
  expect(bleed / full).toBeGreaterThan(0.08);

  await app.keyboard.press('ArrowDown');
  await expect(barOf(app)).toHaveAccessibleName('Selection in percussive');
  // Careful: only what is 30 dB below.
  await barOf(app).getByRole('button', { name: 'More actions' }).click();
  const more = app.getByRole('group', { name: 'More actions' });
  await more.getByLabel('De-bleed, amount').fill('0');
  await more.getByRole('button', { name: /^De-bleed/ }).click();
  await expect(barOf(app).getByText('Nothing to do here')).toBeVisible();
  expect(await level(app, 'percussive')).toBeCloseTo(bleed, 6);

  await barOf(app).getByRole('button', { name: 'More actions' }).click();
  await more.getByLabel('De-bleed, amount').fill('60');
  await app.keyboard.press('Escape');
  await app.keyboard.press('y');
  await expect(app.getByRole('button', { name: 'Undo De-bleed percussive' })).toBeEnabled();
  await settled(app);
  expect(await level(app, 'percussive')).toBeLessThan(0.03 * bleed);
  expect(await level(app, 'harmonic')).toBeGreaterThan(0.99 * full);
  expect(worst(await total(app, ['harmonic', 'percussive']), before)).toBeLessThan(1e-6);

  await app.keyboard.press('Control+z');
  await expect.poll(() => level(app, 'percussive')).toBeCloseTo(bleed, 6);
});

test('heal goes on with a tone through a gap, from the menu and by key; the sum holds', async ({ app }) => {
  // Half a second of the tone is missing: it is in the other stem.
  const full = await level(app, 'harmonic');
  const before = await total(app, ['harmonic', 'percussive']);
  await drag(app, 'harmonic', [0.48, 0.3], [0.52, 0.6], true);
  await barOf(app).getByRole('button', { name: 'Move to percussive' }).click();
  await settled(app);
  const hole = await level(app, 'harmonic');
  expect(hole / full).toBeLessThan(0.9);

  await drag(app, 'harmonic', [0.45, 0.25], [0.55, 0.65], true);
  await app.keyboard.press('x');
  await expect(app.getByRole('button', { name: 'Undo Heal harmonic' })).toBeEnabled();
  await settled(app);
  expect(await level(app, 'harmonic')).toBeGreaterThan(0.99 * full);
  expect(await level(app, 'harmonic')).toBeLessThan(1.01 * full);
  const tracks = ['harmonic', 'percussive', 'removed'];
  expect(worst(await total(app, tracks), before)).toBeLessThan(1e-6);
  await app.keyboard.press('Control+z');
  await expect.poll(() => level(app, 'harmonic')).toBeCloseTo(hole, 6);

  // From below and above there is nothing but silence.
  await drag(app, 'harmonic', [0.2, 0.3], [0.8, 0.6], true);
  await barOf(app).getByRole('button', { name: 'More actions' }).click();
  await app.getByRole('button', { name: /^Heal from below and above/ }).click();
  await settled(app);
  expect(await level(app, 'harmonic')).toBeLessThan(0.05 * full);
  expect(worst(await total(app, tracks), before)).toBeLessThan(1e-6);
});

test('a clone comes to the playhead in the place of what is there; the sum holds', async ({ app }) => {
  const tracks = ['harmonic', 'percussive', 'removed'];
  const before = await total(app, ['harmonic', 'percussive']);
  const full = await level(app, 'harmonic');
  // The middle of the song is silent in the stem, until a piece of its beginning is put there.
  await around(app, 'harmonic');
  await app.keyboard.press('Delete');
  await settled(app);
  expect(await level(app, 'harmonic')).toBeLessThan(0.05 * full);
  await drag(app, 'harmonic', [0.02, 0.2], [0.26, 0.7], true);
  const lane = (await app.locator('canvas[data-track="harmonic"]').boundingBox())!;
  await app.mouse.click(lane.x + 0.4 * lane.width, lane.y + 0.05 * lane.height);
  await app.keyboard.press('v');
  await expect(app.getByRole('button', { name: 'Undo Clone in harmonic' })).toBeEnabled();
  await settled(app);
  expect(await level(app, 'harmonic')).toBeGreaterThan(0.9 * full);
  expect(worst(await total(app, tracks), before)).toBeLessThan(1e-6);
  await app.keyboard.press('Control+z');
  await expect.poll(() => level(app, 'harmonic')).toBeLessThan(0.05 * full);
});
