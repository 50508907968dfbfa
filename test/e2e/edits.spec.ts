import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { hear, openFile, openPanel, separate, trackSamples } from './support/page.js';
import { floats32, sampleRate, wav16 } from './support/wav.js';

const hertz = 1000;
const frames = 4 * sampleRate;
/** Well inside of what is moved: seconds 1 to 3. */
const start = Math.round(1.5 * sampleRate);
const count = sampleRate;

/** A steady tone that HPSS calls harmonic, with a soft hum below it that is to stay there. */
function song(): Buffer {
  const at = (i: number): number =>
    0.3 * Math.sin((2 * Math.PI * hertz * i) / sampleRate) +
    0.2 * Math.sin((2 * Math.PI * 110 * i) / sampleRate);
  const plane = Float32Array.from({ length: frames }, (_, i) => at(i));
  return wav16([plane, plane], sampleRate);
}

/** Level of one frequency in samples, as the amplitude of its sine. */
function amplitude(plane: ArrayLike<number>, hz: number): number {
  let [re, im] = [0, 0];
  for (let i = 0; i < plane.length; i++) {
    const angle = (2 * Math.PI * hz * i) / sampleRate;
    re += plane[i] * Math.cos(angle);
    im += plane[i] * Math.sin(angle);
  }
  return (2 * Math.hypot(re, im)) / plane.length;
}

async function enter(app: Page, label: string, value: string): Promise<void> {
  await app.getByLabel(label).fill(value);
  await app.keyboard.press('Enter');
}

async function selectTone(app: Page): Promise<void> {
  await enter(app, 'Selection start', '1');
  await enter(app, 'Selection end', '3');
  await enter(app, 'Selection from frequency, Hz', '700');
  await enter(app, 'Selection to frequency, Hz', '1300');
}

const sumOf = (a: number[][], b: number[][]): number[][] =>
  a.map((plane, ch) => plane.map((x, i) => x + b[ch][i]));

function largest(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  let worst = 0;
  for (let ch = 0; ch < b.length; ch++) {
    for (let i = 0; i < b[ch].length; i++) worst = Math.max(worst, Math.abs(a[ch][i] - b[ch][i]));
  }
  return worst;
}

test.beforeEach(async ({ app }) => {
  await openFile(app, 'tone.wav', song());
  await separate(app);
  await openPanel(app, 'edits');
});

test('a tone is moved from one stem into another, heard, exported, and put back', async ({ app }) => {
  const stem = (name: string): Promise<number[][]> => trackSamples(app, name, start, count);
  const before = { harmonic: await stem('harmonic'), percussive: await stem('percussive') };
  expect(amplitude(before.harmonic[0], hertz)).toBeGreaterThan(0.25);
  const total = sumOf(before.harmonic, before.percussive);

  await selectTone(app);
  const panel = app.getByRole('group', { name: 'Repair the stems' });
  await panel.getByLabel('From').selectOption('harmonic');
  await panel.getByLabel('To', { exact: true }).selectOption('percussive');
  await panel.getByRole('button', { name: 'Apply to the selection' }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(1);
  await expect(panel.getByRole('button', { name: 'Apply to the selection' })).toBeEnabled();

  const after = { harmonic: await stem('harmonic'), percussive: await stem('percussive') };
  expect(amplitude(after.harmonic[0], hertz)).toBeLessThan(0.003);
  expect(amplitude(after.harmonic[0], 110)).toBeGreaterThan(0.15);
  expect(amplitude(after.percussive[0], hertz)).toBeGreaterThan(0.295);
  expect(largest(sumOf(after.harmonic, after.percussive), total)).toBeLessThan(1e-6);

  // What is heard of the other stem alone is the tone.
  await app.getByRole('button', { name: /^Mute harmonic/ }).click();
  const heard = await hear(app, start, 0.5);
  expect(
    largest(
      heard.map((p) => p.slice(200)),
      after.percussive.map((p) => p.slice(200, heard[0].length)),
    ),
  ).toBeLessThan(1e-6);

  // And so is what is exported.
  await app.keyboard.press('Control+Shift+E');
  const dialog = app.getByRole('dialog', { name: 'Export' });
  await dialog.getByLabel('Mix as heard').check();
  await dialog.getByLabel('Sample format').selectOption('32f');
  await dialog.getByRole('button', { name: 'Export' }).click();
  const waiting = app.waitForEvent('download');
  await dialog.getByRole('link').click({ timeout: 60_000 });
  const file = floats32(await readFile(await (await waiting).path()), 2);
  expect(
    largest(
      file.map((p) => p.subarray(start, start + count)),
      after.percussive,
    ),
  ).toBeLessThan(1e-6);
  await app.keyboard.press('Escape');

  await app.getByRole('button', { name: /^Undo Mute harmonic/ }).click();
  await app.getByRole('button', { name: /^Undo Move to percussive/ }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(0);
  await expect(async () => {
    // Telling how long lists differ takes minutes; one number says that they do.
    expect(largest(await stem('harmonic'), before.harmonic)).toBe(0);
    expect(largest(await stem('percussive'), before.percussive)).toBe(0);
  }).toPass();
});

test('each click on undo is a step, while the one before is still being rendered and kept', async ({
  app,
  electron,
}) => {
  test.skip(electron !== null, 'What the desktop window sends cannot be held.');
  const stem = (): Promise<number[][]> => trackSamples(app, 'harmonic', start, count);
  const before = await stem();
  await selectTone(app);
  const panel = app.getByRole('group', { name: 'Repair the stems' });
  const apply = panel.getByRole('button', { name: 'Apply to the selection' });
  await panel.getByLabel('From').selectOption('harmonic');
  await panel.getByLabel('To', { exact: true }).selectOption('percussive');
  for (const edits of [1, 2]) {
    await apply.click();
    await expect(panel.getByRole('listitem')).toHaveCount(edits);
    await expect(apply).toBeEnabled();
  }
  await app.getByRole('button', { name: /^Mute harmonic/ }).click();
  await expect(app.getByRole('banner').getByRole('status')).toHaveText('All changes kept');
  expect(largest(await stem(), before)).toBeGreaterThan(0.1);

  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const asked: string[] = [];
  await app.route(/\/api\/(editSession|appendJournal)$/, async (route) => {
    asked.push(route.request().url().split('/').at(-1)!);
    await held;
    await route.continue();
  });
  // Where the hand is: the button must still be there for each of them.
  const button = app.getByRole('button', { name: /^Undo / });
  const box = (await button.boundingBox())!;
  const click = (): Promise<void> => app.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await click();
  await expect(app.getByRole('banner').getByRole('status')).not.toHaveText('All changes kept');
  expect(await button.boundingBox()).toEqual(box);
  await click();
  await expect.poll(() => asked).toContain('editSession');
  await click();
  await expect(panel.getByRole('listitem')).toHaveCount(0);
  await expect(app.getByRole('button', { name: /^Undo Select/ })).toBeEnabled();
  release();
  await expect(app.getByRole('banner').getByRole('status')).toHaveText('All changes kept');
  await expect(async () => expect(largest(await stem(), before)).toBe(0)).toPass();
  await app.unrouteAll({ behavior: 'wait' });
});

test('what is taken away is kept in a separate track; edits are switched off and deleted', async ({
  app,
}) => {
  await selectTone(app);
  const panel = app.getByRole('group', { name: 'Repair the stems' });
  await panel.getByLabel('Action').selectOption('attenuate');
  await panel.getByLabel('From').selectOption('harmonic');
  await panel.getByRole('button', { name: 'Apply to the selection' }).click();
  await expect(app.getByRole('button', { name: 'Select track removed' })).toBeVisible();
  expect(amplitude((await trackSamples(app, 'removed', start, count))[0], hertz)).toBeGreaterThan(0.25);
  const harmonic = async (): Promise<number> =>
    amplitude((await trackSamples(app, 'harmonic', start, count))[0], hertz);
  expect(await harmonic()).toBeLessThan(0.003);

  await panel.getByRole('checkbox', { name: 'Edit 1 is on' }).uncheck();
  await expect(app.getByRole('button', { name: 'Select track removed' })).toHaveCount(0);
  expect(await harmonic()).toBeGreaterThan(0.25);
  await panel.getByRole('checkbox', { name: 'Edit 1 is on' }).check();
  await expect(app.getByRole('button', { name: 'Select track removed' })).toBeVisible();
  await panel.getByRole('button', { name: 'Delete edit 1' }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(0);
  await expect(async () => expect(await harmonic()).toBeGreaterThan(0.25)).toPass();
});

test('edits outlive another separation', async ({ app }) => {
  await selectTone(app);
  const panel = app.getByRole('group', { name: 'Repair the stems' });
  await panel.getByLabel('From').selectOption('harmonic');
  await panel.getByRole('button', { name: 'Apply to the selection' }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(1);
  await openPanel(app, 'separate');
  await app.getByRole('button', { name: 'Separate again' }).click();
  await expect(app.getByRole('button', { name: 'Cancel' })).toHaveCount(0, { timeout: 60_000 });
  await expect(async () => {
    const [left] = await trackSamples(app, 'harmonic', start, count);
    expect(amplitude(left, hertz)).toBeLessThan(0.003);
    expect(amplitude(left, 110)).toBeGreaterThan(0.15);
  }).toPass({ timeout: 60_000 });
});

test('the phase of an edit is chosen before and after, and undone', async ({ app }) => {
  const stem = (name: string): Promise<number[][]> => trackSamples(app, name, start, count);
  const total = sumOf(await stem('harmonic'), await stem('percussive'));
  await selectTone(app);
  const panel = app.getByRole('group', { name: 'Repair the stems' });
  const apply = panel.getByRole('button', { name: 'Apply to the selection' });
  await panel.getByLabel('From').selectOption('harmonic');
  await panel.getByLabel('To', { exact: true }).selectOption('percussive');
  await apply.click();
  await expect(panel.getByRole('listitem')).toHaveCount(1);
  await expect(apply).toBeEnabled();
  const mixture = await stem('harmonic');
  await app.getByRole('button', { name: /^Undo Move to percussive/ }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(0);

  await panel.getByLabel('Phase', { exact: true }).selectOption('MISI');
  await panel.getByLabel('Iterations', { exact: true }).fill('3');
  await app.keyboard.press('Enter');
  await apply.click();
  // One that is chosen shows all of its own.
  await panel.getByRole('button', { name: /^1\. / }).click();
  await expect(panel.getByLabel('Phase of edit 1')).toHaveValue('misi');
  await expect(panel.getByLabel('Iterations of edit 1')).toHaveValue('3');
  await expect(apply).toBeEnabled();
  const misi = await stem('harmonic');
  expect(amplitude(misi[0], hertz)).toBeLessThan(0.01);
  expect(largest(misi, mixture)).toBeGreaterThan(1e-6);
  expect(largest(sumOf(misi, await stem('percussive')), total)).toBeLessThan(1e-6);

  await panel.getByLabel('Phase of edit 1').selectOption('Mixture phase');
  await expect.poll(async () => largest(await stem('harmonic'), mixture)).toBe(0);
  await app.getByRole('button', { name: /^Undo Phase of the edit of harmonic/ }).click();
  await expect(panel.getByLabel('Phase of edit 1')).toHaveValue('misi');
  await expect.poll(async () => largest(await stem('harmonic'), misi)).toBe(0);
});
