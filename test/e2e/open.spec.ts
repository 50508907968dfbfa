import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { lanePicture, openDemo, openFile, type Picture } from './support/page.js';
import { chirp, sine } from './support/wav.js';

/** Frequency at a row of a lane with the logarithmic axis, 30 Hz to 22.05 kHz. */
function rowHertz(row: number, height: number): number {
  return 30 * (22_050 / 30) ** (1 - (row + 0.5) / height);
}

/** How far a row may be from the true frequency: two rows, or one and a half bins of 44100 / 2048 Hz. */
function tolerance(hertz: number, height: number): number {
  return Math.max(hertz * ((22_050 / 30) ** (2 / height) - 1), 32);
}

/** Waits for a picture, and reads it. */
async function drawn(app: Page, parts: readonly number[] = []): Promise<Picture> {
  await expect.poll(async () => (await lanePicture(app, 'source')).brightest).toBeGreaterThan(400);
  return lanePicture(app, 'source', parts);
}

test('the demo song opens with a spectrogram that is not blank', async ({ app }) => {
  await openDemo(app);
  const { shades } = await drawn(app);
  expect(shades).toBeGreaterThan(100);
});

test('a sine is a bright row at its frequency', async ({ app }) => {
  await openFile(app, 'sine.wav', sine(1000, 3));
  // What is drawn first may lack some of its tiles.
  await expect(async () => {
    const { rows, height } = await drawn(app, [0.25, 0.5, 0.75]);
    for (const row of rows)
      expect(Math.abs(rowHertz(row, height) - 1000)).toBeLessThan(tolerance(1000, height));
  }).toPass({ timeout: 15_000 });
});

test('a chirp is bright at the frequency of each moment, on every zoom', async ({ app }) => {
  await openFile(app, 'chirp.wav', chirp(200, 8000, 4));
  const check = async (from: number, to: number): Promise<void> => {
    const parts = [0.2, 0.5, 0.8];
    const { rows, height } = await drawn(app, parts);
    parts.forEach((part, i) => {
      const wanted = 200 + (7800 * (from + (to - from) * part)) / 4;
      // The sweep covers 23 Hz in a hop.
      expect(Math.abs(rowHertz(rows[i], height) - wanted)).toBeLessThan(tolerance(wanted, height) + 46);
    });
  };
  await check(0, 4);
  // Zooming by keys keeps the middle of the song in place.
  for (let i = 0; i < 4; i++) await app.keyboard.press('+');
  await app.waitForTimeout(500);
  const half = 2 / 1.5 ** 4;
  await check(2 - half, 2 + half);
});

test('the pointer reads time, frequency, note and level', async ({ app }) => {
  await openFile(app, 'sine.wav', sine(440, 3));
  await drawn(app);
  const box = (await app.locator('canvas[data-track=source]').boundingBox())!;
  const height = 1 - Math.log(440 / 30) / Math.log(22_050 / 30);
  await app.mouse.move(box.x + box.width / 2, box.y + box.height * height);
  const readout = app.locator('.readout');
  await expect(readout).toContainText('0:01.5');
  await expect(readout).toContainText('A4');
  // A sine at half of full scale: −6 dB, less up to 1.4 dB where it lies between two bins.
  await expect(readout).toContainText(/−[67]\.\d dB/);
});

test('a dropped file opens', async ({ app }) => {
  const bytes = [...sine(500, 1)];
  const data = await app.evaluateHandle((bytes) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], 'dropped.wav', { type: 'audio/wav' }));
    return transfer;
  }, bytes);
  await app.dispatchEvent('body', 'drop', { dataTransfer: data });
  await expect(app.getByText('dropped', { exact: true })).toBeVisible();
});

test('a file that is not audio ends in a card that says what to do', async ({ page, context, host }) => {
  await context.addCookies([{ ...host.cookie, url: host.origin }]);
  await page.goto(host.origin);
  await page.locator('input[type=file]').setInputFiles({
    name: 'letter.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('Dear reader, '.repeat(99)),
  });
  const card = page.getByRole('alert');
  await expect(card).toContainText('letter.txt');
  await expect(card.getByRole('button', { name: 'Copy report' })).toBeVisible();
  await card.getByRole('button', { name: 'Dismiss' }).click();
  await expect(card).toBeHidden();
  await expect(page.getByRole('button', { name: 'Open a file' })).toBeVisible();
});
