import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { readZip } from './support/zip.js';
import { clicksAndChords, samples16, sine } from './support/wav.js';

async function openBatch(app: Page): Promise<void> {
  await app.getByRole('button', { name: 'Batch', exact: true }).click();
  await expect(app.getByRole('heading', { name: 'Batch' })).toBeVisible();
  await app.getByLabel('Model or method').selectOption('hpss');
}

/** Starts what was added. */
const start = (app: Page): Promise<void> => app.getByRole('button', { name: 'Start', exact: true }).click();

/** Takes every song off the list: the host, and with it the queue, serves all tests of a worker. */
async function empty(app: Page): Promise<void> {
  const remove = app.getByRole('button', { name: /from the list$/ });
  for (let left = await row(app, /./).count(); left > 0; left--) {
    await remove.last().click();
    await expect(row(app, /./)).toHaveCount(left - 1);
  }
  if (await app.getByRole('button', { name: 'Resume' }).isVisible()) {
    await app.getByRole('button', { name: 'Resume' }).click();
  }
}

const row = (app: Page, name: string | RegExp): Locator =>
  app.locator('tbody').getByRole('row').filter({ hasText: name });

/** Drops a real folder in the middle of the window. */
async function dropFolder(app: Page, folder: string): Promise<void> {
  const devTools = await app.context().newCDPSession(app);
  const data = { items: [], files: [folder], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devTools.send('Input.dispatchDragEvent', { type, x: 700, y: 500, data });
  }
}

/** Drops files on the window, as a person does from a file manager. */
async function drop(
  app: Page,
  files: readonly { readonly name: string; readonly bytes: Buffer }[],
): Promise<void> {
  const data = await app.evaluateHandle(
    (files) => {
      const transfer = new DataTransfer();
      for (const { name, bytes } of files) transfer.items.add(new File([new Uint8Array(bytes)], name));
      return transfer;
    },
    files.map(({ name, bytes }) => ({ name, bytes: [...bytes] })),
  );
  await app.dispatchEvent('body', 'drop', { dataTransfer: data });
}

async function download(app: Page, link: Locator): Promise<Buffer> {
  const waiting = app.waitForEvent('download');
  await link.click();
  return readFile(await (await waiting).path());
}

test('a folder with a broken file: one row fails and says what to do, the others become stems', async ({
  app,
}) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'unbraid-batch-')), 'Album');
  mkdirSync(join(folder, 'B side'), { recursive: true });
  const source = clicksAndChords(2);
  writeFileSync(join(folder, 'one.wav'), source);
  writeFileSync(join(folder, 'broken.mp3'), 'this is not audio at all');
  writeFileSync(join(folder, 'cover.jpg'), 'a picture');
  writeFileSync(join(folder, 'B side', 'two.wav'), sine(330, 2));
  await openBatch(app);
  await app.locator('input[data-batch=folder]').setInputFiles(folder);
  // Nothing begins before the settings are chosen.
  await expect(row(app, 'one.wav')).toContainText('ready to start');
  await start(app);
  await expect(app.getByRole('status').filter({ hasText: '3 of 3 finished · 1 failed' })).toBeVisible({
    timeout: 90_000,
  });
  const broken = row(app, 'broken.mp3');
  await expect(broken).toContainText('failed');
  await expect(broken.getByRole('button', { name: 'Copy report' })).toBeVisible();
  await expect(broken).not.toContainText(tmpdir());
  await expect(row(app, 'two.wav')).toContainText('Album / B side /');
  // By the title that the separator has everywhere, not by its id.
  await expect(row(app, 'two.wav')).toContainText('HPSS on ');
  await expect(row(app, 'cover.jpg')).toHaveCount(0);

  const sum = samples16(source).map(() => 0);
  for (const stem of ['harmonic', 'percussive']) {
    const bytes = await download(app, row(app, 'one.wav').getByRole('link', { name: `one [${stem}].wav` }));
    samples16(bytes).forEach((value, i) => (sum[i] += value));
  }
  expect(sum).toEqual(samples16(source));

  const zip = app.waitForEvent('download');
  await app.getByRole('button', { name: 'Download all as one zip' }).click();
  const packed = await readZip(await (await zip).path());
  // Each song has two stems and a sidecar.
  expect([...packed.keys()].filter((name) => name.endsWith('.json'))).toEqual([
    'Album/B side/two/two.unbraid.json',
    'Album/one/one.unbraid.json',
  ]);
  expect(packed.size).toBe(6);
  for (const stem of ['harmonic', 'percussive']) {
    const bytes = await download(app, row(app, 'one.wav').getByRole('link', { name: `one [${stem}].wav` }));
    expect(packed.get(`Album/one/one [${stem}].wav`)!.equals(bytes)).toBe(true);
  }

  const waiting = app.waitForEvent('download');
  await app.getByRole('button', { name: 'Report (JSON)' }).click();
  const report = JSON.parse(await readFile(await (await waiting).path(), 'utf8')) as {
    summary: Record<string, number>;
    songs: { source: string; state: string; files?: { name: string }[] }[];
  };
  expect(report.summary).toMatchObject({ done: 2, failed: 1, waiting: 0 });
  expect(report.songs.map(({ source, state }) => `${source} ${state}`)).toEqual([
    'Album/B side/two.wav done',
    'Album/broken.mp3 failed',
    'Album/one.wav done',
  ]);
  expect(JSON.stringify(report)).not.toContain(tmpdir());

  // Retrying what cannot be read fails again; taking it off the list ends it.
  await app.getByRole('button', { name: 'Retry broken.mp3' }).click();
  await expect(broken).toContainText('failed', { timeout: 30_000 });
  await app.getByRole('button', { name: 'Remove broken.mp3 from the list' }).click();
  await expect(broken).toHaveCount(0);
  await app.getByRole('button', { name: 'Remove finished from the list' }).click();
  await expect(app.getByText('Drop songs or folders here')).toBeVisible();

  // The same folder, dropped instead of chosen.
  await app.getByLabel('Make').selectOption('only:harmonic');
  await dropFolder(app, folder);
  await start(app);
  await expect(app.getByRole('status').filter({ hasText: '3 of 3 finished · 1 failed' })).toBeVisible({
    timeout: 60_000,
  });
  await expect(row(app, 'two.wav')).toContainText('Album / B side /');
  await expect(row(app, 'one.wav').getByRole('link')).toHaveText(['one [harmonic].wav']);
  rmSync(folder, { recursive: true });
  await empty(app);
  await expect(app.getByText('Drop songs or folders here')).toBeVisible();
});

test('a finished row opens its song in the editor, with its separator chosen, also when the row has gone', async ({
  app,
}) => {
  await openBatch(app);
  await empty(app);
  await app
    .locator('input[data-batch=files]')
    .setInputFiles([{ name: 'opened.wav', mimeType: 'audio/wav', buffer: clicksAndChords(2) }]);
  const open = row(app, 'opened.wav').getByRole('button', { name: 'Open in the editor' });
  await start(app);
  await expect(row(app, 'opened.wav')).toContainText('HPSS on ', { timeout: 60_000 });
  await open.click();
  await expect(app).toHaveTitle(/opened/);
  await expect(app.getByLabel('Model or method')).toHaveValue('hpss');
  await app.getByRole('button', { name: 'Batch', exact: true }).click();
  await empty(app);
  await app.getByRole('button', { name: 'Editor', exact: true }).click();
  await app.getByRole('button', { name: 'Separate', exact: true }).click();
  await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible({ timeout: 60_000 });
});

test('songs wait while the queue is paused, and go on when it resumes', async ({ app }) => {
  await openBatch(app);
  await empty(app);
  // Many pieces of work, and seconds of it on a fast machine: it must not be done before it is paused.
  const long = clicksAndChords(60);
  await app.getByLabel('Model or method').selectOption('unbraid-blend');
  await app.getByText('Quality', { exact: true }).click();
  await app.getByLabel('Extra shifted passes').selectOption('5');
  await app
    .locator('input[data-batch=files]')
    .setInputFiles([{ name: 'long.wav', mimeType: 'audio/wav', buffer: long }]);
  await start(app);
  await expect(row(app, 'long.wav')).toContainText('running', { timeout: 60_000 });
  // What is dropped meanwhile joins.
  await app.getByLabel('Model or method').selectOption('hpss');
  await app.getByLabel('Make').selectOption('only:percussive');
  await drop(app, [{ name: 'short.wav', bytes: clicksAndChords(1) }]);
  await expect(row(app, 'short.wav')).toContainText('waiting');
  await app.getByRole('button', { name: 'Pause' }).click();
  await expect(row(app, 'long.wav')).toContainText('paused');
  await expect(row(app, 'short.wav')).toContainText('waiting');
  // Another page in between: the queue is the engine's, not the page's.
  await app.getByRole('button', { name: 'Editor', exact: true }).click();
  await app.reload();
  await app.getByRole('button', { name: 'Batch', exact: true }).click();
  await expect(row(app, 'long.wav')).toContainText('paused');
  await app.getByRole('button', { name: 'Resume' }).click();
  await app.getByRole('button', { name: 'Stop long.wav' }).click();
  await expect(row(app, 'long.wav')).toContainText('cancelled');
  await expect(row(app, 'short.wav').getByRole('link')).toHaveText(['short [percussive].wav'], {
    timeout: 60_000,
  });
  await app.getByRole('button', { name: 'Retry long.wav' }).click();
  await expect(row(app, 'long.wav')).toContainText('running', { timeout: 30_000 });
  await app.getByRole('button', { name: 'Remove long.wav from the list' }).click();
  await expect(row(app, 'long.wav')).toHaveCount(0);
  await empty(app);
});

test('a separator without vocals offers no karaoke, one with them does', async ({ app }) => {
  await openBatch(app);
  await empty(app);
  const make = app.getByLabel('Make');
  await expect(make.getByRole('option', { name: /Karaoke/ })).toHaveCount(0);
  await app.getByLabel('Model or method').selectOption('repet-sim');
  await make.selectOption('karaoke');
  await drop(app, [{ name: 'sing.wav', bytes: clicksAndChords(2) }]);
  await start(app);
  await expect(row(app, 'sing.wav').getByRole('link')).toHaveText(['sing [karaoke].wav'], {
    timeout: 60_000,
  });
  await empty(app);
});

test('a folder dropped on the editor goes to the batch; of several files the first opens, the others are offered', async ({
  app,
}) => {
  await openBatch(app);
  await empty(app);
  await app.getByLabel('Make').selectOption('only:percussive');
  await app.getByRole('button', { name: 'Editor', exact: true }).click();
  const folder = mkdtempSync(join(tmpdir(), 'unbraid-drop-'));
  mkdirSync(join(folder, 'Live'));
  writeFileSync(join(folder, 'Live', 'inside.wav'), clicksAndChords(1));
  await dropFolder(app, join(folder, 'Live'));
  await expect(app.getByRole('status').getByText('All songs in “Live” were added')).toBeVisible();
  await start(app);
  await expect(row(app, 'inside.wav').getByRole('link')).toHaveText(['inside [percussive].wav']);
  rmSync(folder, { recursive: true });

  await app.getByRole('button', { name: 'Editor', exact: true }).click();
  await drop(
    app,
    ['first', 'second', 'third'].map((name) => ({ name: `${name}.wav`, bytes: clicksAndChords(1) })),
  );
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await expect(app.getByText('first', { exact: true })).toBeVisible();
  await expect(app.getByText('2 more were dropped with it')).toBeVisible();
  await app.getByRole('button', { name: 'Add them to the batch' }).click();
  await expect(app.getByText('2 more were dropped with it')).toHaveCount(0);
  await start(app);
  for (const name of ['second', 'third']) {
    await expect(row(app, `${name}.wav`).getByRole('link')).toHaveText([`${name} [percussive].wav`]);
  }
  await expect(row(app, 'first.wav')).toHaveCount(0);
  await empty(app);
});

test('what is ready to start survives a reload, files and all', async ({ app }) => {
  await openBatch(app);
  await empty(app);
  await drop(app, [
    { name: 'kept one.wav', bytes: sine(440, 1) },
    { name: 'kept two.wav', bytes: sine(660, 1) },
  ]);
  await expect(row(app, 'kept two.wav')).toContainText('ready to start');
  await expect(row(app, 'kept two.wav')).toHaveAttribute('aria-busy', 'false');
  await app.reload();
  await openBatch(app);
  await expect(row(app, 'kept one.wav')).toContainText('ready to start');
  await row(app, 'kept two.wav').getByRole('button').click();
  await app.reload();
  await openBatch(app);
  await expect(row(app, /kept/)).toHaveCount(1);
  await start(app);
  await expect(row(app, 'kept one.wav')).toContainText(/done|finished/i, { timeout: 60_000 });
  await app.reload();
  await openBatch(app);
  await expect(row(app, /kept/)).toHaveCount(1);
  await expect(row(app, 'kept one.wav')).not.toContainText('ready to start');
  await empty(app);
});

test('what the next songs become survives a reload', async ({ app }) => {
  await openBatch(app);
  const model = app.getByLabel('Model or method');
  const format = app.getByLabel('Format', { exact: true });
  const passes = app.getByLabel('Passes of a Wiener filter');
  await model.selectOption('repet-sim');
  await format.selectOption('flac');
  await app.getByText('Quality', { exact: true }).click();
  await passes.selectOption('2');
  const phase = app.getByLabel('Phase of the stems');
  await phase.selectOption('MISI');
  await app.reload();
  await expect(model).toHaveValue('repet-sim');
  await expect(format).toHaveValue('flac');
  await app.getByText('Quality', { exact: true }).click();
  await expect(passes).toHaveValue('2');
  await expect(phase).toHaveValue('misi');
  await phase.selectOption('griffin-lim');
  // The options of NMF too, and each song is asked for with them.
  await model.selectOption('nmf');
  await app.getByLabel('Components', { exact: true }).fill('5');
  await app.keyboard.press('Enter');
  await app.getByLabel('Grouping').selectOption('kmeans');
  await app.reload();
  await app.getByText('Quality', { exact: true }).click();
  await expect(app.getByLabel('Components', { exact: true })).toHaveValue('5');
  await empty(app);
  await drop(app, [{ name: 'five.wav', bytes: clicksAndChords(2) }]);
  const asked = app.waitForRequest(/\/api\/queueAdd/);
  await start(app);
  const order = JSON.stringify((await asked).postDataJSON());
  expect(order).toContain('"nmf:components=5:grouping=kmeans"');
  expect(order).toContain('"phase":"griffin-lim"');
  await expect(row(app, 'five.wav').getByRole('link', { name: 'five [drums].flac' })).toBeVisible({
    timeout: 60_000,
  });
  await empty(app);
  // As it was, for the tests behind this one.
  await passes.selectOption('');
  await format.selectOption('wav');
});

test('songs that cannot be started stay ready', async ({ app }) => {
  await openBatch(app);
  await empty(app);
  await app.getByLabel('Naming template').fill('x');
  await drop(app, [{ name: 'stays.wav', bytes: sine(440, 1) }]);
  await start(app);
  await expect(app.getByRole('alert').filter({ hasText: '{stem}' })).toBeVisible();
  await expect(row(app, 'stays.wav')).toContainText('ready to start');
  await app.getByLabel('Naming template').fill('{name} - {stem}.{ext}');
  await start(app);
  await expect(row(app, 'stays.wav')).toContainText(/done|finished/i, { timeout: 60_000 });
  await empty(app);
});
