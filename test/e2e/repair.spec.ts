import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { barOf, drag, rms, settled, tools } from './support/lanes.js';
import { openFile, openPanel, separate, trackSamples } from './support/page.js';
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

/** When bursts of the same tone begin, seconds. */
const burstsAt = [0.5, 1.4, 2.2, 3.3];

function bursts(): Buffer {
  const plane = new Float32Array(4 * sampleRate);
  for (const from of burstsAt) {
    const first = Math.round(from * sampleRate);
    for (let i = 0; i < 0.2 * sampleRate; i++)
      plane[first + i] = 0.3 * Math.exp(-i / 6000) * Math.sin((2 * Math.PI * hertz * i) / sampleRate);
  }
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

test.describe('of a steady tone', () => {
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

    // The pointer is over the silence, wherever the playhead is.
    await app.keyboard.press('Home');
    await app.mouse.move(lane.x + 0.41 * lane.width, lane.y + 0.1 * lane.height);
    await app.keyboard.press('v');
    await settled(app);
    expect(await level(app, 'harmonic')).toBeGreaterThan(0.9 * full);
    await app.keyboard.press('Control+z');
    await expect.poll(() => level(app, 'harmonic')).toBeLessThan(0.05 * full);

    // The bar at the selection lies over the lane: the place below it counts.
    const bar = (await barOf(app).boundingBox())!;
    const over = lane.x + 0.41 * lane.width;
    expect(over).toBeLessThan(bar.x + bar.width);
    await app.mouse.move(over, bar.y + 1);
    await app.keyboard.press('v');
    await settled(app);
    expect(await level(app, 'harmonic')).toBeGreaterThan(0.9 * full);
    await app.keyboard.press('Control+z');
    await expect.poll(() => level(app, 'harmonic')).toBeLessThan(0.05 * full);

    // Dragged with Alt, a copy stays where it is dropped; the selection stays where it was.
    const selected = (): Promise<string> => app.getByLabel('Selection start').inputValue();
    const start = await selected();
    await app.mouse.move(lane.x + 0.1 * lane.width, lane.y + 0.45 * lane.height);
    await app.keyboard.down('Alt');
    await app.mouse.down();
    await app.mouse.move(lane.x + 0.48 * lane.width, lane.y + 0.6 * lane.height, { steps: 6 });
    await app.mouse.up();
    await app.keyboard.up('Alt');
    await settled(app);
    expect(await level(app, 'harmonic')).toBeGreaterThan(0.9 * full);
    expect(await selected()).toBe(start);
    expect(worst(await total(app, tracks), before)).toBeLessThan(1e-6);
  });

  test('keys that are pressed while an edit works are done after it; undo drops the newest first', async ({
    app,
  }) => {
    const steps = (): Promise<number> =>
      app.getByRole('group', { name: 'Repair the stems' }).getByRole('listitem').count();
    await openPanel(app, 'edits');
    await drag(app, 'harmonic', [0.1, 0.3], [0.3, 0.6], true);
    await app.evaluate(() => {
      const press = (key: string, init: KeyboardEventInit = {}): boolean =>
        document.body.dispatchEvent(
          new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }),
        );
      for (let i = 0; i < 3; i++) press('Delete', { shiftKey: true });
    });
    await expect.poll(steps).toBe(3);
    await settled(app);
    await app.evaluate(() => {
      const press = (key: string, init: KeyboardEventInit = {}): boolean =>
        document.body.dispatchEvent(
          new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }),
        );
      for (let i = 0; i < 2; i++) press('Delete', { shiftKey: true });
      press('z', { ctrlKey: true });
    });
    await expect.poll(steps).toBe(4);
    await settled(app);
    expect(await steps()).toBe(4);
  });
});

test('find similar lists the other hits, plays and shows them, and does the last edit to all', async ({
  app,
}) => {
  await openFile(app, 'bursts.wav', bursts());
  await separate(app);
  // They are too short to be harmonic.
  const loud = async (seconds: number): Promise<number> =>
    rms(await trackSamples(app, 'percussive', Math.round((seconds + 0.1) * sampleRate), 2000));
  const full = await Promise.all(burstsAt.map(loud));
  // The first burst, from 0.5 to 0.7 s of 4 s.
  await drag(app, 'percussive', [0.1, 0.3], [0.2, 0.6], true);
  await app.keyboard.press('Delete');
  await settled(app);
  expect(await loud(0.5)).toBeLessThan(0.05 * full[0]);

  await app.keyboard.press('j');
  const panel = app.getByRole('group', { name: 'Similar places' });
  const places = panel.getByRole('list', { name: 'Places like the selection' }).getByRole('listitem');
  await expect(places).toHaveCount(3);
  await places
    .nth(0)
    .getByRole('button', { name: /^Hear only/ })
    .click();
  await expect.poll(() => tools(app, (song) => song.listening.heard !== null)).toBe(true);
  await places
    .nth(0)
    .getByRole('button', { name: /^Hear only/ })
    .click();
  await places
    .nth(2)
    .getByTitle(/^Select/)
    .click();
  const { start: at } = (await tools(app, (song) => song.view.selection))!;
  expect(at / sampleRate).toBeCloseTo(0.4 + burstsAt[3] - burstsAt[0], 1);

  await places.nth(2).getByRole('checkbox').uncheck();
  await panel.getByRole('button', { name: 'Take away: apply to 2' }).click();
  await expect(app.getByRole('button', { name: 'Undo Remove from percussive' })).toBeEnabled();
  await settled(app);
  const after = await Promise.all(burstsAt.map(loud));
  expect(after.map((level, i) => level < 0.05 * full[i])).toEqual([true, true, true, false]);
  expect(after[3]).toBeCloseTo(full[3], 6);
  // All of it was one step.
  await app.keyboard.press('Control+z');
  await expect.poll(() => loud(burstsAt[1])).toBeCloseTo(full[1], 6);
  expect(await loud(burstsAt[2])).toBeCloseTo(full[2], 6);
  expect(await loud(0.5)).toBeLessThan(0.05 * full[0]);
});

test('undo takes back an edit that is still being worked out, and nothing else', async ({ app }) => {
  await openFile(app, 'tone.wav', tone());
  await separate(app);
  await around(app, 'harmonic');
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await app.route('**/mask?*', async (route) => {
    await held;
    await route.continue();
  });
  const asked = app.waitForRequest('**/mask?*');
  await app.keyboard.press('x');
  await asked;
  await app.keyboard.press('Control+z');
  release();
  await settled(app);
  await expect.poll(() => app.evaluate('window.__unbraid.app.song.document.edits.length')).toBe(0);
  await expect(app.getByRole('button', { name: 'Undo Select' })).toBeEnabled();
});
