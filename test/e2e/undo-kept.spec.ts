import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { asNewTab, openFile, openPanel, save, separate, trackSamples } from './support/page.js';
import { clicksAndChords, sampleRate } from './support/wav.js';

const start = Math.round(1.2 * sampleRate);
const button = (app: Page, name: string | RegExp): ReturnType<Page['getByRole']> =>
  app.getByRole('button', { name, exact: typeof name === 'string' });

const samplesOf = async (app: Page): Promise<string> =>
  JSON.stringify(
    await Promise.all(['harmonic', 'percussive'].map((name) => trackSamples(app, name, start, 4096))),
  );

/** Does something that the journal keeps, and waits until it has. */
async function kept(app: Page, work: () => Promise<void>): Promise<void> {
  const answer = app.waitForResponse(/\/api\/appendJournal$/);
  await work();
  expect(((await (await answer).json()) as { ok: boolean }).ok).toBe(true);
}

/** Moves what lies in the second second from the first stem to the second. */
async function moveSecond(app: Page): Promise<void> {
  await openPanel(app, 'edits');
  const panel = app.getByRole('group', { name: 'Repair the stems' });
  const apply = panel.getByRole('button', { name: 'Apply to the selection' });
  for (const [label, value] of [
    ['Selection start', '1'],
    ['Selection end', '2'],
  ]) {
    await app.getByLabel(label).fill(value);
    await app.keyboard.press('Enter');
  }
  await panel.getByLabel('From').selectOption('harmonic');
  await panel.getByLabel('To', { exact: true }).selectOption('percussive');
  await apply.click();
  await expect(panel.getByRole('listitem')).toHaveCount(1);
  await expect(apply).toBeEnabled();
}

async function reopen(app: Page): Promise<void> {
  await asNewTab(app);
  await button(app, 'steps').click();
  await expect(button(app, 'Play')).toBeVisible();
  await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible();
  await openPanel(app, 'edits');
}

test('D21: what was done before closing can be undone and redone after opening, by name and by sample', async ({
  app,
}) => {
  await openFile(app, 'steps.wav', clicksAndChords(3));
  await separate(app);
  const panel = app.getByRole('group', { name: 'Repair the stems' });
  const edits = panel.getByRole('listitem');
  const mute = button(app, /^Mute harmonic/);
  const solo = button(app, /^Solo percussive/);
  const before = await samplesOf(app);
  await moveSecond(app);
  const edited = await samplesOf(app);
  expect(edited === before).toBe(false);
  await mute.click();
  await save(app);
  await expect(app.getByText(/^Saved /)).toBeVisible();
  await kept(app, () => panel.getByRole('button', { name: /^Delete/ }).click());
  await expect(edits).toHaveCount(0);
  await kept(app, () => solo.click());
  await kept(app, () => app.keyboard.press('Control+z'));

  await reopen(app);
  await expect(edits).toHaveCount(0);
  await expect(button(app, 'Redo Solo percussive')).toBeEnabled();
  await expect(button(app, 'Undo Delete edit of harmonic')).toBeEnabled();
  await app.keyboard.press('Control+z');
  await expect(edits).toHaveCount(1);
  await expect(async () => expect((await samplesOf(app)) === edited).toBe(true)).toPass();
  await expect(mute).toHaveAttribute('aria-pressed', 'true');
  await button(app, 'Undo Mute harmonic').click();
  await expect(mute).toHaveAttribute('aria-pressed', 'false');
  await button(app, 'Undo Move to percussive').click();
  await expect(button(app, 'Undo Select')).toBeEnabled();
  await expect(edits).toHaveCount(0);
  await expect(async () => expect((await samplesOf(app)) === before).toBe(true)).toPass();

  for (const step of ['Move to percussive', 'Mute harmonic', 'Delete edit of harmonic'])
    await button(app, `Redo ${step}`).click();
  await expect(edits).toHaveCount(0);
  await expect(mute).toHaveAttribute('aria-pressed', 'true');
  await expect(solo).toHaveAttribute('aria-pressed', 'false');
  await kept(app, () => button(app, 'Redo Solo percussive').click());
  await expect(solo).toHaveAttribute('aria-pressed', 'true');
  await expect(button(app, 'Nothing to redo')).toBeDisabled();

  // A third life goes on from the second; a drag is one step there too.
  const fader = app.getByRole('slider', { name: 'Gain of percussive, dB' });
  const box = (await fader.boundingBox())!;
  await kept(app, async () => {
    await app.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2);
    await app.mouse.down();
    await app.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2, { steps: 12 });
    await app.mouse.up();
  });
  await expect(button(app, 'Undo Gain of percussive')).toBeEnabled();
  const level = await fader.inputValue();
  expect(Number(level)).toBeLessThan(-10);
  await save(app);
  await expect(app.getByText(/^Saved /)).toBeVisible();
  await reopen(app);
  await expect(fader).toHaveValue(level);
  await button(app, 'Undo Gain of percussive').click();
  await expect(fader).toHaveValue('0');
  await expect(button(app, 'Undo Solo percussive')).toBeEnabled();
});

/** Cancels what the engine is asked to render: the box with the button comes only where it takes long. */
async function giveUp(app: Page): Promise<void> {
  await app.waitForFunction(() => window.__unbraid?.app.song?.edits.busy === true);
  await app.evaluate(() => window.__unbraid?.app.song?.edits.cancel());
}

test('giving up the edits while a project opens takes no step back; giving up a new one takes back that', async ({
  app,
}) => {
  await openFile(app, 'given up.wav', clicksAndChords(3));
  await separate(app);
  await moveSecond(app);
  const mute = button(app, /^Mute harmonic/);
  await mute.click();
  await save(app);
  await expect(app.getByText(/^Saved /)).toBeVisible();
  let asked = 0;
  await app.route('**/api/editSession', async (route) => {
    asked++;
    await giveUp(app);
    return route.fulfill({ json: { ok: false, error: { code: 'cancelled', message: 'Cancelled' } } });
  });
  await asNewTab(app);
  await button(app, 'given up').click();
  const panel = app.getByRole('group', { name: 'Repair the stems' });
  await expect(panel.getByText('That did not work: Cancelled')).toBeVisible();
  expect(asked).toBe(1);
  await expect(button(app, 'Undo Mute harmonic')).toBeEnabled();
  await expect(mute).toHaveAttribute('aria-pressed', 'true');

  await panel.getByLabel('To', { exact: true }).selectOption('percussive');
  await panel.getByRole('button', { name: 'Apply to the selection' }).click();
  await expect(button(app, 'Redo Move to percussive')).toBeEnabled();
  // The edit that is left is asked for again, without a step: it is given up alone.
  await expect.poll(() => asked).toBe(3);
  await expect(panel.getByText('That did not work: Cancelled')).toBeVisible();
  await expect(button(app, 'Undo Mute harmonic')).toBeEnabled();
  await expect(mute).toHaveAttribute('aria-pressed', 'true');
  await expect(panel.getByRole('listitem')).toHaveCount(1);
});

test('giving up what undo asked for does the step again, and takes no other back', async ({ app }) => {
  await openFile(app, 'undone.wav', clicksAndChords(3));
  await separate(app);
  const mute = button(app, /^Mute harmonic/);
  await mute.click();
  await moveSecond(app);
  let asked = 0;
  await app.route('**/api/editSession', async (route) => {
    asked++;
    await giveUp(app);
    return route.fulfill({ json: { ok: false, error: { code: 'cancelled', message: 'Cancelled' } } });
  });
  await button(app, 'Undo Move to percussive').click();
  await expect.poll(() => asked).toBe(1);
  await expect(button(app, 'Undo Move to percussive')).toBeEnabled();
  await expect(button(app, 'Nothing to redo')).toBeDisabled();
  await expect(app.getByRole('group', { name: 'Repair the stems' }).getByRole('listitem')).toHaveCount(1);
  await expect(mute).toHaveAttribute('aria-pressed', 'true');
  expect(asked).toBe(1);
});

test('what the host stopped, without being asked to, costs no step and is tried again', async ({ app }) => {
  await openFile(app, 'stopped.wav', clicksAndChords(3));
  await separate(app);
  let asked = 0;
  await app.route('**/api/editSession', (route) => {
    if (asked++ > 0) return route.continue();
    return route.fulfill({ json: { ok: false, error: { code: 'cancelled', message: 'Cancelled' } } });
  });
  await moveSecond(app);
  await expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThan(1);
  await expect(button(app, 'Undo Move to percussive')).toBeEnabled();
  const panel = app.getByRole('group', { name: 'Repair the stems' });
  await expect(panel.getByRole('listitem')).toHaveCount(1);
  await expect(panel.getByText('That did not work')).toHaveCount(0);
});
