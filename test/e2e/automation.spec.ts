import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { edgeFrames, fillGains, type Envelope } from '../../src-main/common/jobs/automation.js';
import { expect, test } from './support/host.js';
import { hear, openFile, openPanel, separate, trackSamples } from './support/page.js';
import { clicksAndChords, floats32, sampleRate } from './support/wav.js';

const start = 40_000;
const seconds = 0.5;
const count = Math.round(seconds * sampleRate);
/** The first quantum fades in. */
const ramp = 128;
const mute = { kind: 'mute', start: 44_100, end: 48_510, points: [] } as const;
const quieter = {
  kind: 'gain',
  start: 50_715,
  end: 52_920,
  points: [
    { frame: 50_715, db: -6 },
    { frame: 52_920, db: -6 },
  ],
} as const;

/** Σ factors · stem from `start`, as the page and the export promise it. */
async function promised(app: Page, envelopes: Readonly<Record<string, Envelope>>): Promise<number[][]> {
  const sum = [0, 1].map(() => new Array<number>(count).fill(0));
  for (const [stem, envelope] of Object.entries(envelopes)) {
    const factors = new Float32Array(count).fill(1);
    fillGains(envelope, edgeFrames(sampleRate), start, count, factors);
    const planes = await trackSamples(app, stem, start, count);
    planes.forEach((plane, ch) => plane.forEach((x, i) => (sum[ch][i] += factors[i] * x)));
  }
  return sum.map((plane) => plane.map(Math.fround));
}

function largest(a: readonly ArrayLike<number>[], b: readonly number[][], from = 0): number {
  let worst = 0;
  b.forEach((plane, ch) => {
    expect(a[ch].length).toBe(plane.length);
    for (let i = from; i < plane.length; i++) worst = Math.max(worst, Math.abs(a[ch][i] - plane[i]));
  });
  return worst;
}

async function select(app: Page, from: string, to: string): Promise<void> {
  await app.keyboard.press('Control+Shift+A');
  await app.getByLabel('Selection start').fill(from);
  await app.keyboard.press('Enter');
  await app.getByLabel('Selection end').fill(to);
  await app.keyboard.press('Enter');
}

/** The mix as heard from `start`, exported as floats. */
async function exported(app: Page): Promise<Float32Array[]> {
  await select(app, String(start / sampleRate), String((start + count) / sampleRate));
  await app.keyboard.press('Control+Shift+E');
  const dialog = app.getByRole('dialog', { name: 'Export' });
  await dialog.getByLabel('Mix as heard').check();
  await dialog.getByRole('checkbox', { name: /Only the selection/ }).check();
  await dialog.getByLabel('Sample format').selectOption('32f');
  await dialog.getByRole('button', { name: 'Export' }).click();
  const waiting = app.waitForEvent('download');
  await dialog.getByRole('link').click({ timeout: 60_000 });
  return floats32(await readFile(await (await waiting).path()), 2);
}

test.beforeEach(async ({ app }) => {
  await openFile(app, 'song.wav', clicksAndChords(2));
  await separate(app);
  await openPanel(app, 'mix');
  await app.getByRole('button', { name: 'Select track percussive' }).click();
});

test('a muted and a quieter part are heard and exported sample by sample', async ({ app }) => {
  await select(app, '1.0', '1.1');
  await app.getByRole('button', { name: 'Mute here' }).click();
  expect(
    largest(await hear(app, start, seconds), await promised(app, { harmonic: [], percussive: [mute] }), ramp),
  ).toBe(0);

  await app.getByRole('button', { name: 'Select track harmonic' }).click();
  await select(app, '1.15', '1.2');
  await app.getByLabel('Gain here, dB').fill('-6');
  await app.getByRole('button', { name: 'Gain here' }).click();
  const both = await promised(app, { harmonic: [quieter], percussive: [mute] });
  expect(largest(await hear(app, start, seconds), both, ramp)).toBe(0);

  expect(largest(await exported(app), both)).toBe(0);
});

test('the source is exported as heard too, before there are stems', async ({ app }) => {
  await openFile(app, 'plain.wav', clicksAndChords(1.5));
  await select(app, '1.0', '1.1');
  await openPanel(app, 'mix');
  await app.getByRole('button', { name: 'Mute here' }).click();
  const wanted = await promised(app, { source: [mute] });
  expect(largest(await hear(app, start, seconds), wanted, ramp)).toBe(0);
  expect(largest(await exported(app), wanted)).toBe(0);
});

test('regions are edited in the list, and undone by name', async ({ app }) => {
  await select(app, '1.0', '1.1');
  await app.keyboard.press('Shift+M');
  const list = app.getByRole('group', { name: 'Automation of percussive' });
  await list.getByLabel('End of Mute 1').fill('1.2');
  await app.keyboard.press('Enter');
  await expect(list.getByLabel('End of Mute 1')).toHaveValue('0:01.200');
  await expect(app.getByRole('button', { name: 'Undo Move a region edge of percussive' })).toBeVisible();
  await app.keyboard.press('Control+z');
  await expect(list.getByLabel('End of Mute 1')).toHaveValue('0:01.100');
  await list.getByRole('button', { name: 'Remove Mute 1' }).click();
  await expect(list.getByLabel('End of Mute 1')).toHaveCount(0);
  await app.keyboard.press('Control+z');
  await app.keyboard.press('Control+z');
  await expect(list.getByLabel('End of Mute 1')).toHaveCount(0);
  await expect(app.getByRole('button', { name: 'Redo Mute a part of percussive' })).toBeVisible();
  for (const name of ['Fade in', 'Fade out', 'Gain here']) await list.getByRole('button', { name }).click();
  await list.getByLabel('Gain of Gain 3, dB').fill('-12');
  await app.keyboard.press('Enter');
  await list.getByRole('button', { name: 'Add a point to Gain 3 at the playhead' }).click();
  await list.getByLabel('Gain of point 2 of Gain 3, dB').fill('3');
  await app.keyboard.press('Enter');
  await expect(app.getByRole('button', { name: 'Undo Move a point of percussive' })).toBeVisible();
});

test('borders and points are dragged on the lane, a drag being one step', async ({ app }) => {
  await select(app, '0.5', '1.0');
  await app.getByRole('button', { name: 'Gain here' }).click();
  const list = app.getByRole('group', { name: 'Automation of percussive' });
  await expect(list.getByLabel('Gain of Gain 1, dB')).toHaveValue('-6');
  const lane = app.locator('[data-lane=percussive] svg:has(.border)');
  const width = (await lane.boundingBox())!.width;
  const point = (await lane.locator('circle').first().boundingBox())!;
  await app.mouse.move(point.x + 5, point.y + 5);
  await app.mouse.down();
  await app.mouse.move(point.x + 5, point.y + 45, { steps: 5 });
  await app.mouse.up();
  const level = list.getByLabel('Gain of point 1 of Gain 1, dB');
  expect(Number(await level.inputValue())).toBeLessThan(-15);
  const border = (await lane.locator('[data-part=end]').boundingBox())!;
  await app.mouse.move(border.x + 3, border.y + border.height - 6);
  await app.mouse.down();
  await app.mouse.move(border.x + 3 + width / 4, border.y + border.height - 6, { steps: 5 });
  await app.mouse.up();
  await expect(list.getByLabel('End of Gain 1')).toHaveValue(/^0:01\.(49|50)/);
  await app.keyboard.press('Control+z');
  await expect(list.getByLabel('End of Gain 1')).toHaveValue('0:01.000');
  await app.keyboard.press('Control+z');
  await expect(list.getByLabel('Gain of Gain 1, dB')).toHaveValue('-6');

  const line = (await lane.locator('.grip').boundingBox())!;
  await app.mouse.move(line.x + line.width / 2, line.y + line.height / 2);
  await app.mouse.down();
  await app.mouse.move(line.x + line.width / 2, line.y + line.height / 2 + 30, { steps: 4 });
  await app.mouse.up();
  expect(Number(await list.getByLabel('Gain of Gain 1, dB').inputValue())).toBeLessThan(-12);
  await app.getByRole('button', { name: 'Undo Level of a part of percussive' }).click();
  await expect(list.getByLabel('Gain of Gain 1, dB')).toHaveValue('-6');
  await app.mouse.dblclick(line.x + line.width / 2, line.y + line.height / 2);
  await expect(lane.locator('circle')).toHaveCount(3);
  await lane.locator('circle').nth(1).dblclick();
  await expect(lane.locator('circle')).toHaveCount(2);
});
