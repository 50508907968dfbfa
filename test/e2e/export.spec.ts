import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { openFile, openPanel, separate, trackSamples } from './support/page.js';
import { clicksAndChords, floats32, samples16 } from './support/wav.js';
import { readZip } from './support/zip.js';

const frames = 2 * 44_100;

test.beforeEach(async ({ app }) => {
  await openFile(app, 'song.wav', clicksAndChords(2));
  await separate(app, 'repet');
});

async function dialogOf(app: Page): Promise<Locator> {
  await app.keyboard.press('Control+Shift+E');
  return app.getByRole('dialog', { name: 'Export' });
}

async function fetched(app: Page, dialog: Locator, button: string): Promise<string> {
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  const waiting = app.waitForEvent('download');
  await dialog.getByRole('button', { name: button }).click({ timeout: 60_000 });
  return (await waiting).path();
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let worst = 0;
  for (let i = 0; i < b.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]));
  return worst;
};

test('stems come as one zip that adds up to the song; those that are not ticked stay away', async ({
  app,
}) => {
  const dialog = await dialogOf(app);
  await expect(dialog.getByLabel('Stems for a DAW')).toBeChecked();
  const { violations } = await new AxeBuilder({ page: app }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)).toEqual([]);
  const zip = await readZip(await fetched(app, dialog, 'Download as one zip'));
  const names = [...zip.keys()].sort();
  // In the folder that the dialog shows.
  expect(names).toEqual(
    ['song [accompaniment].wav', 'song [vocals].wav', 'song.unbraid.json'].map((name) => `song/${name}`),
  );
  const source = samples16(clicksAndChords(2));
  const stems = names.filter((name) => name.endsWith('.wav')).map((name) => samples16(zip.get(name)!));
  expect(stems).toHaveLength(2);
  expect(
    largest(
      stems[0].map((x, i) => x + stems[1][i]),
      source,
    ),
  ).toBe(0);
  expect(stems.every((stem) => stem.some((x) => x !== 0))).toBe(true);

  await dialog.getByRole('group', { name: 'Stems to write' }).getByLabel('vocals').uncheck();
  await expect(dialog.locator('.preview')).not.toContainText('song [vocals].wav');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByRole('link')).toHaveCount(2, { timeout: 60_000 });
});

/** Samples of what the browser makes of files, mixed to one channel each; it may begin later than the song. */
const decoded = (app: Page, addresses: readonly string[]): Promise<number[][]> =>
  app.evaluate(async (addresses) => {
    const context = new OfflineAudioContext(1, 1, 44_100);
    const songs: number[][] = [];
    for (const address of addresses) {
      const audio = await context.decodeAudioData(await (await fetch(address)).arrayBuffer());
      songs.push([...audio.getChannelData(0)]);
    }
    return songs;
  }, addresses);

/** Energy of the difference from a song, in dB of the song's energy, at the shift where it is smallest. */
function nullOf(sum: readonly number[], song: readonly number[]): number {
  const at = (shift: number, from: number, count: number): number => {
    let [error, energy] = [0, 0];
    for (let i = from; i < from + count; i++) {
      error += ((sum[i + shift] ?? 0) - song[i]) ** 2;
      energy += song[i] ** 2;
    }
    return 10 * Math.log10(error / energy);
  };
  let best = 0;
  for (let shift = 1; shift < 2500; shift++)
    if (at(shift, 10_000, 4000) < at(best, 10_000, 4000)) best = shift;
  return at(best, 0, song.length);
}

test('of lossy files both figures are said: that of the files, as one can measure it, and that of the stems before', async ({
  app,
}) => {
  const dialog = await dialogOf(app);
  const ofFiles = dialog.getByText(/^Null test of the written files: /);
  const before = dialog.getByText(/^Null test of the stems before they were written: /);
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  // Whole numbers that add up: there is nothing else to say.
  await expect(ofFiles).toHaveText('Null test of the written files: bit-exact', { timeout: 60_000 });
  await expect(before).toHaveCount(0);

  await dialog.getByLabel('Format', { exact: true }).selectOption('mp3');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(before).toBeVisible({ timeout: 60_000 });
  const figure = async (line: Locator): Promise<number> =>
    Number(/(-|−)([\d.]+) dB/.exec((await line.textContent())!)![2]);
  const engine = await app.evaluate(() => window.__unbraid!.app.song.info.separation.nullDb);
  expect(await figure(before)).toBeCloseTo(-engine, 0);
  const links = await dialog.getByRole('link', { name: /mp3$/ }).all();
  expect(links).toHaveLength(2);
  const stems = await decoded(
    app,
    await Promise.all(links.map(async (link) => (await link.getAttribute('href'))!)),
  );
  const source = [...samples16(clicksAndChords(2))].filter((_, i) => i % 2 === 0).map((x) => x / 32_768);
  const sum = stems[0].map((x, i) => x + stems[1][i]);
  const measured = -nullOf(sum, source);
  const said = await figure(ofFiles);
  expect(said).toBeLessThan(-engine - 40);
  expect(Math.abs(said - measured)).toBeLessThan(2);
});

test('a finished file can be dragged out: its address is that of the download, under its name', async ({
  app,
}) => {
  const dialog = await dialogOf(app);
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByText('Drag a file to where you want it')).toBeVisible({ timeout: 60_000 });
  const row = dialog
    .getByRole('listitem')
    .filter({ has: app.getByRole('link', { name: 'song [vocals].wav' }) });
  const given = await row.evaluate((item: HTMLElement) => {
    const dataTransfer = new DataTransfer();
    item.dispatchEvent(new DragEvent('dragstart', { dataTransfer, bubbles: true }));
    const of = (type: string): string => dataTransfer.getData(type);
    return { download: of('DownloadURL'), address: of('text/uri-list'), draggable: item.draggable };
  });
  expect(given.draggable).toBe(true);
  expect(given.download).toBe(`application/octet-stream:song [vocals].wav:${given.address}`);
  const bytes = await app.evaluate(
    async (address) => (await (await fetch(address)).bytes()).length,
    given.address,
  );
  expect(bytes).toBeGreaterThan(frames * 4);
});

test('a karaoke is everything but the vocals, with the levels of the mixer or without, and is remembered', async ({
  app,
}) => {
  // A solo of the vocals, to check them, must not end in a karaoke of nothing.
  await app.getByRole('button', { name: /^Solo vocals/ }).click();
  await app.getByLabel('Gain of accompaniment, dB').last().fill('-6');
  await app.keyboard.press('Enter');
  const rest = (await trackSamples(app, 'accompaniment', 0, frames))[0];
  let dialog = await dialogOf(app);
  await dialog.getByLabel('Karaoke').check();
  await expect(dialog.getByText('song [karaoke].wav')).toBeVisible();
  await dialog.getByLabel('Sample format').selectOption('32f');
  const quiet = floats32(await readFile(await fetched(app, dialog, 'Download')), 2)[0];
  expect(
    largest(
      quiet,
      rest.map((x) => x * 10 ** (-6 / 20)),
    ),
  ).toBeLessThan(1e-6);
  await app.keyboard.press('Escape');

  dialog = await dialogOf(app);
  await expect(dialog.getByLabel('Karaoke')).toBeChecked();
  await expect(dialog.getByLabel('Sample format')).toHaveValue('32f');
  await dialog.getByRole('checkbox', { name: /^Apply gains/ }).uncheck();
  const plain = floats32(await readFile(await fetched(app, dialog, 'Download')), 2)[0];
  expect(largest(plain, rest)).toBeLessThan(1e-6);
});

test('a practice mix has the stem turned down once, as the dialog says, after the preset in the mixer', async ({
  app,
}) => {
  const [vocals] = await trackSamples(app, 'vocals', 0, frames);
  const [rest] = await trackSamples(app, 'accompaniment', 0, frames);
  await openPanel(app, 'mix');
  await app.getByRole('button', { name: 'Practice: vocals −6 dB' }).click();
  const dialog = await dialogOf(app);
  await dialog.getByLabel('Practice mix').check();
  await expect(dialog.getByLabel('Turn down')).toHaveValue('vocals');
  await expect(dialog.getByLabel('By, dB')).toHaveValue('6');
  await expect(dialog.getByText('Levels in this mix:')).toHaveText(
    'Levels in this mix: vocals −6.0 dB · accompaniment 0.0 dB',
  );
  await dialog.getByLabel('Sample format').selectOption('32f');
  const mix = floats32(await readFile(await fetched(app, dialog, 'Download')), 2)[0];
  expect(
    largest(
      mix,
      rest.map((x, i) => x + vocals[i] * 10 ** (-6 / 20)),
    ),
  ).toBeLessThan(1e-6);
});
