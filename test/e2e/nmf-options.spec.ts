import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { SessionFactors } from '../../src-main/common/contract/factors.js';
import { expect, test } from './support/host.js';
import { asNewTab, openFile, trackSamples } from './support/page.js';
import { clicksAndChords } from './support/wav.js';

const field = (app: Page, name: string): ReturnType<Page['getByLabel']> =>
  app.getByLabel(name, { exact: true });
const quality = (app: Page): Promise<void> => app.getByText('Quality', { exact: true }).click();
const tracks = (app: Page): Promise<readonly string[]> =>
  app.evaluate(() => window.__unbraid!.app.song.tracks.map(({ id }) => id));

/** Types a number and takes it. */
async function type(app: Page, name: string, value: string): Promise<void> {
  await field(app, name).fill(value);
  await app.keyboard.press('Enter');
}

/** Separates, and gives the model that the host was asked for. */
async function separated(app: Page, name: string): Promise<string> {
  const asked = app.waitForRequest(/\/api\/separateSession/);
  await app.getByRole('button', { name, exact: true }).last().click();
  const { settings } = (await asked).postDataJSON() as { settings: { model: string } };
  await expect(app.getByText(/^NMF.* on cpu, [\d.]+ s$/)).toBeVisible({ timeout: 60_000 });
  await expect(app.getByRole('progressbar')).toHaveCount(0);
  return settings.model;
}

test('the components and the divergence of NMF are chosen, and its lanes are those of the choice', async ({
  app,
}) => {
  const count = 2 * 44_100;
  await openFile(app, 'song.wav', clicksAndChords(2));
  await quality(app);
  await field(app, 'Model or method').selectOption('hpss');
  await expect(field(app, 'Divergence')).toHaveCount(0);
  await field(app, 'Model or method').selectOption('nmf-components');
  await expect(field(app, 'Components')).toHaveValue('8');
  await expect(field(app, 'Grouping')).toHaveCount(0);
  // By keys: too many become the most that there can be, and an emptied field has the method's own.
  await field(app, 'Components').fill('99');
  await app.keyboard.press('Tab');
  await expect(field(app, 'Components')).toHaveValue('16');
  await expect(field(app, 'Iterations')).toBeFocused();
  await expect(field(app, 'Iterations')).toHaveAccessibleDescription(/take longer/);
  await app.keyboard.press('ArrowUp');
  await expect(field(app, 'Iterations')).toHaveValue('101');
  await field(app, 'Iterations').fill('');
  await app.keyboard.press('Tab');
  await expect(field(app, 'Iterations')).toHaveValue('100');
  await type(app, 'Components', '3');
  await field(app, 'Divergence').selectOption('Itakura-Saito');
  const { violations } = await new AxeBuilder({ page: app }).include('details').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);

  expect(await separated(app, 'Separate')).toBe('nmf-components:components=3:divergence=is');
  const stems = ['component-1', 'component-2', 'component-3'];
  expect(await tracks(app)).toEqual(['source', ...stems]);
  const read = (track: string): Promise<readonly (readonly number[])[]> => trackSamples(app, track, 0, count);
  const [source, ...lanes] = await Promise.all(['source', ...stems].map(read));
  const rest = source[0].map((x, i) => Math.abs(x - lanes.reduce((sum, lane) => sum + lane[0][i], 0)));
  expect(rest.reduce((a, b) => Math.max(a, b), 0)).toBeLessThan(1e-6);
  for (const lane of lanes) expect(lane[0].some((x) => Math.abs(x) > 1e-3)).toBe(true);

  // Another divergence is heard.
  await field(app, 'Divergence').selectOption('Euclidean');
  expect(await separated(app, 'Separate again')).toBe('nmf-components:components=3:divergence=euclidean');
  await expect(app.getByRole('group', { name: 'Earlier stems' })).toContainText(
    'Components: 3 · Itakura-Saito',
  );
  const other = await read('component-1');
  expect(other[0].some((x, i) => Math.abs(x - lanes[0][0][i]) > 1e-2)).toBe(true);
});

test('the other options of NMF reach the host, and a song that is opened again has them', async ({ app }) => {
  await openFile(app, 'again.wav', clicksAndChords(2));
  await quality(app);
  await field(app, 'Model or method').selectOption('nmf');
  await type(app, 'Components', '12');
  await type(app, 'Iterations', '20');
  await type(app, 'Seed', '7');
  await field(app, 'Grouping').selectOption('kmeans');
  expect(await separated(app, 'Separate')).toBe('nmf:components=12:iterations=20:seed=7:grouping=kmeans');
  expect(await tracks(app)).toEqual(['source', 'drums', 'bass', 'other']);
  // What begins with singular vectors has no seed.
  await field(app, 'Start').selectOption('nndsvd');
  await expect(field(app, 'Seed')).toHaveCount(0);
  const model = 'nmf:components=12:iterations=20:start=nndsvd:grouping=kmeans';
  expect(await separated(app, 'Separate again')).toBe(model);

  await expect(app.getByText('All changes kept')).toBeVisible();
  await asNewTab(app);
  await app.getByRole('button', { name: 'again', exact: true }).click();
  await quality(app);
  await expect(field(app, 'Components')).toHaveValue('12');
  await expect(field(app, 'Start')).toHaveValue('nndsvd');
  await expect(field(app, 'Grouping')).toHaveValue('kmeans');
  await openFile(app, 'new.wav', clicksAndChords(1));
  await field(app, 'Model or method').selectOption('nmf');
  await expect(field(app, 'Components')).toHaveValue('30');
});

test('W and H of a song are drawn for each component, with their numbers', async ({ app }) => {
  await openFile(app, 'song.wav', clicksAndChords(3));
  await quality(app);
  await field(app, 'Model or method').selectOption('hpss');
  await app.getByRole('button', { name: 'Separate', exact: true }).last().click();
  await expect(app.getByText(/^HPSS.* on cpu, [\d.]+ s$/)).toBeVisible({ timeout: 60_000 });
  const open = app.getByRole('button', { name: 'Spectra and gains (W and H)…' });
  await expect(open).toHaveCount(0);
  await field(app, 'Model or method').selectOption('nmf-components');
  await type(app, 'Components', '3');
  await separated(app, 'Separate again');
  const answer = app.waitForResponse(/\/api\/sessionFactors/);
  await open.click();
  const { value } = (await (await answer).json()) as { readonly value: SessionFactors };
  const { components, seconds } = value;
  expect(components.map(({ stem }) => stem)).toEqual(['component-1', 'component-2', 'component-3']);
  const dialog = app.getByRole('dialog', { name: 'What NMF found: W and H' });
  await expect(dialog.getByRole('listitem')).toHaveCount(3);
  await expect(dialog.getByText(/^Piece/)).toHaveCount(0);
  // A curve has a point for each number, the highest at the top.
  const drawn = await dialog
    .getByRole('img', { name: 'component 2: gain (H)' })
    .locator('polyline')
    .getAttribute('points');
  const points = drawn!.split(' ').map((point) => point.split(',').map(Number));
  expect(points).toHaveLength(seconds.length);
  const { gains } = components[1];
  points.forEach(([, y], i) => expect(y).toBeCloseTo(96 - 4 - gains[i] * 88, 0));
  const { violations } = await new AxeBuilder({ page: app }).include('dialog').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await app.bringToFront();
  await app.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
});
