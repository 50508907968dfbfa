import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { hear, openFile, separate, trackSamples } from './support/page.js';
import { clicksAndChords } from './support/wav.js';

const start = 50_000;
const seconds = 0.4;
const count = Math.round(seconds * 44_100);
/** The first quantum fades in. */
const ramp = 128;

/** Largest difference between what is heard and Σ gain · track, per channel, from the end of the fade. */
async function difference(app: Page, gains: Readonly<Record<string, readonly number[]>>): Promise<number> {
  const heard = await hear(app, start, seconds);
  const tracks = await Promise.all(Object.keys(gains).map((track) => trackSamples(app, track, start, count)));
  let worst = 0;
  heard.forEach((plane, ch) => {
    expect(plane.length).toBe(count);
    for (let i = ramp; i < count; i++) {
      const sum = Object.values(gains).reduce((total, gain, s) => total + gain[ch] * tracks[s][ch][i], 0);
      worst = Math.max(worst, Math.abs(plane[i] - Math.fround(sum)));
    }
  });
  return worst;
}

test.beforeEach(async ({ app }) => {
  await openFile(app, 'song.wav', clicksAndChords(3));
});

test('the source is heard sample by sample before a separation', async ({ app }) => {
  expect(await difference(app, { source: [1, 1] })).toBe(0);
});

test('the stems are heard as their sum, by mute, solo, gain and pan', async ({ app }) => {
  await separate(app);
  expect(await difference(app, { harmonic: [1, 1], percussive: [1, 1] })).toBe(0);

  const mute = app.getByRole('button', { name: 'Mute harmonic', exact: true });
  await mute.click();
  expect(await difference(app, { percussive: [1, 1] })).toBe(0);
  await mute.click();

  const solo = app.getByRole('button', { name: /^Solo harmonic/ });
  await solo.click();
  expect(await difference(app, { harmonic: [1, 1] })).toBe(0);
  await solo.click();

  await app.getByLabel('Gain of percussive, dB').last().fill('-6');
  await app.keyboard.press('Enter');
  const quiet = Math.fround(10 ** (-6 / 20));
  expect(await difference(app, { harmonic: [1, 1], percussive: [quiet, quiet] })).toBe(0);

  await app.getByLabel('Pan of harmonic').fill('0.5');
  expect(await difference(app, { harmonic: [0.5, 1], percussive: [quiet, quiet] })).toBe(0);

  await app.getByRole('button', { name: 'A/B: hear the source' }).click();
  expect(await difference(app, { source: [1, 1] })).toBe(0);
});

test('Alt-click solos one stem alone, and the keys act on the selected track', async ({ app }) => {
  await separate(app);
  const harmonic = app.getByRole('button', { name: /^Solo harmonic/ });
  const percussive = app.getByRole('button', { name: /^Solo percussive/ });
  await harmonic.click();
  await percussive.click();
  await expect(harmonic).toHaveAttribute('aria-pressed', 'true');
  await percussive.click({ modifiers: ['Alt'] });
  await expect(harmonic).toHaveAttribute('aria-pressed', 'false');
  await expect(percussive).toHaveAttribute('aria-pressed', 'true');
  // Soloing a track does not select it: the source still is.
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'u']) await app.keyboard.press(key);
  await expect(app.getByRole('button', { name: 'Mute harmonic', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
});

test('at another speed the position moves that much faster, and N brings the song’s own back', async ({
  app,
}) => {
  const speed = app.getByLabel('Playback speed');
  await speed.selectOption('2');
  await app.getByRole('timer').click();
  await app.keyboard.press(',');
  await expect(speed).toHaveValue('1.75');
  await app.keyboard.press('.');
  await app.keyboard.press('.');
  await expect(speed).toHaveValue('2');
  const moved = await app.evaluate(async () => {
    const { player } = window.__unbraid!.app.song;
    player.seek(0);
    player.play();
    const at = (): [number, number] => [player.position, player.context.currentTime];
    while (player.position < 10_000) await new Promise(requestAnimationFrame);
    const [position, time] = at();
    while (player.position < 100_000) await new Promise(requestAnimationFrame);
    const [later, end] = at();
    player.pause();
    return (later - position) / ((end - time) * 44_100);
  });
  // Both are read a frame of the picture apart at most.
  expect(moved).toBeGreaterThan(1.8);
  expect(moved).toBeLessThan(2.2);
  await app.keyboard.press('n');
  await expect(speed).toHaveValue('1');
  expect(await difference(app, { source: [1, 1] })).toBe(0);
});

test('a loop repeats its range sample by sample', async ({ app }) => {
  await app.getByLabel('Selection start').fill('0:01.000');
  await app.keyboard.press('Enter');
  await app.getByLabel('Selection end').fill('0:01.100');
  await app.keyboard.press('Enter');
  await app.keyboard.press('l');
  const [from, length] = [44_100, 4410];
  const heard = await app.evaluate(async (from) => {
    const { app, record } = window.__unbraid!;
    const { player } = app.song;
    const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    const recording = await record();
    player.seek(from);
    await pause(200);
    player.play();
    await pause(600);
    player.pause();
    await pause(100);
    const [plane] = recording.stop();
    const first = Math.floor(plane.findIndex((value) => value !== 0) / 128) * 128;
    return plane.slice(first, first + 15_000);
  }, from);
  const [once] = await trackSamples(app, 'source', from, length);
  const wanted = heard.map((_, i) => once[i % length]);
  expect(heard.slice(ramp)).toEqual(wanted.slice(ramp));
});

test('a click in a lane seeks, and Space plays and pauses', async ({ app }) => {
  const box = (await app.locator('canvas[data-track=source]').boundingBox())!;
  await app.mouse.click(box.x + box.width / 2, box.y + 40);
  const clock = app.getByRole('timer');
  await expect(clock).toContainText('0:01.50');
  await app.keyboard.press('Space');
  await expect(app.getByRole('button', { name: 'Pause' })).toBeVisible();
  await app.keyboard.press('Space');
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await app.keyboard.press('Home');
  await expect(clock).toContainText('0:00.000');
  await app.mouse.move(box.x + box.width / 4, box.y + 40);
  await app.mouse.down();
  await app.mouse.move(box.x + box.width / 2, box.y + 50, { steps: 4 });
  await app.mouse.up();
  await expect(app.getByLabel('Selection start')).toHaveValue(/^0:00\.7[45]/);
  await expect(app.getByLabel('Selection end')).toHaveValue(/^0:01\.(49|50)/);
});
