import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { axisFor, axisKinds, heightOf, type Band } from '../../src-renderer/picture/axis.js';
import { expect, test } from './support/host.js';
import { lanePicture, openFile, openPanel, separate } from './support/page.js';
import { chirp, sine, wav16 } from './support/wav.js';

const rate = 44_100;

async function enter(app: Page, label: string, value: string): Promise<void> {
  await app.getByLabel(label).fill(value);
  await app.keyboard.press('Enter');
}

async function showBand(app: Page, low: number, high: number): Promise<void> {
  await enter(app, 'Highest frequency shown, Hz', String(high));
  await enter(app, 'Lowest frequency shown, Hz', String(low));
}

const lane = (app: Page, name: string): Locator =>
  app.getByRole('application', { name: `Spectrogram of ${name}` });

/** Expects a chirp from 200 to 8000 Hz at the heights that each axis gives its frequencies at parts of the song. */
async function expectChirp(app: Page, band: Band | null, parts: readonly number[]): Promise<void> {
  for (const kind of axisKinds) {
    await app.getByLabel('Frequency axis').selectOption(kind);
    await expect(app.locator('.waiting')).toHaveCount(0);
    const axis = axisFor(kind, rate, band);
    await expect(async () => {
      const picture = await lanePicture(app, 'source', parts);
      expect(picture.brightest).toBeGreaterThan(400);
      picture.rows.forEach((row, i) => {
        const wanted = (1 - heightOf(axis, 200 + 7800 * parts[i])) * picture.height;
        // The window covers 360 Hz of the sweep, in the middle of which it is loudest.
        expect(Math.abs(row + 0.5 - wanted), `${kind} ${parts[i]}`).toBeLessThan(picture.height * 0.05);
      });
    }).toPass({ timeout: 15_000 });
  }
}

test('every axis shows the part that is zoomed to, a chirp at its place, and fetches no more', async ({
  app,
}) => {
  await openFile(app, 'chirp.wav', chirp(200, 8000, 4));
  await openPanel(app, 'view');
  await showBand(app, 1000, 4000);
  const rows = new Set<string>();
  app.on('request', (request) => {
    const query = new URL(request.url()).searchParams;
    if (query.get('nFft') === '8192') rows.add(query.get('row')!);
  });
  await app.getByLabel('Window length').selectOption('8192');
  await expectChirp(app, { low: 1000, high: 4000 }, [0.15, 0.25, 0.35, 0.45]);
  // 1 to 4 kHz are bins 186 to 743: two of the eight rows of tiles.
  expect([...rows].sort()).toEqual(['0', '1']);
  await app.getByRole('button', { name: 'Show all frequencies' }).click();
  await expectChirp(app, null, [0.1, 0.5, 0.9]);
});

test('wheel, ruler and keys zoom and scroll in frequency, in all lanes at once', async ({ app }) => {
  await openFile(app, 'sine.wav', sine(1000, 2));
  await openPanel(app, 'view');
  const [low, high] = [
    app.getByLabel('Lowest frequency shown, Hz'),
    app.getByLabel('Highest frequency shown, Hz'),
  ];
  const shown = async (): Promise<number[]> =>
    Promise.all([low, high].map(async (field) => Number.parseFloat(await field.inputValue())));
  await app.getByLabel('Frequency axis').selectOption('linear');
  const box = (await app.locator('canvas[data-track=source]').boundingBox())!;
  await app.mouse.move(box.x + 300, box.y + box.height / 2);
  await app.keyboard.down('Alt');
  await app.mouse.wheel(0, -400);
  await app.keyboard.up('Alt');
  // Four notches of 1.25 about the middle of the lane.
  const size = 22_050 / 1.25 ** 4;
  await expect(async () => {
    const [a, b] = await shown();
    expect(b - a).toBeCloseTo(size, -1);
    expect((a + b) / 2).toBeCloseTo(11_025, -2);
  }).toPass();
  const before = await shown();
  await app.keyboard.press('Alt+PageUp');
  expect((await shown())[0]).toBeCloseTo(before[0] + size / 4, -1);

  const ruler = (await app.locator('.frequencies').boundingBox())!;
  await app.mouse.move(ruler.x + 20, ruler.y + 60);
  await app.mouse.down();
  await app.mouse.move(ruler.x + 20, ruler.y + 20, { steps: 3 });
  await app.mouse.up();
  // What is dragged up comes from below.
  expect((await shown())[0]).toBeCloseTo(before[0] + size / 4 - (size * 40) / ruler.height, -2);
  await app.keyboard.press('Alt+0');
  expect(await shown()).toEqual([0, 22_050]);
});

test('Z shows the selection in time and frequency, and what was there before', async ({ app }) => {
  await openFile(app, 'sine.wav', sine(1000, 4));
  await openPanel(app, 'view');
  const shown = (): Promise<[number, number]> =>
    app.evaluate((seconds) => {
      const { start, framesPerPixel, width } = window.__unbraid!.app.song.view.span;
      return [start / seconds, (start + framesPerPixel * width) / seconds];
    }, rate);
  const highest = app.getByLabel('Highest frequency shown, Hz');
  const [all, band] = [await shown(), await highest.inputValue()];
  await app.keyboard.press('z');
  expect(await shown()).toEqual(all);
  await enter(app, 'Selection start', '1');
  await enter(app, 'Selection end', '2');
  await enter(app, 'Selection from frequency, Hz', '500');
  await enter(app, 'Selection to frequency, Hz', '2000');
  await app.locator('canvas[data-track=source]').focus();
  await app.keyboard.press('z');
  const [start, end] = await shown();
  expect(start).toBeCloseTo(0.9, 2);
  expect(end).toBeCloseTo(2.1, 2);
  await expect(highest).toHaveValue('2500 Hz');
  await app.keyboard.press('z');
  expect(await shown()).toEqual(all);
  await expect(highest).toHaveValue(band);
});

test('a rectangle is selected by the pointer and changed by numbers', async ({ app }) => {
  await openFile(app, 'sine.wav', sine(1000, 2));
  await openPanel(app, 'view');
  await app.getByLabel('Frequency axis').selectOption('linear');
  const box = (await app.locator('canvas[data-track=source]').boundingBox())!;
  const [low, high] = [
    app.getByLabel('Selection from frequency, Hz'),
    app.getByLabel('Selection to frequency, Hz'),
  ];
  const hertz = async (field: Locator): Promise<number> => Number.parseFloat(await field.inputValue());
  const drag = async (): Promise<void> => {
    await app.mouse.move(box.x + box.width * 0.25, box.y + box.height * 0.25);
    await app.mouse.down();
    await app.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.75, { steps: 3 });
    await app.mouse.up();
  };
  const expectRectangle = async (): Promise<void> => {
    const pixel = 22_050 / box.height;
    expect(Math.abs((await hertz(low)) - 22_050 / 4)).toBeLessThan(2 * pixel);
    expect(Math.abs((await hertz(high)) - (22_050 * 3) / 4)).toBeLessThan(2 * pixel);
    await expect(app.getByLabel('Selection start', { exact: true })).toHaveValue(/^0:00\.(49|50)/);
    await expect(app.getByLabel('Selection end', { exact: true })).toHaveValue(/^0:0(0\.99|1\.00)/);
  };
  await app.keyboard.down('Shift');
  await drag();
  await app.keyboard.up('Shift');
  await expectRectangle();

  await enter(app, 'Selection from frequency, Hz', '11.025 kHz');
  await expect(low).toHaveValue('11025 Hz');
  const rectangle = (await app.locator('.rectangle').boundingBox())!;
  expect(rectangle.y + rectangle.height - box.y).toBeCloseTo(box.height / 2, -0.5);
  expect(rectangle.y - box.y).toBeCloseTo(box.height / 4, -0.5);

  // A plain drag selects time alone; the tool makes it a rectangle. On a selection a drag would move it.
  const start = app.getByLabel('Selection start', { exact: true });
  const clear = async (): Promise<void> => {
    await app.keyboard.press('Control+Shift+A');
    await expect(start).toHaveValue('');
  };
  await clear();
  await drag();
  await expect(start).not.toHaveValue('');
  await expect(low).toHaveValue('');
  await clear();
  await app.keyboard.press('r');
  await drag();
  await expectRectangle();
  await app.keyboard.press('Escape');
  await expectRectangle();
  // Clearing it is a step, and so was each drag.
  await clear();
  await app.keyboard.press('Control+z');
  await expectRectangle();
  await app.keyboard.press('Control+z');
  await expect(start).toHaveValue('');
  await app.keyboard.press('Control+z');
  await expect(low).toHaveValue('');
  await expect(start).not.toHaveValue('');
  for (let i = 0; i < 2; i++) await app.keyboard.press('Control+y');
  await expectRectangle();
  await app.keyboard.press('Control+Shift+A');
  await expect(low).toHaveValue('');
  await expect(app.getByLabel('Selection start', { exact: true })).toHaveValue('');
  await expect(app.locator('.rectangle')).toHaveCount(0);
});

test('keys move a cursor that speaks time, frequency, note, level and the loudest stem', async ({ app }) => {
  await openFile(app, 'sine.wav', sine(1000, 3));
  await separate(app);
  await openPanel(app, 'view');
  await app.getByLabel('Frequency axis').selectOption('linear');
  await showBand(app, 500, 1500);
  await app.getByRole('button', { name: 'Select track Source' }).click();
  await app.keyboard.press('c');
  await expect(lane(app, 'Source')).toBeFocused();
  for (let i = 0; i < 10; i++) await app.keyboard.press('Control+ArrowRight');
  const voice = app.locator('[data-voice]');
  // 100 columns of 512 samples; a sine at half of full scale, less up to 1.4 dB between two bins.
  await expect(voice).toHaveText(/^0:01\.160, 1\.00 kHz, B5 \+21 ct, −[67]\.\d dB, harmonic is the loudest$/);
  await expect(app.locator('.readout')).toContainText('harmonic');
  await app.keyboard.press('ArrowRight');
  await app.keyboard.press('Control+ArrowUp');
  await expect(voice).toHaveText(/^0:01\.172, 2\.00 kHz, B6 \+21 ct/);
  // The view has followed.
  await expect(app.getByLabel('Highest frequency shown, Hz')).toHaveValue(/^2\d\d\d Hz/);

  await app.keyboard.press('Shift+ArrowRight');
  await app.keyboard.press('Shift+ArrowUp');
  // From 101 columns to the end of the 103rd.
  await expect(app.getByLabel('Selection start', { exact: true })).toHaveValue('0:01.172');
  await expect(app.getByLabel('Selection end', { exact: true })).toHaveValue('0:01.195');
  await expect(app.getByLabel('Selection from frequency, Hz')).toHaveValue('2000 Hz');
  await expect(app.getByLabel('Selection to frequency, Hz')).toHaveValue('2119 Hz');
  // With a selection Enter would do to it what was done last.
  await app.keyboard.press('Control+Shift+A');
  await app.keyboard.press('Enter');
  await expect(app.getByRole('timer')).toContainText('0:01.184');
});

test('a click in a lane leaves the arrow keys to the playhead', async ({ app }) => {
  await openFile(app, 'sine.wav', sine(1000, 3));
  const box = (await app.locator('canvas[data-track=source]').boundingBox())!;
  await app.mouse.click(box.x + box.width / 2, box.y + 50);
  await expect(app.getByRole('timer')).toContainText('0:01.5');
  await expect(lane(app, 'Source')).not.toBeFocused();
  const position = (): Promise<number> => app.evaluate(() => window.__unbraid!.app.song.player.position);
  const before = await position();
  await app.keyboard.press('ArrowRight');
  await expect.poll(position).toBeGreaterThan(before);
});

test('magnitude and power darken what is quiet, and the hop is a setting', async ({ app }) => {
  await openFile(app, 'sine.wav', sine(1000, 2));
  await openPanel(app, 'view');
  await app.getByLabel('Colour map').selectOption('grey');
  const gain = app.getByLabel('Gain, dB', { exact: true });
  await gain.fill('0');
  const brightest = async (): Promise<number> => {
    await expect(app.locator('.waiting')).toHaveCount(0);
    return (await lanePicture(app, 'source')).brightest / 765;
  };
  // Half of full scale is 0.5 in magnitude and 0.25 in power, less up to 1.4 dB.
  await app.getByLabel('Colour scale').selectOption('magnitude');
  await expect.poll(brightest).toBeLessThan(0.52);
  expect(await brightest()).toBeGreaterThan(0.42);
  await app.getByLabel('Colour scale').selectOption('power');
  await expect.poll(brightest).toBeLessThan(0.27);
  expect(await brightest()).toBeGreaterThan(0.17);
  const asked = app.waitForRequest((request) => request.url().includes('hop=32'));
  await app.getByLabel('Window length').selectOption('512');
  await app.getByLabel('Overlap', { exact: true }).selectOption('16');
  expect((await (await asked).response())!.status()).toBe(200);
});

test('the window follows the zoom, and the picture of before stays until the new one has come', async ({
  app,
}) => {
  await openFile(app, 'chirp.wav', chirp(200, 8000, 6));
  const lengths = new Set<string>();
  const held: (() => void)[] = [];
  let holding = false;
  await app.route('**/tile?*', async (route) => {
    lengths.add(new URL(route.request().url()).searchParams.get('nFft')!);
    if (holding) await new Promise<void>((resolve) => held.push(resolve));
    await route.continue();
  });
  await openPanel(app, 'view');
  await app.getByLabel('Window length').selectOption('zoom');
  await expect(app.locator('.waiting')).toHaveCount(0);
  const brightest = async (): Promise<number> => (await lanePicture(app, 'source')).brightest;
  await expect.poll(brightest).toBeGreaterThan(400);
  holding = true;
  lengths.clear();
  for (let i = 0; i < 5; i++) await app.keyboard.press('+');
  await expect.poll(() => lengths.size).toBeGreaterThan(0);
  await expect(app.locator('.waiting')).toHaveCount(1);
  // Two frames, so that what is there now is drawn.
  await app.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  expect(await brightest()).toBeGreaterThan(400);
  holding = false;
  for (const go of held) go();
  await expect(app.locator('.waiting')).toHaveCount(0);
  expect(await brightest()).toBeGreaterThan(400);
  expect(lengths).toContain('512');
});

test('what an earlier zoom has fetched stands in while tiles of another one are on their way', async ({
  app,
}) => {
  const held: (() => void)[] = [];
  let holding = false;
  const levels = new Set<string>();
  await app.route('**/tile?*', async (route) => {
    const level = new URL(route.request().url()).searchParams.get('level')!;
    levels.add(level);
    // The one tile of the whole song never comes.
    if (holding || Number(level) >= 3) await new Promise<void>((resolve) => held.push(resolve));
    await route.continue();
  });
  await openFile(app, 'chirp.wav', chirp(200, 8000, 40));
  await openPanel(app, 'view');
  await app.getByLabel('Window length').selectOption('2048');
  const brightest = async (): Promise<number> => (await lanePicture(app, 'source', [0.5])).brightest;
  await expect.poll(brightest).toBeGreaterThan(400);
  for (const key of ['+', '-']) {
    holding = true;
    levels.clear();
    for (let i = 0; i < 5; i++) await app.keyboard.press(key);
    await expect.poll(() => levels.size).toBeGreaterThan(0);
    await app.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    expect(await brightest(), key).toBeGreaterThan(400);
    holding = false;
    for (const go of held.splice(0)) go();
    await expect.poll(brightest).toBeGreaterThan(400);
  }
});

test('the range of colours follows what is in view, until it is set by hand; the key says what it is', async ({
  app,
}) => {
  // So quiet that a fixed range leaves it dark.
  const plane = Float32Array.from(
    { length: 2 * rate },
    (_, i) => 0.001 * (Math.sin((2 * Math.PI * 1000 * i) / rate) + 0.02 * Math.sin(i * i)),
  );
  await openFile(app, 'quiet.wav', wav16([plane, plane], rate));
  const brightest = async (): Promise<number> => {
    await expect(app.locator('.waiting')).toHaveCount(0);
    return (await lanePicture(app, 'source')).brightest / 765;
  };
  const follows = app.getByLabel('Range follows what is in view');
  await openPanel(app, 'view');
  await app.getByLabel('Colour map').selectOption('grey');
  await follows.uncheck();
  await expect(app.getByRole('img', { name: 'Colours from −102 dB to −18 dB' })).toBeVisible();
  await expect.poll(brightest).toBeLessThan(0.6);
  await follows.check();
  await expect.poll(brightest).toBeGreaterThan(0.85);
  await expect(app.getByRole('img', { name: /^Colours from −\d+ dB to −[56]\d dB$/ })).toBeVisible();
  // What is set by hand stays.
  await app.getByLabel('Gain, dB', { exact: true }).fill('10');
  await expect(follows).not.toBeChecked();
  await expect(app.getByRole('img', { name: /to −10 dB$/ })).toBeVisible();
});

test('axe finds nothing with all of it on screen, in both themes', async ({ app }) => {
  await openFile(app, 'sine.wav', sine(1000, 2));
  await separate(app);
  await openPanel(app, 'view');
  await app.getByLabel('Where stems compete (K)').check();
  await app.getByLabel('All stems in their colours (O)').check();
  await enter(app, 'Selection to frequency, Hz', '2000');
  await app.getByRole('application', { name: 'All stems of Source on one spectrogram' }).focus();
  for (const theme of ['Light', 'Dark']) {
    const { violations } = await new AxeBuilder({ page: app }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
    await app.getByRole('button', { name: `${theme} theme` }).click();
  }
});

test('left, right, mid and side have their own pictures, several windows can be combined, and one reassigned', async ({
  app,
}) => {
  // A low tone on the left, a high one on the right.
  const tone = (hertz: number): Float32Array =>
    Float32Array.from({ length: 2 * rate }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / rate));
  await openFile(app, 'sides.wav', wav16([tone(300), tone(5000)], rate));
  await openPanel(app, 'view');
  const channels = app.getByLabel('Channels', { exact: true });
  const settle = async (): Promise<void> => expect(app.locator('.waiting')).toHaveCount(0);
  /** The height of the brightest row, 0 at the top … 1. */
  const place = async (): Promise<number> => {
    const { rows, height } = await lanePicture(app, 'source', [0.5]);
    return rows[0] / height;
  };
  await channels.selectOption('left');
  await expect.poll(place).toBeGreaterThan(0.5);
  await channels.selectOption('right');
  await expect.poll(place).toBeLessThan(0.4);
  const asked = app.waitForRequest(/method=combined/);
  await app.getByLabel('Window length').selectOption({ label: 'Several, by frequency' });
  expect(new URL((await asked).url()).searchParams.get('channels')).toBe('right');
  await settle();
  await expect.poll(place).toBeLessThan(0.4);
  await expect(app.getByLabel('Overlap', { exact: true })).toBeDisabled();
  /** How many rows of the middle column are not black. */
  const lit = (): Promise<number> =>
    app.locator('canvas[data-track=source]').evaluate((canvas: HTMLCanvasElement) => {
      const x = Math.round(canvas.width / 2);
      const { data } = canvas.getContext('2d')!.getImageData(x, 0, 1, canvas.height);
      return Array.from(
        { length: canvas.height },
        (_, y) => data[4 * y] + data[4 * y + 1] + data[4 * y + 2],
      ).filter((sum) => sum > 60).length;
    });
  const before = await lit();
  const again = app.waitForRequest(/method=reassigned/);
  await app.getByLabel('Window length').selectOption({ label: 'Reassigned (2048 samples)' });
  await again;
  await settle();
  await expect.poll(place).toBeLessThan(0.4);
  // The tone is a line, not a hill.
  await expect.poll(lit).toBeLessThan(before / 2);
});
