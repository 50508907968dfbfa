import { readFile } from 'node:fs/promises';
import { expect, test } from './support/host.js';
import { openDemo, openFile, separate, trackSamples } from './support/page.js';
import { clicksAndChords, samples16 } from './support/wav.js';

test('lanes and a null meter appear, and exported stems add up to the source bit by bit', async ({ app }) => {
  const source = clicksAndChords(3);
  await openFile(app, 'song.wav', source);
  await separate(app);
  await expect(app.getByRole('region', { name: 'harmonic' })).toBeVisible();
  await expect(app.getByRole('region', { name: 'percussive' })).toBeVisible();

  await app.keyboard.press('Control+Shift+E');
  const dialog = app.getByRole('dialog', { name: 'Export' });
  await dialog.getByLabel('Naming template').fill('{name} - {stem}.{ext}');
  await expect(dialog.getByText('song - harmonic.wav')).toBeVisible();
  await dialog.getByRole('button', { name: 'Export' }).click();
  await expect(dialog.getByText('bit-exact')).toBeVisible({ timeout: 60_000 });

  const sum = samples16(source).map(() => 0);
  for (const stem of ['harmonic', 'percussive']) {
    const waiting = app.waitForEvent('download');
    await dialog.getByRole('link', { name: `song - ${stem}.wav` }).click();
    const samples = samples16(await readFile(await (await waiting).path()));
    expect(samples.some((value) => value !== 0)).toBe(true);
    samples.forEach((value, i) => (sum[i] += value));
  }
  expect(sum).toEqual(samples16(source));
});

test('the mix as heard is exported, and only the selection of it', async ({ app }) => {
  await openFile(app, 'song.wav', clicksAndChords(2));
  await separate(app);
  await app.getByRole('button', { name: 'Mute percussive' }).click();
  await app.getByLabel('Selection start').fill('0.5');
  await app.keyboard.press('Enter');
  await app.getByLabel('Selection end').fill('1.25');
  await app.keyboard.press('Enter');

  await app.keyboard.press('Control+Shift+E');
  const dialog = app.getByRole('dialog', { name: 'Export' });
  await dialog.getByLabel('Mix as heard').check();
  await dialog.getByRole('checkbox', { name: /Only the selection/ }).check();
  await dialog.getByLabel('Sample format').selectOption('16');
  await dialog.getByRole('button', { name: 'Export' }).click();
  const waiting = app.waitForEvent('download');
  await dialog.getByRole('link').click({ timeout: 60_000 });
  const written = samples16(await readFile(await (await waiting).path()));

  const [start, count] = [22_050, 33_075];
  const stem = await trackSamples(app, 'harmonic', start, count);
  expect(written.length).toBe(2 * count);
  const worst = stem.reduce(
    (most, plane, ch) =>
      plane.reduce((m, x, i) => Math.max(m, Math.abs(x * 32_768 - written[2 * i + ch])), most),
    0,
  );
  // Rounding to 16 bits, with up to one step of dither either side.
  expect(worst).toBeLessThanOrEqual(2);
});

test('a template that names no stem says so and exports nothing', async ({ app }) => {
  await openFile(app, 'song.wav', clicksAndChords(2));
  await separate(app);
  await app.keyboard.press('Control+Shift+E');
  const dialog = app.getByRole('dialog', { name: 'Export' });
  await dialog.getByLabel('Naming template').fill('{name}.{ext}');
  await expect(dialog.getByText(/must contain \{stem\}/)).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Export' })).toBeDisabled();
});

test('only the selection is separated: outside of it nothing changes, and everywhere the stems add up', async ({
  app,
}) => {
  const source = clicksAndChords(4);
  await openFile(app, 'song.wav', source);
  await app.getByLabel('Model or method').selectOption('hpss');
  for (const [label, time] of [
    ['Selection start', '1'],
    ['Selection end', '2.5'],
  ]) {
    await app.getByLabel(label).fill(time);
    await app.keyboard.press('Enter');
  }
  await app.getByRole('checkbox', { name: /^Only the selection/ }).check();
  await app.getByRole('button', { name: 'Separate', exact: true }).click();
  await expect(app.getByText(/HPSS on cpu, .* from 0:01.0 to 0:02.5/)).toBeVisible({ timeout: 60_000 });

  await app.keyboard.press('Control+Shift+E');
  const dialog = app.getByRole('dialog', { name: 'Export' });
  await dialog.getByLabel('Naming template').fill('{stem}.{ext}');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  const stems: Int16Array[] = [];
  for (const stem of ['harmonic', 'percussive']) {
    const waiting = app.waitForEvent('download');
    await dialog.getByRole('link', { name: `${stem}.wav` }).click({ timeout: 60_000 });
    stems.push(samples16(await readFile(await (await waiting).path())));
  }
  const song = samples16(source);
  expect(song.every((value, i) => stems[0][i] + stems[1][i] === value)).toBe(true);
  // Before and after, one stem is the song and the other is silent (up to two steps of dither); inside both sound.
  const [from, to] = [2 * 44_100, 2 * 110_250];
  const sounds = (stem: Int16Array, start: number, end: number): boolean =>
    stem.subarray(start, end).some((value) => Math.abs(value) > 2);
  const silent = stems.findIndex((stem) => !sounds(stem, 0, from));
  expect(silent).toBeGreaterThanOrEqual(0);
  expect(sounds(stems[silent], to, song.length)).toBe(false);
  expect(sounds(stems[silent], from, to)).toBe(true);
  const rest = stems[1 - silent].map((value, i) => value - song[i]);
  expect(sounds(rest, 0, from) || sounds(rest, to, song.length)).toBe(false);
});

test('only the stems that are ticked become tracks; all else is one more, and the sum is the source', async ({
  app,
}) => {
  await openFile(app, 'song.wav', clicksAndChords(2));
  await app.getByLabel('Model or method').selectOption('classic-4');
  const start = app.getByRole('button', { name: 'Separate', exact: true });
  for (const stem of ['vocals', 'drums', 'bass', 'other'])
    await app.getByLabel(stem, { exact: true }).uncheck();
  await expect(start).toBeDisabled();
  for (const stem of ['vocals', 'drums']) await app.getByLabel(stem, { exact: true }).check();
  await start.click();
  await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible({ timeout: 90_000 });
  const tracks = await app.evaluate(() => window.__unbraid!.app.song.tracks.map(({ id }) => id));
  expect(tracks).toEqual(['source', 'vocals', 'drums', 'rest']);
  const count = 2 * 44_100;
  const [source, ...stems] = await Promise.all(tracks.map((track) => trackSamples(app, track, 0, count)));
  const worst = source.map((plane, ch) =>
    plane.reduce(
      (most, x, i) => Math.max(most, Math.abs(x - stems.reduce((sum, stem) => sum + stem[ch][i], 0))),
      0,
    ),
  );
  expect(Math.max(...worst)).toBeLessThan(1e-6);
  for (const stem of stems) expect(stem[0].some((x) => Math.abs(x) > 1e-3)).toBe(true);
});

test('a cancelled separation leaves the song as it was, and another can start', async ({ app }) => {
  await openDemo(app);
  await app.getByLabel('Model or method').selectOption('classic-4');
  await app.getByRole('button', { name: 'Separate', exact: true }).click();
  await app.getByRole('button', { name: 'Cancel' }).click();
  await expect(app.getByRole('button', { name: 'Separate', exact: true })).toBeVisible();
  await expect(app.getByRole('region', { name: 'vocals' })).toHaveCount(0);
  await expect(app.getByRole('alert')).toHaveCount(0);
  await separate(app);
  await expect(app.getByRole('region', { name: 'harmonic' })).toBeVisible();
});

test('the number of NMF components and the Wiener filter are chosen for a song, and forgotten with it', async ({
  app,
}) => {
  await openFile(app, 'song.wav', clicksAndChords(3));
  await app.getByLabel('Model or method').selectOption('nmf-components');
  await app.getByText('Quality', { exact: true }).click();
  await app.getByLabel('Components', { exact: true }).fill('4');
  await app.keyboard.press('Enter');
  await app.getByLabel('Passes of a Wiener filter').selectOption('1');
  await app.getByLabel('Phase of the stems').selectOption('fast Griffin-Lim');
  await expect(app.getByRole('checkbox', { name: 'component 4' })).toBeVisible();
  await expect(app.getByRole('checkbox', { name: 'component 5' })).toHaveCount(0);
  const asked = app.waitForRequest(/\/api\/separateSession/);
  await app.getByRole('button', { name: 'Separate', exact: true }).last().click();
  const { settings } = (await asked).postDataJSON() as { settings: object };
  expect(settings).toMatchObject({
    model: 'nmf-components:components=4',
    wiener: 1,
    phase: 'fast-griffin-lim',
  });
  await expect(app.getByRole('region', { name: 'component 4' })).toBeVisible({ timeout: 60_000 });
  await expect(app.getByRole('region', { name: 'component 5' })).toHaveCount(0);
  // The same tab loaded anew has not forgotten.
  await app.reload();
  await app.getByText('Quality', { exact: true }).click();
  await expect(app.getByLabel('Passes of a Wiener filter')).toHaveValue('1');
  await expect(app.getByLabel('Phase of the stems')).toHaveValue('fast-griffin-lim');
  await expect(app.getByLabel('Components', { exact: true })).toHaveValue('4');
  await openFile(app, 'other.wav', clicksAndChords(2));
  await expect(app.getByLabel('Passes of a Wiener filter')).toHaveValue('');
  await expect(app.getByLabel('Phase of the stems')).toHaveValue('');
});

test('where the panel is closed, the place of the stems opens it to choose a method', async ({ app }) => {
  await app.setViewportSize({ width: 1024, height: 700 });
  await openFile(app, 'narrow.wav', clicksAndChords(1));
  const method = app.getByLabel('Model or method');
  await expect(method).toBeVisible();
  await app.keyboard.press('p');
  await expect(app.getByText('The stems will appear here.', { exact: true })).toBeVisible();
  await expect(method).toBeHidden();
  await app.getByRole('button', { name: 'Choose a model or method…' }).click();
  await expect(method).toBeVisible();
  await expect(app.getByText(/Choose a model or method on the right/)).toBeVisible();
});
