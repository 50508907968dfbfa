import { expect, test } from './support/host.js';
import { openFile, separate } from './support/page.js';
import { sine } from './support/wav.js';

test('pages are reached by key and by button, and the editor plays on behind them', async ({ app }) => {
  await openFile(app, 'long.wav', sine(440, 20));
  await app.keyboard.press('Space');
  await app.keyboard.press('2');
  await expect(app.getByRole('button', { name: 'Batch', exact: true })).toHaveAttribute(
    'aria-current',
    'page',
  );
  const position = (): Promise<number> => app.evaluate(() => window.__unbraid!.app.song.player.position);
  const before = await position();
  await expect.poll(position).toBeGreaterThan(before + 4410);
  // A key of the editor means nothing where the editor is not shown.
  await app.keyboard.press('u');
  await app.keyboard.press('1');
  await expect(app.getByRole('button', { name: 'Mute Source', exact: true })).toHaveAttribute(
    'aria-pressed',
    'false',
  );
  await expect(app.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
});

test('a reload shows the page that was shown, with the song behind it', async ({ app }) => {
  await openFile(app, 'kept.wav', sine(440, 1));
  await app.keyboard.press('2');
  const batch = app.getByRole('button', { name: 'Batch', exact: true });
  await expect(batch).toHaveAttribute('aria-current', 'page');
  // Nothing is ready and nothing is done: there is nothing to count.
  await expect(app.getByText(/ of \d+ finished/)).toHaveCount(0);
  await app.reload();
  await expect(batch).toHaveAttribute('aria-current', 'page');
  await app.keyboard.press('1');
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await openFile(app, 'next.wav', sine(880, 1));
  await app.reload();
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
});

test('diagnostics say once why a provider is not used, also for a blend of two networks', async ({ app }) => {
  await openFile(app, 'song.wav', sine(440, 1));
  await separate(app, 'unbraid-blend');
  await app.keyboard.press('5');
  await expect(app.getByRole('heading', { name: 'Log' })).toBeVisible();
  const reasons = await app.locator('section[aria-labelledby="providers"] li').allTextContents();
  expect(new Set(reasons).size).toBe(reasons.length);
});

test('the command palette finds an action by some letters and does it, by keys alone', async ({ app }) => {
  await app.keyboard.press('Control+k');
  const field = app.getByRole('combobox', { name: 'Search commands' });
  await expect(field).toBeFocused();
  await app.keyboard.type('diag');
  const options = app.getByRole('listbox', { name: 'Commands' }).getByRole('option');
  await expect(options.first()).toContainText('Diagnostics');
  await expect(options.first()).toHaveAttribute('aria-selected', 'true');
  await expect(field).toHaveAttribute('aria-activedescendant', (await options.first().getAttribute('id'))!);
  await app.keyboard.press('Enter');
  await expect(app.getByRole('dialog')).toHaveCount(0);
  await expect(app.getByRole('heading', { name: 'Diagnostics' })).toBeVisible();

  await app.keyboard.press('Control+k');
  await expect(field).toBeFocused();
  await app.keyboard.type('xyzxyz');
  await expect(app.getByText('No matching command')).toBeVisible();
  // By what the files are for, too.
  for (const use of ['dj', 'daw']) {
    await field.fill(use);
    await expect(options.first()).toContainText('Export stems or a mix');
  }
  await field.fill('this list');
  await app.keyboard.press('Enter');
  await expect(app.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
});

test('a shortcut gets another key, a taken one is refused, and both last', async ({ app }) => {
  await app.keyboard.press('4');
  const mute = app.getByRole('button', { name: /^Key for: Mute the selected track/ });
  await mute.click();
  await app.keyboard.press('s');
  await expect(app.getByRole('alert')).toHaveText(/S is taken: Solo/);
  await expect(mute).toHaveText('U');
  await mute.click();
  await app.keyboard.press('Control+j');
  await expect(mute).toHaveText('Ctrl+J');
  await app.reload();
  await openFile(app, 'song.wav', sine(440, 1));
  const source = app.getByRole('button', { name: 'Mute Source', exact: true });
  await app.keyboard.press('u');
  await expect(source).toHaveAttribute('aria-pressed', 'false');
  await app.keyboard.press('Control+j');
  await expect(source).toHaveAttribute('aria-pressed', 'true');
  await app.keyboard.press('?');
  await expect(app.getByRole('dialog')).toContainText('Ctrl+J');
  await app.keyboard.press('Escape');
  await app.keyboard.press('4');
  await app.getByRole('button', { name: 'Reset the key for: Mute the selected track' }).click();
  await expect(mute).toHaveText('U');
});

test('the preferred separator and format are what the editor and the export begin with', async ({ app }) => {
  await app.keyboard.press('4');
  await app.getByLabel('Default model or method').selectOption('hpss');
  await app.getByLabel('Default format').selectOption('flac');
  await app.getByLabel('Default naming template').fill('{stem} of {name}.{ext}');
  await openFile(app, 'song.wav', sine(440, 1));
  await expect(app.getByLabel('Model or method')).toHaveValue('hpss');
  await app.keyboard.press('Control+Shift+E');
  const dialog = app.getByRole('dialog', { name: 'Export' });
  await expect(dialog.getByLabel('Format', { exact: true })).toHaveValue('flac');
  await expect(dialog.getByText('mix of song.flac')).toBeVisible();
});

test('models are listed and checked, and another becomes the default', async ({ app }) => {
  await app.keyboard.press('3');
  const hpss = app.getByRole('article', { name: 'HPSS' });
  await expect(hpss).toContainText('harmonic, percussive');
  await hpss.getByRole('button', { name: 'Check HPSS' }).click();
  await expect(hpss.getByRole('status')).toContainText('Runs on cpu');
  await expect(app.getByRole('article', { name: 'Unbraid blend' })).toContainText('Default');
  await hpss.getByRole('button', { name: 'Use by default' }).click();
  await expect(hpss).toContainText('Default');
  await expect(app.getByRole('region', { name: 'Your own models' })).toBeVisible();
});

test('diagnostics show versions, processor, providers and what happened, and copy all of it', async ({
  app,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await app.keyboard.press('5');
  await expect(app.getByRole('region', { name: 'Execution providers' })).toContainText('cpu', {
    timeout: 30_000,
  });
  await app.getByRole('button', { name: 'Copy report' }).click();
  await expect(app.getByRole('button', { name: 'Copied' })).toBeVisible();
  const report = JSON.parse(await app.evaluate(() => navigator.clipboard.readText())) as {
    diagnostics: { node: string; providers: { name: string }[] };
  };
  expect(report.diagnostics.node).toBe(process.version);
  expect(report.diagnostics.providers.map(({ name }) => name)).toContain('cpu');
});
