import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { asNewTab, openFile, separate } from './support/page.js';
import { sine } from './support/wav.js';

test.beforeEach(async ({ app }) => openFile(app, 'song.wav', sine(440, 1)));

/** Where the player's sound goes, as the browser has it; empty for the system's own output. */
const sink = (app: Page): Promise<unknown> =>
  app.evaluate(() => (window.__unbraid!.app.song.player.context as unknown as { sinkId: unknown }).sinkId);

test('a browser that does not list its outputs says so, and the choice is off', async ({ app }) => {
  await app.getByRole('button', { name: 'Audio output' }).click();
  await expect(app.getByText('does not list its outputs')).toBeVisible();
  await expect(app.getByRole('combobox', { name: 'Audio output' })).toBeDisabled();
  expect(await sink(app)).toBe('');
});

/** As Firefox does on a machine without an output: the promise stays open, the context stays suspended. */
const withoutSound = (app: Page): Promise<void> =>
  app.evaluate(() => {
    AudioContext.prototype.resume = () => new Promise(() => undefined);
  });

test('without any output the page says so and stops; what is not heard still works', async ({ app }) => {
  await withoutSound(app);
  await app.getByRole('button', { name: 'Play', exact: true }).click();
  const notice = app.getByRole('status').getByText('The browser plays no sound');
  await expect(notice).toBeVisible();
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  expect(await app.evaluate(() => window.__unbraid!.app.song.player.playing)).toBe(false);
  await separate(app);
  // It says so again whenever somebody tries.
  await app.getByRole('button', { name: 'Dismiss' }).click();
  await app.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(notice).toBeVisible();
});

test('a browser without shared memory is not reported as a fault', async ({ app }) => {
  await app.addInitScript(() => Reflect.deleteProperty(window, 'SharedArrayBuffer'));
  await asNewTab(app);
  await app.getByRole('button', { name: 'Try the demo song' }).click();
  await expect(app.getByRole('alert')).toContainText('does not offer the shared memory that playback needs');
  await expect(app.getByRole('alert')).toContainText('device-unavailable');
});

test.describe('with named outputs', () => {
  test.use({ permissions: ['microphone'] });

  /** The machine that runs the tests may have no output: the browser's answers are given here, the rest is real. */
  const plug = (app: Page, labels: readonly string[]): Promise<void> =>
    app.evaluate((labels) => {
      const devices = labels.map((label) => ({ kind: 'audiooutput', deviceId: `id-${label}`, label }));
      navigator.mediaDevices.enumerateDevices = () => Promise.resolve(devices as MediaDeviceInfo[]);
      const setSinkId = function (this: { asked?: string }, id: string): Promise<void> {
        this.asked = id;
        return Promise.resolve();
      };
      Object.assign(AudioContext.prototype, { setSinkId });
      navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    }, labels);
  const asked = (app: Page): Promise<unknown> =>
    app.evaluate(() => (window.__unbraid!.app.song.player.context as { asked?: unknown }).asked);

  test('the chosen one is used and kept; gone, it stands aside for the system’s own until it is back', async ({
    app,
  }) => {
    await plug(app, ['Speakers', 'Headphones']);
    const button = app.getByRole('button', { name: 'Audio output' });
    await button.click();
    const choice = app.getByRole('combobox', { name: 'Audio output' });
    await choice.selectOption('Headphones');
    await expect.poll(() => asked(app)).toBe('id-Headphones');
    expect(await app.evaluate(() => localStorage.getItem('unbraid.preferences'))).toContain('id-Headphones');
    await plug(app, ['Speakers']);
    await expect.poll(() => asked(app)).toBe('');
    await expect(app.getByRole('status').getByText('“Headphones” is not available')).toBeVisible();
    await app.getByRole('button', { name: 'Dismiss' }).click();
    await plug(app, ['Speakers', 'Headphones']);
    await expect.poll(() => asked(app)).toBe('id-Headphones');
    await expect(app.getByText('“Headphones” is not available')).toHaveCount(0);
  });
});
