import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { barOf, drag, settled, tools } from './support/lanes.js';
import { asNewTab, openFile, separate, trackSamples } from './support/page.js';
import { clicksAndChords, sampleRate } from './support/wav.js';

const steps = (app: Page): Locator => app.getByRole('list', { name: /^History/ }).getByRole('button');
const current = (app: Page): Locator => app.locator('ol [aria-current=step]');
const button = (app: Page, name: string | RegExp): Locator => app.getByRole('button', { name });

const samples = async (app: Page): Promise<string> =>
  JSON.stringify(await trackSamples(app, 'harmonic', Math.round(1.2 * sampleRate), 2048));

test('D29: the steps are listed by what they did, a click goes to any of them, and they outlive a reload', async ({
  app,
}) => {
  await openFile(app, 'history.wav', clicksAndChords(4));
  await separate(app);
  const untouched = await samples(app);
  await drag(app, 'harmonic', [0.25, 0.1], [0.5, 0.9]);
  await barOf(app).getByRole('button', { name: 'percussive' }).click();
  await settled(app);
  const moved = await samples(app);
  expect(moved === untouched).toBe(false);
  await app.locator('[data-lane=harmonic] .mute').click();
  await button(app, /^Solo percussive/).click();

  await app.keyboard.press('Shift+U');
  await expect(steps(app)).toHaveText([
    'Before the first step',
    /^Select 0:01.00 – 0:02.00/,
    /^Moved 1.0 s from harmonic to percussive/,
    'Mute harmonic',
    'Solo percussive',
  ]);
  await expect(current(app)).toHaveText('Solo percussive');
  await expect(current(app)).toBeFocused();
  const { violations } = await new AxeBuilder({ page: app }).analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join()}`)).toEqual([]);

  // Over the move and the selection, to the beginning.
  await steps(app).first().click();
  await expect(current(app)).toHaveText('Before the first step');
  await settled(app);
  expect(await samples(app)).toBe(untouched);
  expect(await tools(app, ({ view }) => view.selection)).toBeNull();
  await expect(app.locator('[data-lane=harmonic] .mute')).toHaveAttribute('aria-pressed', 'false');
  await expect(button(app, 'Solo percussive (undone)')).toBeVisible();

  // By keys: three steps on. The list stays open, and Escape closes it.
  for (let i = 0; i < 3; i++) await app.keyboard.press('ArrowDown');
  await app.keyboard.press('Enter');
  await expect(current(app)).toHaveText('Mute harmonic');
  await expect(app.getByText('Step 3 of 4')).toBeVisible();
  await settled(app);
  expect(await samples(app)).toBe(moved);
  // Undo and redo go by their keys here, too.
  await app.keyboard.press('Control+z');
  await expect(current(app)).toHaveText(/^Moved 1.0 s/);
  await app.keyboard.press('Control+Shift+Z');
  await expect(current(app)).toHaveText('Mute harmonic');
  await app.keyboard.press('Escape');
  await expect(steps(app)).toHaveCount(0);
  await expect(button(app, /^Undo Mute harmonic/)).toBeEnabled();
  await expect(app.getByRole('banner').getByRole('status')).toHaveText('All changes kept');

  // In a new tab, too, done and undone.
  await asNewTab(app);
  await app.getByRole('button', { name: 'history', exact: true }).click();
  await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible();
  await button(app, /^History: /).click();
  await expect(steps(app)).toHaveText([
    'Before the first step',
    /^Select 0:01.00 – 0:02.00/,
    /^Moved 1.0 s from harmonic to percussive/,
    'Mute harmonic',
    'Solo percussive',
  ]);
  await expect(current(app)).toHaveText('Mute harmonic');
  await expect(current(app)).toBeFocused();
  await steps(app).last().click();
  await expect(app.getByRole('button', { name: /^Solo percussive \(Alt/ })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
});

/** Opens and separates a song, selects, mutes, paints twice, and takes the second stroke back. */
async function drawSteps(app: Page, name: string): Promise<void> {
  await openFile(app, name, clicksAndChords(4));
  await separate(app);
  await drag(app, 'harmonic', [0.25, 0.1], [0.5, 0.9]);
  await app.locator('[data-lane=harmonic] .mute').click();
  await app.keyboard.press('b');
  await drag(app, 'harmonic', [0.55, 0.4], [0.7, 0.4]);
  await drag(app, 'harmonic', [0.1, 0.3], [0.2, 0.3]);
  await app.keyboard.press('Control+z');
  await expect(app.getByRole('banner').getByRole('status')).toHaveText('All changes kept');
}

test('D26: what was drawn is in the list after a reload, and is taken back and done again there', async ({
  app,
}) => {
  await drawSteps(app, 'drawn.wav');
  const mask = (): Promise<readonly number[]> => tools(app, ({ view }) => [...view.painted.mask.encode()]);
  const painted = await mask();
  const names = ['Before the first step', /^Select 0:01.00 – 0:02.00/, /^Mute harmonic/, /^Paint/, /^Paint/];
  for (const time of ['first', 'second']) {
    await app.reload();
    await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible();
    await button(app, /^History: /).click();
    await expect(steps(app), time).toHaveText(names);
    await expect(app.getByText('Step 3 of 4')).toBeVisible();
    await app.keyboard.press('Escape');
  }
  expect(await mask()).toEqual(painted);
  await app.keyboard.press('Control+Shift+z');
  expect(await mask()).not.toEqual(painted);
  for (let i = 0; i < 2; i++) await app.keyboard.press('Control+z');
  expect(await tools(app, ({ view }) => view.painted.mask.empty)).toBe(true);
  await app.keyboard.press('Control+Shift+z');
  expect(await mask()).toEqual(painted);
  for (let i = 0; i < 3; i++) await app.keyboard.press('Control+z');
  expect(await tools(app, ({ view }) => view.selection)).toBeNull();
  await app.keyboard.press('Control+Shift+z');
  expect(await tools(app, ({ view }) => view.selection?.start)).toBe(sampleRate);
});

test('D26: a tab that crashes has what was drawn as it comes back, and in the same order', async ({
  app,
}) => {
  await drawSteps(app, 'crashed.wav');
  const kept = (): Promise<string> =>
    app.evaluate(() => {
      const { drawn } = JSON.parse(sessionStorage.getItem('unbraid-drawn-steps') ?? '{}') as {
        readonly drawn?: { readonly done: readonly unknown[]; readonly undone: readonly unknown[] };
      };
      return `${drawn?.done.length}+${drawn?.undone.length}`;
    });
  await expect.poll(kept).toBe('3+1');
  const painted = await tools(app, ({ view }) => [...view.painted.mask.encode()]);
  // It does not hear that it goes.
  await app.evaluate(() => addEventListener('pagehide', (event) => event.stopImmediatePropagation(), true));
  await app.reload();
  await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible();
  await button(app, /^History: /).click();
  await expect(steps(app)).toHaveText([
    'Before the first step',
    /^Select 0:01.00 – 0:02.00/,
    /^Mute harmonic/,
    /^Paint/,
    /^Paint/,
  ]);
  await expect(app.getByText('Step 3 of 4')).toBeVisible();
  await app.keyboard.press('Escape');
  expect(await tools(app, ({ view }) => [...view.painted.mask.encode()])).toEqual(painted);
  await app.keyboard.press('Control+Shift+z');
  expect(await tools(app, ({ view }) => [...view.painted.mask.encode()])).not.toEqual(painted);
});
