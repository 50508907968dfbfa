import { expectClean } from './support/axe.js';
import { expect, test } from './support/host.js';
import { openFile, openPanel, separate } from './support/page.js';
import { clicksAndChords } from './support/wav.js';

test('axe finds nothing in any state, in both themes', async ({ app }) => {
  for (const theme of ['dark', 'light']) {
    await expectClean(app);
    if (theme === 'dark') await app.getByRole('button', { name: 'Light theme' }).click();
  }
  await openFile(app, 'song.wav', clicksAndChords(2));
  await separate(app);
  await expectClean(app);
  await app.getByRole('button', { name: 'Dark theme' }).click();
  await expectClean(app);
  await app.keyboard.press('?');
  await expect(app.getByRole('dialog')).toBeVisible();
  await expectClean(app);
  await app.keyboard.press('Escape');
  await expect(app.getByRole('dialog')).toHaveCount(0);
  await app.keyboard.press('Control+Shift+E');
  await expect(app.getByRole('dialog')).toBeVisible();
  await expectClean(app);
});

test('axe finds nothing with automation, hidden tracks and an open menu', async ({ app }) => {
  await openFile(app, 'song.wav', clicksAndChords(2));
  await separate(app);
  await app.getByRole('button', { name: 'Select track harmonic' }).click();
  await app.keyboard.press('[');
  await openPanel(app, 'mix');
  for (const name of ['Mute here', 'Fade in', 'Gain here']) await app.getByRole('button', { name }).click();
  await app.getByRole('button', { name: 'Add a point to Gain 3 at the playhead' }).click();
  await app.getByRole('button', { name: 'Options of percussive' }).click();
  await app.getByRole('button', { name: 'Hide', exact: true }).click();
  await app.getByRole('button', { name: 'Options of harmonic' }).click();
  for (const theme of ['Light', 'Dark']) {
    await expectClean(app);
    await app.keyboard.press('Escape');
    await app.getByRole('button', { name: `${theme} theme` }).click();
  }
});

test('axe finds nothing on any page, in both themes', async ({ app }) => {
  await app.getByRole('button', { name: 'Batch', exact: true }).click();
  await app.getByLabel('Model or method').selectOption('hpss');
  await app.locator('input[data-batch=files]').setInputFiles([
    { name: 'axe.wav', mimeType: 'audio/wav', buffer: clicksAndChords(1) },
    { name: 'axe.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('nothing') },
  ]);
  await app.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(app.getByRole('status').filter({ hasText: '1 failed' })).toBeVisible({ timeout: 60_000 });
  for (const theme of ['Light', 'Dark']) {
    for (const page of ['Batch', 'Models', 'Settings', 'Diagnostics', 'Lab']) {
      await app.getByRole('button', { name: page, exact: true }).click();
      if (page === 'Diagnostics') await expect(app.getByRole('region', { name: 'Log' })).toBeVisible();
      if (page === 'Lab') {
        for (const room of ['Bench', '10. Repetition']) {
          await app.getByRole('button', { name: room, exact: true }).click();
          await expect(app.locator('[data-number]').first()).toBeVisible();
          await expectClean(app);
        }
      }
      await expectClean(app);
    }
    await app.getByRole('button', { name: `${theme} theme` }).click();
  }
  await app.keyboard.press('Control+k');
  await expect(app.getByRole('combobox', { name: 'Search commands' })).toBeFocused();
  await expectClean(app);
  await app.keyboard.press('Escape');
  await app.keyboard.press('2');
  for (const name of ['axe.wav', 'axe.mp3']) {
    await app.getByRole('button', { name: `Remove ${name} from the list` }).click();
  }
});

test('every control is reached by Tab and has a name', async ({ app }) => {
  await openFile(app, 'song.wav', clicksAndChords(2));
  const controls = await app.evaluate(
    () =>
      [...document.querySelectorAll('button, input, select, a[href]')].filter((e) => {
        const control = e as HTMLInputElement;
        // One Tab leads to a group of radio buttons: to the one that is checked.
        const reached = control.type !== 'radio' || control.checked;
        return control.tabIndex >= 0 && !control.disabled && reached && control.checkVisibility();
      }).length,
  );
  const seen = new Set<string>();
  for (let i = 0; i < controls + 4; i++) {
    await app.keyboard.press('Tab');
    const name = await app.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null;
      if (!element || element === document.body) return null;
      const label =
        element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
      return `${element.tagName} ${element.type ?? ''} ${label?.trim()}`;
    });
    if (name) seen.add(name);
  }
  expect([...seen].filter((name) => /\s$/.test(name))).toEqual([]);
  expect(seen.size).toBeGreaterThanOrEqual(controls);
});

test('a song is opened, separated and muted by keys alone', async ({ app }) => {
  await app.getByRole('button', { name: 'Open a file' }).focus();
  // A page that has just been loaded may not have the keyboard yet.
  await expect(async () => {
    const chooser = app.waitForEvent('filechooser', { timeout: 3000 });
    await app.keyboard.press('Control+o');
    await (await chooser).setFiles({ name: 'keys.wav', mimeType: 'audio/wav', buffer: clicksAndChords(2) });
  }).toPass();
  const start = app.getByRole('button', { name: 'Separate', exact: true });
  await start.focus();
  await app.keyboard.press('Enter');
  const mute = app.getByRole('button', { name: 'Mute vocals', exact: true });
  await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible({ timeout: 60_000 });
  await app.getByRole('button', { name: 'Select track vocals' }).focus();
  await app.keyboard.press('u');
  await expect(mute).toHaveAttribute('aria-pressed', 'true');
});

test('another language changes every text at once', async ({ app }) => {
  await app.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch');
  await expect(app.getByRole('button', { name: 'Demo-Song ausprobieren' })).toBeVisible();
  await expect(app.locator('html')).toHaveAttribute('lang', 'de');
});
