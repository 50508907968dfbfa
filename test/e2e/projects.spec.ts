import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { asNewTab, openFile, openPanel, save, separate, trackSamples } from './support/page.js';
import { sampleRate, wav16 } from './support/wav.js';

const start = Math.round(1.5 * sampleRate);
const count = 4096;
const stems = ['harmonic', 'percussive'] as const;

/** A steady tone with clicks, four seconds. */
function song(): Buffer {
  const plane = Float32Array.from(
    { length: 4 * sampleRate },
    (_, i) => 0.3 * Math.sin((2 * Math.PI * 1000 * i) / sampleRate) + (i % 11025 < 3 ? 0.5 : 0),
  );
  return wav16([plane, plane], sampleRate);
}

const samplesOf = (app: Page): Promise<number[][][]> =>
  Promise.all(stems.map((name) => trackSamples(app, name, start, count)));

async function reload(app: Page): Promise<void> {
  await asNewTab(app);
  await expect(app.getByRole('heading', { name: 'Projects' })).toBeVisible();
}

/** Whether all samples are equal; to tell how long lists differ would take minutes at each try. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

test('a saved song comes back with its stems, edits and mixer, and keeps each later change', async ({
  app,
}) => {
  await openFile(app, 'kept.wav', song());
  await separate(app);
  const before = await samplesOf(app);
  for (const [label, value] of [
    ['Selection start', '1'],
    ['Selection end', '3'],
  ]) {
    await app.getByLabel(label).fill(value);
    await app.keyboard.press('Enter');
  }
  await openPanel(app, 'edits');
  const panel = app.getByRole('group', { name: 'Repair the stems' });
  await panel.getByLabel('From').selectOption('harmonic');
  await panel.getByLabel('To', { exact: true }).selectOption('percussive');
  await panel.getByRole('button', { name: 'Apply to the selection' }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(1);
  await expect(panel.getByRole('button', { name: 'Apply to the selection' })).toBeEnabled();
  const edited = await samplesOf(app);
  expect(edited).not.toEqual(before);
  await app.getByRole('button', { name: /^Mute harmonic/ }).click();
  await save(app);
  await expect(app.getByText(/^Saved /)).toBeVisible();

  // Kept by the journal, without another save.
  const kept = app.waitForResponse(/\/api\/appendJournal$/);
  await app.getByRole('button', { name: /^Solo percussive/ }).click();
  await kept;

  await reload(app);
  await app.getByRole('button', { name: 'kept', exact: true }).click();
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible();
  await openPanel(app, 'edits');
  await expect(panel.getByRole('listitem')).toHaveCount(1);
  await expect(async () => expect(same(await samplesOf(app), edited)).toBe(true)).toPass();
  await expect(app.getByRole('button', { name: /^Mute harmonic/ })).toHaveAttribute('aria-pressed', 'true');
  await expect(app.getByRole('button', { name: /^Solo percussive/ })).toHaveAttribute('aria-pressed', 'true');
  await expect(app.getByLabel('Selection end')).toHaveValue(/3/);
  await expect(app.getByRole('button', { name: 'Undo Solo percussive' })).toBeEnabled();

  // New stems are saved as they come.
  await openPanel(app, 'separate');
  await app.getByLabel('Model or method').selectOption('hpss');
  const saved = app.waitForResponse(/\/api\/saveProject$/);
  await app.getByRole('button', { name: 'Separate again' }).click();
  expect(((await (await saved).json()) as { ok: boolean }).ok).toBe(true);
  await expect(app.getByRole('button', { name: 'Cancel' })).toHaveCount(0);

  // Without the edit the stems are those that were separated.
  await openPanel(app, 'edits');
  await panel.getByRole('checkbox', { name: 'Edit 1 is on' }).uncheck();
  await expect(async () => expect(same(await samplesOf(app), before)).toBe(true)).toPass();
});

test('another project of the same song is a separate one', async ({ app }) => {
  await openFile(app, 'twice.wav', song());
  await save(app);
  await expect(app.getByText(/^Saved /)).toBeVisible();
  const copied = app.waitForResponse(/\/api\/saveProject$/);
  await app.keyboard.press('Control+Shift+S');
  await expect(app.getByLabel('Name of the project')).toHaveValue('twice');
  await app.keyboard.press('Enter');
  await copied;
  const kept = app.waitForResponse(/\/api\/appendJournal$/);
  await app.getByRole('button', { name: /^Mute Source/i }).click();
  await kept;
  await reload(app);
  const muted: (string | null)[] = [];
  for (const n of [0, 1]) {
    await app.keyboard.press('Control+Shift+O');
    const dialog = app.getByRole('dialog', { name: 'Open a project' });
    await dialog.getByRole('button', { name: 'twice', exact: true }).nth(n).click();
    await expect(dialog).toHaveCount(0);
    const mute = app.getByRole('button', { name: /^Mute Source/i });
    await expect(mute).toBeVisible();
    muted.push(await mute.getAttribute('aria-pressed'));
  }
  expect(muted).toEqual(['true', 'false']);
});

test('a project whose song has moved asks for it, and reports what was recovered', async ({ app }) => {
  await openFile(app, 'away.wav', song());
  await save(app);
  await expect(app.getByText(/^Saved /)).toBeVisible();
  await reload(app);
  // The host finds the song, which it has taken in itself: its answers are those of one that does not.
  await app.route('**/api/openProject', async (route) => {
    const asked = route.request().postDataJSON() as { upload?: string };
    if (asked.upload === undefined) {
      const message = 'The song "away.wav" of this project is not where it was';
      return route.fulfill({ json: { ok: false, error: { code: 'source-moved', message } } });
    }
    const answer = await route.fetch();
    const body = (await answer.json()) as { ok: boolean; value: { recovery: object } };
    expect(body.ok).toBe(true);
    expect(body.value.recovery).toEqual({ applied: 0, lost: 0, previous: false, missing: [] });
    body.value.recovery = { applied: 3, lost: 1, previous: false, missing: ['masks'] };
    return route.fulfill({ json: body });
  });
  await app.getByRole('button', { name: 'away', exact: true }).click();
  const dialog = app.getByRole('dialog', { name: 'Where is the song?' });
  await expect(dialog).toContainText('is not where it was');
  await dialog
    .locator('input[type=file]')
    .setInputFiles({ name: 'found.wav', mimeType: 'audio/wav', buffer: song() });
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await expect(dialog).toHaveCount(0);
  const card = app.getByText('The project was not closed properly').locator('..');
  await expect(card).toContainText('restored: 3');
  await expect(card).toContainText('could not be read: 1');
  await expect(card).toContainText('turned off');
  await app.getByRole('button', { name: 'Dismiss' }).click();
  await expect(card).toHaveCount(0);
});

test('a project that another window has is not taken from it unasked', async ({ app, host, electron }) => {
  test.skip(electron !== null, 'The desktop has one window.');
  await openFile(app, 'shared.wav', song());
  await save(app);
  await expect(app.getByText(/^Saved /)).toBeVisible();
  const second = await app.context().newPage();
  await second.goto(`${host.origin}/?debug`);
  await second.getByRole('button', { name: 'shared', exact: true }).click();
  await expect(second.getByRole('status').getByText('is open in another window')).toBeVisible();
  await expect(second.getByRole('button', { name: 'Play', exact: true })).toHaveCount(0);
  // The first window still keeps what is changed there.
  const kept = app.waitForResponse(/\/api\/appendJournal$/);
  await app.getByRole('button', { name: /^Mute Source/i }).click();
  expect(((await (await kept).json()) as { ok: boolean }).ok).toBe(true);
  await second.getByRole('button', { name: 'Open it here' }).click();
  await expect(second.getByRole('button', { name: /^Mute Source/i })).toHaveAttribute('aria-pressed', 'true');
  await second.close();
  // A window that was closed holds nothing: no question.
  await asNewTab(app);
  await app.getByRole('button', { name: 'shared', exact: true }).click();
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await expect(app.getByText('is open in another window')).toHaveCount(0);
  // Nor is this window another one.
  await app.keyboard.press('Control+Shift+O');
  await app.getByRole('dialog').getByRole('button', { name: 'shared', exact: true }).click();
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await expect(app.getByText('is open in another window')).toHaveCount(0);
});
