import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { dawProjectFaults } from '../fixtures/hand-over/dawproject-schema.js';
import { readRpp, type RppNode } from '../fixtures/hand-over/rpp.js';
import { allOf, readXml } from '../fixtures/hand-over/xml.js';
import { expect, test } from './support/host.js';
import { asNewTab, openFile, separate } from './support/page.js';
import { clicksAndChords, samples16 } from './support/wav.js';
import { readZip } from './support/zip.js';

const name = 'Chörds & "<b>"';
const source = clicksAndChords(2);

/** A separated song whose stems were named and mixed, in the export dialog. */
async function mixed(app: Page): Promise<Locator> {
  await openFile(app, 'song.wav', source);
  await separate(app);
  await app.getByRole('button', { name: 'Select track harmonic' }).click();
  await app.keyboard.press('F2');
  await app.keyboard.type(name);
  await app.keyboard.press('Enter');
  await app.getByRole('button', { name: 'Mute percussive' }).click();
  await app.keyboard.press('Control+Shift+E');
  return app.getByRole('dialog', { name: 'Export' });
}

async function download(app: Page, dialog: Locator, file: string): Promise<Map<string, Buffer>> {
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  const waiting = app.waitForEvent('download');
  await dialog.getByRole('link', { name: file }).click({ timeout: 60_000 });
  return readZip(await (await waiting).path());
}

/** The stems in a zip add up to the song. */
function expectSum(files: readonly Buffer[]): void {
  const stems = files.map((file) => samples16(file));
  expect(stems).toHaveLength(2);
  expect(
    samples16(source)
      .map((x, i) => x - stems[0][i] - stems[1][i])
      .every((x) => x === 0),
  ).toBe(true);
  expect(stems.every((stem) => stem.some((x) => x !== 0))).toBe(true);
}

test('a DAWproject has the stems as they are named, coloured and mixed', async ({ app }) => {
  const dialog = await mixed(app);
  await dialog.getByLabel('DAWproject').check();
  await expect(dialog.getByText(/Bitwig Studio/)).toBeVisible();
  await expect(dialog.getByLabel('Naming template')).toHaveCount(0);
  const zip = await download(app, dialog, 'song.dawproject');
  await expect(dialog.getByText('bit-exact')).toBeVisible();
  const nodes = allOf(readXml(zip.get('project.xml')!.toString('utf8')));
  expect(dawProjectFaults(nodes[0])).toEqual([]);
  const tracks = nodes.filter(({ tag }) => tag === 'Track');
  expect(tracks.map(({ attributes }) => attributes['name'])).toEqual([name, 'percussive', 'Master']);
  expect(tracks[0].attributes['color']).toBe('#56B4E9');
  const mutes = nodes.filter(({ tag }) => tag === 'Mute').map(({ attributes }) => attributes['value']);
  expect(mutes).toEqual(['false', 'true', 'false']);
  const files = nodes.filter(({ tag }) => tag === 'File').map(({ attributes }) => attributes['path']);
  expectSum(files.map((file) => zip.get(file)!));
});

test('a Reaper project is a folder in a zip', async ({ app }) => {
  const dialog = await mixed(app);
  // A template that would not do for files does not matter to a project.
  await dialog.getByLabel('Naming template').fill('same.{ext}');
  await dialog.getByLabel('Reaper project').check();
  const zip = await download(app, dialog, 'song (Reaper).zip');
  const project = readRpp(zip.get('song/song.rpp')!.toString('utf8'));
  const tracks = project.children.filter(({ tag }) => tag === 'TRACK');
  const value = (node: RppNode, tag: string): readonly string[] =>
    node.children.find((child) => child.tag === tag)!.values;
  expect(tracks.map((track) => value(track, 'NAME')[0])).toEqual([name, 'percussive']);
  expect(tracks.map((track) => value(track, 'MUTESOLO')[0])).toEqual(['0', '1']);
  expectSum(
    [...zip]
      .filter(([file]) => file.startsWith('song/audio/') && file.endsWith('.wav'))
      .map(([, bytes]) => bytes),
  );
});

test('a whole project goes into one zip, and comes back from it', async ({ app }) => {
  const dialog = await mixed(app);
  await app.keyboard.press('Escape');
  await app.keyboard.press('Control+k');
  await expect(app.getByRole('combobox', { name: 'Search commands' })).toBeFocused();
  await app.keyboard.type('Collect everything');
  await app.keyboard.press('Enter');
  await expect(dialog.getByLabel('Whole project (one zip)')).toBeChecked();
  await expect(dialog.getByLabel('Format')).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  const waiting = app.waitForEvent('download');
  await dialog.getByRole('link', { name: 'song.unbraid.zip' }).click({ timeout: 60_000 });
  const path = await (await waiting).path();
  expect([...(await readZip(path)).keys()]).toContain('song.unbraid/project.json');

  await asNewTab(app);
  await app.keyboard.press('Control+Shift+O');
  const choosing = app.waitForEvent('filechooser');
  await app.getByRole('button', { name: 'Open a collected project' }).click();
  const buffer = await readFile(path);
  await (await choosing).setFiles({ name: 'carried.unbraid.zip', mimeType: 'application/zip', buffer });
  const mute = app.getByRole('button', { name: 'Mute percussive', exact: true });
  await expect(mute).toHaveAttribute('aria-pressed', 'true');
  await expect(app.getByRole('button', { name: 'Undo Mute percussive' })).toBeEnabled();
  await expect(app.getByRole('region', { name })).toBeVisible();
  await expect(app.getByText(/^Saved /)).toBeVisible();
});
