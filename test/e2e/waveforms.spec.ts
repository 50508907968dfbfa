import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { lanePicture, openFile, openPanel } from './support/page.js';
import { sampleRate, wav16 } from './support/wav.js';

/** Two seconds of 441 Hz: the left channel at 0.5, the right one 20 dB below it. */
function twoLevels(): Buffer {
  const plane = (level: number): Float32Array =>
    Float32Array.from(
      { length: 2 * sampleRate },
      (_, i) => level * Math.sin((2 * Math.PI * 441 * i) / sampleRate),
    );
  return wav16([plane(0.5), plane(0.05)], sampleRate);
}

/** How much of each half of a lane is drawn on in its middle column, 0 … 1. */
async function filled(app: Page): Promise<readonly number[]> {
  return app.locator('canvas[data-track=source]').evaluate((canvas: HTMLCanvasElement) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d')!.getImageData(Math.floor(width / 2), 0, 1, height);
    const opaque = Array.from({ length: height }, (_, y) => data[4 * y + 3] > 200);
    const half = Math.floor(height / 2);
    return [opaque.slice(0, half), opaque.slice(half)].map((rows) => rows.filter(Boolean).length / half);
  });
}

test('a waveform fills its lane by channel, on an axis in dB or linear', async ({ app }) => {
  await openFile(app, 'levels.wav', twoLevels());
  await app.keyboard.press('w');
  await expect(app.getByRole('img', { name: 'Waveform of Source' })).toBeVisible();
  await expect.poll(async () => (await filled(app))[0]).toBeGreaterThan(0.95);
  // 20 of 60 dB are missing of the right channel.
  expect((await filled(app))[1]).toBeCloseTo(2 / 3, 1);
  const ruler = app.locator('[data-lane=source] .levels');
  await expect(ruler).toContainText('L');
  await expect(ruler).toContainText('R');
  await expect(ruler.getByText('−12', { exact: true })).toHaveCount(4);
  await expect(ruler.getByText('0', { exact: true })).toHaveCount(0);
  await openPanel(app, 'view');
  await app.getByLabel('Waveform axis').selectOption('Linear');
  await expect.poll(async () => (await filled(app))[1]).toBeLessThan(0.13);
  const [left, right] = await filled(app);
  expect(left).toBeGreaterThan(0.95);
  expect(right).toBeGreaterThan(0.08);
});

test('all lanes show spectrograms, waveforms, or one over the other', async ({ app }) => {
  await openFile(app, 'levels.wav', twoLevels());
  await openPanel(app, 'view');
  const view = app.getByLabel('Show tracks as');
  await expect(view).toHaveValue('spectrogram');
  await expect.poll(async () => (await lanePicture(app, 'source')).brightest).toBeGreaterThan(400);
  const before = await lanePicture(app, 'source');
  await view.selectOption('both');
  await expect(app.getByRole('application', { name: 'Spectrogram of Source' })).toBeVisible();
  // The waveform lightens what is below it; the ruler is that of frequencies.
  await expect.poll(async () => (await lanePicture(app, 'source')).shades).toBeGreaterThan(before.shades);
  await expect(app.locator('[data-lane=source] .frequencies')).toBeVisible();
  await view.selectOption('wave');
  await expect(app.getByRole('img', { name: 'Waveform of Source' })).toBeVisible();
  await app.keyboard.press('w');
  await expect(view).toHaveValue('spectrogram');
});
