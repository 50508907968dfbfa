import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { barOf, drag, rms, settled, tools } from './support/lanes.js';
import { openFile, separate, trackSamples } from './support/page.js';
import { sampleRate, wav16 } from './support/wav.js';

const hertz = 1000;
/** Well inside of what is selected. */
const [start, count] = [Math.round(1.8 * sampleRate), Math.round(0.4 * sampleRate)];

/** A steady tone, which HPSS calls harmonic. */
function song(): Buffer {
  const plane = Float32Array.from(
    { length: 4 * sampleRate },
    (_, i) => 0.3 * Math.sin((2 * Math.PI * hertz * i) / sampleRate),
  );
  return wav16([plane, plane], sampleRate);
}

/** A rectangle in the middle of the song, around the tone. */
const around = (app: Page, track: string): Promise<void> => drag(app, track, [0.3, 0.3], [0.7, 0.6], true);

test.beforeEach(async ({ app }) => {
  await openFile(app, 'tone.wav', song());
  await separate(app);
});

test('Ctrl and the wheel over the bar zoom at the pointer, as beside it', async ({ app }) => {
  await around(app, 'harmonic');
  const box = (await barOf(app).boundingBox())!;
  const lane = (await app.locator('canvas[data-track="harmonic"]').boundingBox())!;
  const x = box.x + box.width / 2;
  const place = (): Promise<{ zoom: number; under: number }> =>
    app.evaluate((pixels) => {
      const { start, framesPerPixel } = window.__unbraid!.app.song.view.span;
      return { zoom: framesPerPixel, under: start + pixels * framesPerPixel };
    }, x - lane.x);
  const before = await place();
  await app.mouse.move(x, box.y + box.height / 2);
  await app.keyboard.down('Control');
  await app.mouse.wheel(0, -200);
  await app.keyboard.up('Control');
  await expect.poll(async () => (await place()).zoom).toBeLessThan(before.zoom * 0.9);
  // The pointer stands on whole pixels.
  expect(Math.abs((await place()).under - before.under)).toBeLessThan(before.zoom);
});

test('Alt and the wheel over the bar zoom in frequency at the pointer, as beside it', async ({ app }) => {
  await around(app, 'harmonic');
  const box = (await barOf(app).boundingBox())!;
  const lane = (await app.locator('canvas[data-track="harmonic"]').boundingBox())!;
  const y = Math.round(box.y + box.height / 2);
  const place = (): Promise<{ octaves: number; under: number }> =>
    app.evaluate(
      (share) => {
        const { song, settings } = window.__unbraid!.app;
        const { low, high } = song.view.axis(settings.axis);
        return { octaves: Math.log2(high / low), under: low * (high / low) ** share };
      },
      (lane.y + lane.height - y) / lane.height,
    );
  const before = await place();
  await app.mouse.move(box.x + box.width / 2, y);
  await app.keyboard.down('Alt');
  await app.mouse.wheel(0, -200);
  await app.keyboard.up('Alt');
  await expect.poll(async () => (await place()).octaves).toBeLessThan(before.octaves * 0.9);
  expect(Math.abs(Math.log2((await place()).under / before.under))).toBeLessThan(0.02);
});

for (const viewport of [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
]) {
  test(`select, move, hear are three actions at ${viewport.width} × ${viewport.height}, without scrolling`, async ({
    app,
  }) => {
    await app.setViewportSize(viewport);
    const total = async (): Promise<number[]> => {
      const [a, b] = [
        await trackSamples(app, 'harmonic', start, count),
        await trackSamples(app, 'percussive', start, count),
      ];
      return a[0].map((x, i) => x + b[0][i]);
    };
    const before = await total();
    await around(app, 'harmonic');
    await barOf(app).getByRole('button', { name: 'Move to percussive' }).click();
    await settled(app);
    await app.keyboard.press('Space');
    await expect(app.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
    const { position } = await app.evaluate(() => ({ position: window.__unbraid!.app.song.player.position }));
    const selection = (await tools(app, (song) => song.view.selection))!;
    expect(position).toBeGreaterThanOrEqual(selection.start);
    expect(await app.evaluate(() => [document.querySelector('main')!.scrollTop, scrollY])).toEqual([0, 0]);

    expect(rms(await trackSamples(app, 'harmonic', start, count))).toBeLessThan(0.01);
    expect(rms(await trackSamples(app, 'percussive', start, count))).toBeGreaterThan(0.2);
    const after = await total();
    expect(Math.max(...after.map((x, i) => Math.abs(x - before[i])))).toBeLessThan(1e-6);
  });
}

test('the lane under the pointer is the one that is meant, and the bar acts on it', async ({ app }) => {
  await around(app, 'percussive');
  expect(await tools(app, (song) => song.selectedTrack)).toBe('percussive');
  await expect(barOf(app)).toHaveAccessibleName('Selection in percussive');
  await expect(app.locator('[data-meant]')).toHaveText(['percussive']);
  await expect(barOf(app).getByRole('button', { name: 'Move to harmonic' })).toBeVisible();
  // The same selection, in another lane.
  await app.keyboard.press('ArrowUp');
  await expect(app.locator('[data-meant]')).toHaveText(['harmonic']);
  await expect(app.locator('.rectangle.meant')).toHaveCount(1);
  await expect(app.locator('.rectangle:not(.meant)')).toHaveCount(2);
  // In the source's lane it is about all stems: what the others have of it goes to one of them.
  await app.keyboard.press('ArrowUp');
  await barOf(app).getByRole('button', { name: 'Move to percussive' }).click();
  await settled(app);
  expect(rms(await trackSamples(app, 'percussive', start, count))).toBeGreaterThan(0.2);
});

test('Delete takes away, Enter does the last thing again, undo brings it back', async ({ app }) => {
  const level = async (track: string): Promise<number> => rms(await trackSamples(app, track, start, count));
  const full = await level('harmonic');
  await around(app, 'harmonic');
  await app.keyboard.press('Shift+Delete');
  await expect(app.getByRole('button', { name: 'Undo Attenuate a part of harmonic' })).toBeEnabled();
  await settled(app);
  expect(20 * Math.log10((await level('harmonic')) / full)).toBeCloseTo(-6, 1);
  // The last choice, on what is left of it.
  await app.keyboard.press('Enter');
  await settled(app);
  expect(20 * Math.log10((await level('harmonic')) / full)).toBeCloseTo(-12, 1);
  await app.keyboard.press('Delete');
  await settled(app);
  expect(await level('harmonic')).toBeLessThan(0.01);
  expect(await level('removed')).toBeGreaterThan(0.2);
  for (let step = 0; step < 3; step++) await app.keyboard.press('Control+z');
  await expect.poll(() => level('harmonic')).toBeCloseTo(full, 6);
  // Undo went no further: the selection is there.
  await expect(barOf(app)).toBeVisible();
});

test('a selection is dragged by its edges and its inside, extended with Shift; Ctrl+A selects all', async ({
  app,
}) => {
  const seconds = async (): Promise<number[]> => {
    const { start, end } = (await tools(app, (song) => song.view.selection))!;
    return [start, end].map((frame) => Math.round((frame / sampleRate) * 10) / 10);
  };
  const shape = (): Promise<string> =>
    app
      .locator('.surface:has(canvas[data-track="harmonic"])')
      .evaluate((element: HTMLElement) => element.style.cursor);
  await around(app, 'harmonic');
  expect(await seconds()).toEqual([1.2, 2.8]);
  const band = (await tools(app, (song) => song.view.selectedBand))!;
  const box = (await app.locator('canvas[data-track="harmonic"]').boundingBox())!;
  await app.mouse.move(box.x + 0.3 * box.width, box.y + 0.45 * box.height);
  expect(await shape()).toBe('ew-resize');
  await app.mouse.move(box.x + 0.3 * box.width, box.y + 0.3 * box.height);
  expect(await shape()).toBe('nwse-resize');
  await app.mouse.move(box.x + 0.1 * box.width, box.y + 0.45 * box.height);
  expect(await shape()).toBe('');
  await drag(app, 'harmonic', [0.3, 0.45], [0.4, 0.45]);
  expect(await seconds()).toEqual([1.6, 2.8]);
  await drag(app, 'harmonic', [0.5, 0.45], [0.6, 0.45]);
  expect(await seconds()).toEqual([2, 3.2]);
  const moved = (await tools(app, (song) => song.view.selectedBand))!;
  expect(moved.low).toBeCloseTo(band.low, 6);
  await drag(app, 'harmonic', [0.7, 0.3], [0.7, 0.1]);
  expect((await tools(app, (song) => song.view.selectedBand))!.high).toBeGreaterThan(2 * band.high);
  await app.locator('canvas[data-track="harmonic"]').click({
    position: { x: 0.1 * box.width, y: 0.45 * box.height },
    modifiers: ['Shift'],
    force: true,
  });
  expect(await seconds()).toEqual([0.4, 3.2]);
  // Each drag was one step.
  await app.keyboard.press('Control+z');
  expect(await seconds()).toEqual([2, 3.2]);
  await app.keyboard.press('Control+a');
  expect(await seconds()).toEqual([0, 4]);
  expect(await tools(app, (song) => song.view.selectedBand)).toBeNull();
  await app.keyboard.press('Escape');
  expect(await seconds()).toEqual([0, 4]);
});

test('a double click selects what hangs together, a right click has everything, I plays it alone', async ({
  app,
}) => {
  const lane = app.locator('canvas[data-track="harmonic"]');
  const box = (await lane.boundingBox())!;
  // The tone, on the logarithmic axis from 30 Hz.
  const share = Math.log2(hertz / 30) / Math.log2(sampleRate / 2 / 30);
  await lane.dblclick({ position: { x: box.width / 2, y: box.height * (1 - share) }, force: true });
  await expect.poll(() => tools(app, (song) => song.view.painted.area !== null)).toBe(true);
  await expect(barOf(app)).toHaveAccessibleName('Selection in harmonic');
  await app.keyboard.press('i');
  await expect.poll(() => tools(app, (song) => song.listening.heard !== null)).toBe(true);
  await app.keyboard.press('Escape');
  expect(await tools(app, (song) => song.listening.heard)).toBeNull();

  await lane.click({ button: 'right', position: { x: 20, y: 20 }, force: true });
  const menu = app.getByRole('group', { name: 'Actions for the selection' });
  await expect(menu.getByRole('button', { name: /^Move to percussive/ })).toBeFocused();
  await app.keyboard.press('ArrowDown');
  await expect(menu.getByRole('button', { name: /^Attenuate by 6 dB/ })).toBeFocused();
  await app.keyboard.press('ArrowUp');
  await app.keyboard.press('Enter');
  await expect(menu).toBeHidden();
  await settled(app);
  expect(rms(await trackSamples(app, 'harmonic', start, count))).toBeLessThan(0.01);

  await app.keyboard.press('Shift+E');
  const dialog = app.getByRole('dialog', { name: 'Export' });
  await expect(dialog.getByLabel('The selection in “harmonic”')).toBeChecked();
});

for (const [place, from, to] of [
  ['low', [0.1, 0.72], [0.25, 0.97]],
  ['high', [0.1, 0.05], [0.25, 0.3]],
  ['narrow and as high as the lane', [0.05, 0.02], [0.08, 0.98]],
] as const) {
  test(`the bar covers neither a selection that is ${place}, nor the lane’s name there`, async ({ app }) => {
    for (const [width, height] of [
      [1440, 900],
      [1024, 700],
    ]) {
      await app.setViewportSize({ width, height });
      await drag(app, 'harmonic', from, to, true);
      await expect(barOf(app)).toBeVisible();
      const covered = await barOf(app).evaluate((bar) => {
        const mine = bar.getBoundingClientRect();
        const lane = bar.parentElement!;
        return ['.rectangle.meant', '[data-meant]'].filter((name) => {
          const box = lane.querySelector(name)!.getBoundingClientRect();
          const apart =
            box.right <= mine.left ||
            box.left >= mine.right ||
            box.bottom <= mine.top ||
            box.top >= mine.bottom;
          return !apart;
        });
      });
      expect(covered, `${width} × ${height}`).toEqual([]);
      await app.keyboard.press('Control+z');
      await expect(barOf(app)).toHaveCount(0);
    }
  });
}
