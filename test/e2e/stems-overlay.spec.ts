import type { Page } from '@playwright/test';
import { axisFor, hertzAt } from '../../src-renderer/picture/axis.js';
import type { Look } from '../../src-renderer/picture/look.js';
import { rgbOf, type Rgb } from '../../src-renderer/picture/gl/stem-blend.js';
import { texelDb } from '../../src-renderer/picture/tiles/level-at.js';
import { columnSamples } from '../../src-renderer/picture/tiles/tile-plan.js';
import { trackColours } from '../../src-renderer/picture/colours.js';
import { blendStems, competition, heatOver } from '../fixtures/stem-blend.js';
import { expect, test } from './support/host.js';
import { openFile, openPanel, separate } from './support/page.js';
import { sineInNoise } from './support/wav.js';

const rate = 44_100;
const stems = ['harmonic', 'percussive'] as const;
const grid = { nFft: 512, hop: 128, length: 2 * rate };
/** As the page starts, but for the range that follows the view. */
const look: Look = { scale: 'db', gainDb: 18, rangeDb: 84 };
const axis = axisFor('linear', rate, { low: 0, high: 3000 });

/** What the source's lane shows, and the tiles of level 0 that it is made of. */
interface Shown {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha of each pixel, row by row from the top. */
  readonly pixels: readonly number[];
  readonly span: { readonly start: number; readonly framesPerPixel: number; readonly width: number };
  /** `[stem][column]`, uint8 [48 bins][512 columns] each. */
  readonly tiles: readonly (readonly number[])[][];
}

async function shown(app: Page): Promise<Shown> {
  await expect(app.locator('.waiting')).toHaveCount(0);
  // A frame for what was set last to be drawn.
  await app.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return app.evaluate(
    async ({ stems, grid }) => {
      const canvas = document.querySelector<HTMLCanvasElement>('canvas[data-track=source]')!;
      const { width, height } = canvas;
      const { info, view } = window.__unbraid!.app.song;
      const tile = async (track: string, column: number): Promise<number[]> => {
        const what = `nFft=${grid.nFft}&hop=${grid.hop}&window=hann&level=0&row=0`;
        const answer = await fetch(`/tile?session=${info.session}&track=${track}&${what}&column=${column}`);
        // The bins on screen: 3 kHz are 35 of them.
        return [...new Uint8Array(await answer.arrayBuffer(), 0, 48 * 512)];
      };
      return {
        width,
        height,
        pixels: [...canvas.getContext('2d')!.getImageData(0, 0, width, height).data],
        span: { ...view.span },
        tiles: await Promise.all(stems.map((id) => Promise.all([tile(id, 0), tile(id, 1)]))),
      };
    },
    { stems, grid },
  );
}

/** A level between texels, dB, as the graphics card interpolates it. */
function levelAt(tiles: readonly (readonly number[])[], frame: number, hertz: number): number | null {
  const size = columnSamples(grid, 0);
  const column = Math.floor((frame + grid.hop / 2) / size);
  const u = (frame + grid.hop / 2 - column * size) / grid.hop - 0.5;
  const v = (hertz * grid.nFft) / rate;
  const [x, y] = [Math.floor(u), Math.floor(v)];
  const at = (dx: number, dy: number): number =>
    tiles[column][(y + dy) * 512 + Math.min(Math.max(x + dx, 0), 511)];
  const [fx, fy] = [u - x, v - y];
  const lower = at(0, 0) * (1 - fx) + at(1, 0) * fx;
  return texelDb(lower * (1 - fy) + (at(0, 1) * (1 - fx) + at(1, 1) * fx) * fy);
}

type Expected = (levels: readonly (number | null)[]) => Rgb;

/** Compares a thousand pixels with what is expected of the stems' levels there. */
function expectPixels({ width, height, pixels, span, tiles }: Shown, expected: Expected): void {
  let far = 0;
  const count = 1000;
  for (let i = 0; i < count; i++) {
    // Places all over the lane but at the legend, in no order that could meet the tiles' own.
    const [x, y] = [(i * 797) % width, 30 + ((i * 61) % (height - 35))];
    const frame = span.start + (x + 0.5) * span.framesPerPixel;
    const hertz = hertzAt(axis, 1 - (y + 0.5) / height);
    const wanted = expected(tiles.map((columns) => levelAt(columns, frame, hertz)));
    const at = 4 * (y * width + x);
    const error = Math.max(...wanted.map((value, c) => Math.abs(pixels[at + c] - 255 * value)));
    if (error > 8) far++;
  }
  expect(far).toBeLessThan(count / 100);
}

test('stems are drawn in their colours, and heat where they compete, as the functions say', async ({
  app,
}) => {
  // Both stems take about half of the noise; the sine is harmonic.
  await openFile(app, 'song.wav', sineInNoise(1500, 2));
  await separate(app);
  await openPanel(app, 'view');
  await app.getByLabel('Range follows what is in view').uncheck();
  await app.getByLabel('Frequency axis').selectOption('linear');
  await app.getByLabel('Window length').selectOption('512');
  await app.getByLabel('Highest frequency shown, Hz').fill('3000');
  await app.keyboard.press('Enter');
  for (let i = 0; i < 7; i++) await app.keyboard.press('+');
  await app.keyboard.press('o');
  const colours = trackColours(['source', ...stems])
    .slice(1)
    .map(rgbOf);
  await expect(app.getByRole('group', { name: 'Legend' })).toHaveText(/harmonic\s*percussive/);
  const blended = await shown(app);
  expectPixels(blended, (levels) => blendStems(levels, colours, look));

  await app.keyboard.press('k');
  const hot = { equal: 0, alone: 0 };
  expectPixels(await shown(app), (levels) => {
    const heat = competition(levels, look);
    const apart = Math.abs((levels[0] ?? -120) - (levels[1] ?? -120));
    if (apart < 1 && heat > 0.5) hot.equal++;
    if (apart > 12 && heat < 0.2) hot.alone++;
    return heatOver(blendStems(levels, colours, look), heat, true);
  });
  // The song has places of both kinds.
  expect(Math.min(hot.equal, hot.alone)).toBeGreaterThan(20);

  // A muted stem takes part in neither.
  await app.getByRole('button', { name: 'Mute percussive', exact: true }).click();
  await expect(app.getByRole('group', { name: 'Legend' })).not.toContainText('percussive');
  expectPixels(await shown(app), ([harmonic]) =>
    heatOver(blendStems([harmonic], [colours[0]], look), competition([harmonic], look), true),
  );
});

test('heat alone lies over the source in grey', async ({ app }) => {
  await openFile(app, 'song.wav', sineInNoise(1500, 2));
  await separate(app);
  await openPanel(app, 'view');
  await app.getByLabel('Range follows what is in view').uncheck();
  await app.getByLabel('Frequency axis').selectOption('linear');
  await app.getByLabel('Window length').selectOption('512');
  await app.getByLabel('Where stems compete (K)').check();
  await app.getByRole('button', { name: 'Mute percussive', exact: true }).click();
  const { pixels } = await shown(app);
  // A single stem has no competitor: no heat, and no colour of the colour map.
  const coloured = pixels.filter((value, i) => i % 4 < 2 && Math.abs(value - pixels[i + 1]) > 1);
  expect(coloured.length).toBe(0);
  const bright = pixels.filter((value, i) => i % 4 === 0 && value > 40);
  expect(bright.length).toBeGreaterThan(pixels.length / 40);
  await app.getByRole('button', { name: 'Mute percussive', exact: true }).click();
  await expect
    .poll(
      async () => (await shown(app)).pixels.filter((v, i, all) => i % 4 === 0 && v - all[i + 2] > 60).length,
    )
    .toBeGreaterThan(1000);
});
