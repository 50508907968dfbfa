import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { openFile, openPanel, separate, trackSamples } from './support/page.js';
import { sampleRate, wav16 } from './support/wav.js';

const seconds = 4;
/** Well inside of what is painted: seconds 1 to 3. */
const start = Math.round(1.5 * sampleRate);
const count = sampleRate;
/** A tone, and another one with two overtones. */
const lone = 1400;
const fundamental = 400;

function song(): Buffer {
  const parts = [
    [lone, 0.2],
    [fundamental, 0.2],
    [2 * fundamental, 0.1],
    [3 * fundamental, 0.1],
  ];
  const at = (i: number): number =>
    parts.reduce((sum, [hz, level]) => sum + level * Math.sin((2 * Math.PI * hz * i) / sampleRate), 0);
  const plane = Float32Array.from({ length: seconds * sampleRate }, (_, i) => at(i));
  return wav16([plane, plane], sampleRate);
}

/** Level of one frequency in a second of samples, as the amplitude of its sine. */
function amplitude(plane: ArrayLike<number>, hz: number): number {
  let [re, im] = [0, 0];
  for (let i = 0; i < plane.length; i++) {
    const angle = (2 * Math.PI * hz * i) / sampleRate;
    re += plane[i] * Math.cos(angle);
    im += plane[i] * Math.sin(angle);
  }
  return (2 * Math.hypot(re, im)) / plane.length;
}

/** Levels of the four partials in a stem. */
async function partials(app: Page, stem: string): Promise<number[]> {
  const [plane] = await trackSamples(app, stem, start, count);
  return [lone, fundamental, 2 * fundamental, 3 * fundamental].map((hz) => amplitude(plane, hz));
}

/** Lanes show 100 … 2000 Hz on a linear axis, so that places are easy to tell. */
const [bottom, top] = [100, 2000];

interface Place {
  readonly at: number;
  readonly hz: number;
}

/** Drags over a lane through places in the song, seconds and Hz. */
async function drag(app: Page, stem: string, places: readonly Place[]): Promise<void> {
  const box = await app.locator(`canvas[data-track="${stem}"]`).boundingBox();
  if (!box) throw new Error(`There is no lane ${stem}`);
  const points = places.map(({ at, hz }) => ({
    x: box.x + (at / seconds) * box.width,
    y: box.y + (1 - (hz - bottom) / (top - bottom)) * box.height,
  }));
  await app.mouse.move(points[0].x, points[0].y);
  await app.mouse.down();
  for (const { x, y } of points.slice(1)) await app.mouse.move(x, y, { steps: 12 });
  await app.mouse.up();
}

async function enter(app: Page, label: string, value: number): Promise<void> {
  if (label === 'Brush height, Hz') await app.getByLabel('Brush size in').selectOption('hertz');
  await app.getByLabel(label).fill(`${value}`);
  await app.keyboard.press('Enter');
}

/** Pixels of a lane that show what is painted. */
async function inked(app: Page, stem: string): Promise<number> {
  return app.locator(`canvas[data-painted="${stem}"]`).evaluate((canvas: HTMLCanvasElement) => {
    if (canvas.hidden) return 0;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, i) => i % 4 === 3 && value > 0).length;
  });
}

let panel: Locator;

async function apply(): Promise<void> {
  await panel.getByLabel('From', { exact: true }).selectOption('harmonic');
  await panel.getByLabel('To', { exact: true }).selectOption('percussive');
  const before = await panel.getByRole('listitem').count();
  await panel.getByRole('button', { name: 'Apply to the selection' }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(before + 1);
  await expect(panel.getByRole('button', { name: 'Apply to the selection' })).toBeEnabled();
}

test.beforeEach(async ({ app }) => {
  await openFile(app, 'tones.wav', song());
  await separate(app);
  panel = app.getByRole('group', { name: 'Repair the stems' });
  await openPanel(app, 'view');
  await app.getByLabel('Frequency axis').selectOption('linear');
  await enter(app, 'Lowest frequency shown, Hz', bottom);
  await enter(app, 'Highest frequency shown, Hz', top);
  await openPanel(app, 'edits');
});

test('a tone is painted with the brush and moved; the eraser takes paint back', async ({ app }) => {
  const before = await partials(app, 'harmonic');
  expect(Math.min(...before)).toBeGreaterThan(0.08);
  await app.getByRole('radio', { name: 'Brush' }).check();
  await enter(app, 'Brush height, Hz', 240);
  await drag(app, 'harmonic', [
    { at: 0.8, hz: lone },
    { at: 3.2, hz: lone },
  ]);
  await expect(panel.getByText('Painted:')).toBeVisible();
  // It is seen on every lane, and grows and shrinks.
  const painted = await inked(app, 'percussive');
  expect(painted).toBeGreaterThan(1000);
  await panel.getByRole('button', { name: 'Grow' }).click();
  await expect.poll(() => inked(app, 'percussive')).toBeGreaterThan(painted);
  await panel.getByRole('button', { name: 'Shrink' }).click();
  await apply();

  const [loneLeft, ...others] = await partials(app, 'harmonic');
  expect(loneLeft).toBeLessThan(0.003);
  others.forEach((level, i) => expect(level / before[i + 1]).toBeGreaterThan(0.97));
  expect((await partials(app, 'percussive'))[0]).toBeGreaterThan(0.19);
  // The row says what was painted, not what the lanes show.
  await expect(panel.getByRole('listitem')).toContainText(/1[23]\d\d–1[45]\d\d Hz/);
  await panel.getByRole('button', { name: 'Delete edit 1' }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(0);

  // The eraser goes over all of the tone but its last part: nothing is left to move where samples are looked at.
  await app.keyboard.press('e');
  await expect(app.getByRole('radio', { name: 'Eraser' })).toBeChecked();
  await enter(app, 'Brush height, Hz', 600);
  await enter(app, 'Hardness', 100);
  const full = await inked(app, 'harmonic');
  await drag(app, 'harmonic', [
    { at: 0.7, hz: lone },
    { at: 2.8, hz: lone },
  ]);
  await expect.poll(() => inked(app, 'harmonic')).toBeLessThan(full / 2);
  expect(await inked(app, 'harmonic')).toBeGreaterThan(0);
  await apply();
  expect((await partials(app, 'harmonic'))[0] / before[0]).toBeGreaterThan(0.99);
});

test('the harmonic brush takes overtones with the fundamental', async ({ app }) => {
  const before = await partials(app, 'harmonic');
  await app.keyboard.press('h');
  await enter(app, 'Brush height, Hz', 120);
  await enter(app, 'Overtones', 2);
  await drag(app, 'harmonic', [
    { at: 0.8, hz: fundamental },
    { at: 3.2, hz: fundamental },
  ]);
  await apply();
  const after = await partials(app, 'harmonic');
  expect(Math.max(after[1], after[2])).toBeLessThan(0.01);
  // What is not a multiple of it, and the overtone that was not asked for, stay.
  expect(Math.min(after[0] / before[0], after[3] / before[3])).toBeGreaterThan(0.97);
});

test('a lasso closes at its release, Escape gives up what is being drawn and destroys nothing', async ({
  app,
}) => {
  const before = await partials(app, 'harmonic');
  await app.keyboard.press('q');
  await drag(app, 'harmonic', [
    { at: 0.8, hz: 1300 },
    { at: 3.2, hz: 1300 },
    { at: 3.2, hz: 1500 },
    { at: 0.8, hz: 1500 },
  ]);
  const painted = await inked(app, 'harmonic');
  const box = await app.locator('canvas[data-track=harmonic]').boundingBox();
  await app.mouse.move(box!.x + 20, box!.y + 20);
  await app.mouse.down();
  await app.mouse.move(box!.x + 300, box!.y + 60, { steps: 5 });
  await expect(app.locator('.paint polyline').first()).toBeVisible();
  await app.keyboard.press('Escape');
  await expect(app.locator('.paint polyline')).toHaveCount(0);
  await app.mouse.up();
  expect(await inked(app, 'harmonic')).toBe(painted);
  await apply();
  const after = await partials(app, 'harmonic');
  expect(after[0]).toBeLessThan(0.003);
  expect(after[3] / before[3]).toBeGreaterThan(0.97);

  // Undo takes back what was applied and leaves the paint.
  await app.keyboard.press('Control+z');
  await expect(panel.getByRole('listitem')).toHaveCount(0);
  expect(await inked(app, 'harmonic')).toBe(painted);
  await app.keyboard.press('Escape');
  await app.keyboard.press('Escape');
  expect(await inked(app, 'harmonic')).toBe(painted);
  await app.keyboard.press('Control+Shift+A');
  await expect.poll(() => inked(app, 'harmonic')).toBe(0);
  await expect(panel.getByText('Painted:')).toHaveCount(0);
  // What was cleared is a step, and the lasso before it another.
  await app.getByRole('button', { name: 'Undo Clear what is painted' }).click();
  await expect.poll(() => inked(app, 'harmonic')).toBe(painted);
  await app.getByRole('button', { name: 'Undo Paint the selection' }).click();
  await expect.poll(() => inked(app, 'harmonic')).toBe(0);
  await app.getByRole('button', { name: 'Redo Paint the selection' }).click();
  await expect.poll(() => inked(app, 'harmonic')).toBe(painted);
});

test('a pen paints as strongly as it is pressed', async ({ app }) => {
  await app.keyboard.press('b');
  await enter(app, 'Hardness', 100);
  await enter(app, 'Brush height, Hz', 600);
  const box = (await app.locator('canvas[data-track=harmonic]').boundingBox())!;
  const client = await app.context().newCDPSession(app);
  const pen = async (
    type: 'mousePressed' | 'mouseMoved' | 'mouseReleased',
    x: number,
    force: number,
  ): Promise<void> => {
    await client.send('Input.dispatchMouseEvent', {
      ...{ type, x: box.x + x, y: box.y + box.height / 2, force, pointerType: 'pen' },
      ...{ button: 'left', buttons: type === 'mouseReleased' ? 0 : 1, clickCount: 1 },
    });
  };
  await pen('mousePressed', 100, 0.4);
  await pen('mouseMoved', 300, 0.4);
  await pen('mouseReleased', 300, 0);
  await expect.poll(() => inked(app, 'harmonic')).toBeGreaterThan(1000);
  const strongest = await app
    .locator('canvas[data-painted=harmonic]')
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return data.reduce((best, value, i) => (i % 4 === 3 ? Math.max(best, value) : best), 0);
    });
  // Four tenths of the opacity of what is covered in full.
  expect(Math.abs(strongest - 44)).toBeLessThanOrEqual(1);
});

test('it is all done by keys, and axe finds nothing', async ({ app }) => {
  const before = await partials(app, 'harmonic');
  await app.getByRole('button', { name: 'Select track harmonic' }).click();
  await app.keyboard.press('b');
  await enter(app, 'Brush height, Hz', 1200);
  // From the place where the cursor is, the middle of what is shown, to a second on both sides of it.
  await app.keyboard.press('c');
  await expect(app.getByRole('application').nth(1)).toBeFocused();
  await app.keyboard.press('d');
  await expect(panel.getByText('Painted:')).toBeVisible();
  const dabbed = await inked(app, 'harmonic');
  expect(dabbed).toBeGreaterThan(100);
  for (let i = 0; i < 20; i++) await app.keyboard.press('Control+ArrowRight');
  await app.keyboard.press('Shift+D');
  await expect.poll(() => inked(app, 'harmonic')).toBeGreaterThan(3 * dabbed);
  for (const theme of ['Light', 'Dark']) {
    const { violations } = await new AxeBuilder({ page: app }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)).toEqual([]);
    await app.getByRole('button', { name: `${theme} theme` }).click();
  }
  // A lasso gets its corners one by one, and closes at the last.
  await panel.getByRole('button', { name: 'Clear' }).click();
  await app.getByRole('radio', { name: 'Lasso' }).check();
  await app.getByRole('application').nth(1).focus();
  await app.keyboard.press('d');
  for (const key of ['Control+ArrowLeft', 'ArrowDown'])
    for (let i = 0; i < 8; i++) await app.keyboard.press(key);
  await app.keyboard.press('d');
  for (let i = 0; i < 8; i++) await app.keyboard.press('Control+ArrowRight');
  expect(await inked(app, 'harmonic')).toBe(0);
  await app.keyboard.press('Shift+D');
  await expect.poll(() => inked(app, 'harmonic')).toBeGreaterThan(100);
  // All that is on screen, once nothing is painted.
  await panel.getByRole('button', { name: 'Clear' }).click();
  await panel.getByRole('button', { name: 'Invert' }).click();
  await apply();
  const after = await partials(app, 'harmonic');
  after.forEach((level) => expect(level).toBeLessThan(0.003));
  expect(Math.min(...before)).toBeGreaterThan(0.08);
});

/** What the page's painted selection has of a mask and of its changes. */
interface Mask {
  get(frame: number, bin: number): number;
  set(frame: number, bin: number, value: number): void;
  clone(): Mask;
}
interface Painted {
  readonly mask: Mask;
  readonly working: boolean;
  change(change: (mask: Mask) => Mask): void;
  changeLater(work: (mask: Mask) => Promise<Mask>): Promise<void>;
}

test('a changed mask comes back from its worker, unless something was painted meanwhile', async ({ app }) => {
  const outcome = await app.evaluate(async () => {
    const view = window.__unbraid!.app.song.view as unknown as { readonly painted: Painted };
    const { painted } = view;
    const set = (bin: number, value: number): void =>
      painted.change((mask) => (mask.set(60, bin, value), mask));
    set(100, 1);
    const made = painted.mask.clone();
    made.set(60, 200, 1);
    let finish = (): void => undefined;
    const work = (): Promise<Mask> => new Promise((resolve) => (finish = () => resolve(made.clone())));
    const first = painted.changeLater(work);
    const busy = painted.working;
    let begun = false;
    await painted.changeLater(() => ((begun = true), work()));
    finish();
    await first;
    const taken = [busy, begun, painted.working, painted.mask.get(60, 200)];
    set(200, 0);
    const second = painted.changeLater(work);
    set(300, 1);
    finish();
    await second;
    return { taken, left: [painted.working, painted.mask.get(60, 200), painted.mask.get(60, 300)] };
  });
  expect(outcome).toEqual({ taken: [true, false, false, 1], left: [false, 0, 1] });
});

test('the brush is measured on the screen; brackets and Shift+wheel change it and its outline', async ({
  app,
}) => {
  await openFile(app, 'partials.wav', song());
  const lane = (await app.locator('canvas[data-track=source]').boundingBox())!;
  await app.keyboard.press('b');
  const outline = app.locator('.brush');
  const size = async (): Promise<readonly [number, number]> => {
    const { width, height } = (await outline.boundingBox())!;
    return [Math.round(width), Math.round(height)];
  };
  for (const y of [0.3, 0.6]) {
    await app.mouse.move(lane.x + lane.width / 2, lane.y + y * lane.height);
    await expect.poll(size).toEqual([24, 16]);
  }
  await app.keyboard.press('+');
  expect(await size()).toEqual([24, 16]);
  await app.keyboard.press(']');
  await expect.poll(size).toEqual([30, 20]);
  await app.keyboard.press('[');
  await expect.poll(size).toEqual([24, 16]);
  await app.keyboard.down('Shift');
  await app.mouse.wheel(0, -200);
  await app.keyboard.up('Shift');
  await expect.poll(async () => (await size())[0]).toBeGreaterThan(28);
  // Without a brush the brackets select again.
  await app.keyboard.press('b');
  await app.keyboard.press(']');
  await app.keyboard.press('[');
  await expect(app.getByLabel('Selection start', { exact: true })).not.toHaveValue('');
});
