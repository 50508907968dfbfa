import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entryFor, smallModel, writeCatalogue } from '../fixtures/models/catalogues.js';
import { FileServer, type Behaviour } from '../fixtures/models/file-server.js';
import type { Locator, Page } from '@playwright/test';
import { dataOf } from '../support/report.js';
import { expectClean } from './support/axe.js';
import { expect, test } from './support/host.js';
import { openFile } from './support/page.js';
import { sampleRate, sine, wav16 } from './support/wav.js';

const picture = (name: string): string =>
  fileURLToPath(new URL(`../../out/.playwright-screens/${name}.png`, import.meta.url));

const shipped = JSON.parse(readFileSync(new URL('../../models/scores.json', import.meta.url), 'utf8')) as {
  sets: { scores: Partial<Record<string, { stem: string; db: number }[]>> }[];
};

const made = smallModel('small');
let server: FileServer;
test.beforeAll(async () => {
  server = await FileServer.start();
});
test.afterAll(() => server.stop());

/** A catalogue whose recommended model this machine serves; the page asks for it again. */
function offer(models: string, behaviour: Behaviour): void {
  rmSync(join(models, 'small'), { recursive: true, force: true });
  const url = server.set('/small.onnx', { bytes: made.bytes, ...behaviour });
  const parts = { manifest: made.manifest, recommended: true, name: 'Small model' };
  const scores = [{ stem: 'vocals', measure: 'SDR', db: 9, on: 'MUSDB18', who: 'its author', where: null }];
  writeCatalogue(models, [entryFor('small', { bytes: made.bytes, url }, { ...parts, scores })]);
}

test('the recommended model is offered in one line, fetched after its licence is accepted, and used from then on', async ({
  app,
  host,
}) => {
  offer(host.models, { slow: { piece: 20, pieceMs: 500 } });
  await app.reload();
  const line = app.getByRole('group', { name: 'Recommended model' });
  await expect(line).toContainText('Small model');
  await expect(line).toContainText('licence MIT');
  await app.screenshot({ path: picture('models-offer-1440') });
  await line.getByRole('button', { name: 'Get it…' }).click();
  const dialog = app.getByRole('dialog', { name: 'Licence of Small model' });
  await expect(dialog).toContainText('according to its author');
  await expect(dialog).toContainText('any use');
  await expect(dialog).toContainText('127.0.0.1');
  await app.screenshot({ path: picture('models-licence-1440') });
  expect(server.ranges('/small.onnx')).toEqual([]);
  await dialog.getByRole('button', { name: 'Accept and download' }).click();
  await expect(line.getByRole('progressbar', { name: 'Download of Small model' })).toBeVisible();
  await expect(line).toHaveCount(0);
  await openFile(app, 'song.wav', sine(440, 1));
  await expect(app.getByLabel('Model or method')).toHaveValue('small');
  await app.getByRole('button', { name: 'Separate', exact: true }).click();
  await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible({ timeout: 60_000 });
});

test('a download is paused, goes on, fails with one message, is tried again; what came is verified and deleted', async ({
  app,
  host,
}) => {
  offer(host.models, { slow: { piece: 1, pieceMs: 500 } });
  await app.reload();
  await app.keyboard.press('3');
  // What comes with the program has its figures from the file that ships.
  const blend = app.getByRole('article', { name: 'Unbraid blend' });
  const figures = shipped.sets.flatMap(({ scores }) => scores['unbraid-blend'] ?? []);
  await expect(blend.getByRole('listitem')).toHaveText(
    figures.map(({ stem, db }) => new RegExp(`${stem}\\s+−?${Math.abs(db).toFixed(1)} dB`)),
  );
  await expect(blend).toContainText('uSDR, 24 clips of real voices');
  await expect(blend).toContainText('uSDR, 36 s of the demo song');
  await expect(app.getByRole('article', { name: 'HPSS' }).getByRole('listitem').first()).toContainText(
    'percussive, as drums',
  );
  const card = app.getByRole('article', { name: 'Small model' });
  await expect(card).toContainText('Recommended');
  await expect(card).toContainText('9.0 dB');
  await app.screenshot({ path: picture('models-1440') });
  await card.getByRole('button', { name: 'Download Small model' }).click();
  await app.getByRole('button', { name: 'Accept and download' }).click();
  await expect(card.getByRole('status')).toContainText('from 127.0.0.1');
  await card.getByRole('button', { name: 'Pause' }).click();
  await expect(card.getByRole('status')).toContainText('Paused');
  // Another page finds it as it is.
  await app.reload();
  await app.keyboard.press('3');
  await expect(card.getByRole('status')).toContainText('Paused');
  server.set('/small.onnx', { status: 403 });
  await card.getByRole('button', { name: 'Resume' }).click();
  await expect(card.getByRole('status')).toContainText('does not give the file to everybody (status 403)');
  server.set('/small.onnx', { bytes: made.bytes });
  await card.getByRole('button', { name: 'Try again' }).click();
  await expect(card).toContainText('Installed');
  expect(server.ranges('/small.onnx').at(-1)).toMatch(/^bytes=[1-9]/);
  await app.getByRole('button', { name: 'Verify all' }).click();
  await expect(app.getByRole('region', { name: 'Verification' })).toContainText(
    'small: small.onnx, unchanged',
  );
  await app.setViewportSize({ width: 1024, height: 700 });
  await app.screenshot({ path: picture('models-1024') });
  await card.getByRole('button', { name: 'Delete Small model' }).click();
  await expect(card).not.toContainText('Installed');
});

test('a file is imported without the network', async ({ app, host }) => {
  offer(host.models, { status: 500 });
  await app.reload();
  await app.keyboard.press('3');
  const chooser = app.waitForEvent('filechooser');
  await app.getByRole('button', { name: 'Import…' }).click();
  const file = { name: 'renamed.onnx', mimeType: 'application/octet-stream', buffer: made.bytes };
  await (await chooser).setFiles(file);
  await expect(app.getByRole('region', { name: 'Imported' })).toContainText('Small model (Licence: MIT)');
  await expect(app.getByRole('article', { name: 'Small model' })).toContainText('Installed');
});

test('models are compared blind on ten seconds of the song', async ({ app, host }) => {
  offer(host.models, { status: 500 });
  await app.reload();
  await openFile(app, 'song.wav', sine(440, 3));
  await app.keyboard.press('3');
  const panel = app.getByRole('region', { name: 'Compare models' });
  const compare = panel.getByRole('button', { name: 'Compare', exact: true });
  await expect(compare).toBeDisabled();
  await expect(compare).toHaveAccessibleDescription('Tick one to eight models first.');
  await panel.getByLabel('HPSS').check();
  await expect(compare).toBeEnabled();
  await expect(panel.getByText('Tick one to eight models first.')).toHaveCount(0);
  await panel.getByLabel('Unbraid fast').check();
  await panel.getByLabel(/^Blind/).check();
  await panel.getByRole('button', { name: 'Compare', exact: true }).click();
  const results = panel.getByRole('group', { name: 'Results' });
  await expect(results).toBeVisible({ timeout: 60_000 });
  await expect(results).not.toContainText('Unbraid fast');
  await results.getByLabel('Stems').selectOption('vocals');
  const letters = ['A', 'B'].map((name) => results.getByRole('button', { name: `Hear ${name}` }));
  const enabled = await Promise.all(letters.map((button) => button.isEnabled()));
  // HPSS makes no vocals, whichever of them it is.
  expect([...enabled].sort()).toEqual([false, true]);
  const playable = letters[enabled.indexOf(true)];
  await playable.click();
  await expect(playable).toHaveAttribute('aria-pressed', 'true');
  await results.getByRole('button', { name: 'Hear The song' }).click();
  await expect(playable).toHaveAttribute('aria-pressed', 'false');
  await app.screenshot({ path: picture('models-trial-1440') });
  await results.getByRole('button', { name: 'Show the names' }).click();
  await expect(results).toContainText('Unbraid fast');
});

/** Five seconds, with the binary mask in place of the ratio mask, by keys alone. */
async function chooseByKeys(app: Page, panel: Locator): Promise<void> {
  await panel.getByLabel('Length of the excerpt').focus();
  await app.keyboard.press('ArrowUp');
  for (const name of ['The mixture', '(IBM)', '(IRM)', '(IRM²)']) {
    await app.keyboard.press('Tab');
    await expect(panel.getByRole('checkbox', { name })).toBeFocused();
    if (name === '(IBM)' || name === '(IRM²)') await app.keyboard.press('Space');
  }
  await expect(panel.getByRole('checkbox', { name: '(IRM²)' })).not.toBeChecked();
}

test('a report has time and memory, scores with true stems, and is saved as one page', async ({
  app,
  host,
}) => {
  test.setTimeout(240_000);
  offer(host.models, { status: 500 });
  await app.reload();
  const wave = (hertz: number, gain: number): Float32Array =>
    Float32Array.from(
      { length: 6 * sampleRate },
      (_, i) => gain * Math.sin((2 * Math.PI * hertz * i) / sampleRate),
    );
  const tone = wave(440, 0.3);
  const beat = wave(3000, 0.3).map((x, i) => x * Math.exp(-(i % 22_050) / 300));
  const folder = mkdtempSync(join(tmpdir(), 'truth-'));
  writeFileSync(join(folder, 'other.wav'), wav16([tone, tone], sampleRate));
  writeFileSync(join(folder, 'drums.wav'), wav16([beat, beat], sampleRate));
  const mix = tone.map((x, i) => x + beat[i]);
  await openFile(app, 'song.wav', wav16([mix, mix], sampleRate));
  await app.keyboard.press('3');
  const panel = app.getByRole('region', { name: 'Figures and report' });
  const make = panel.getByRole('button', { name: 'Make the report' });
  await expect(make).toBeDisabled();
  await app.getByRole('checkbox', { name: 'HPSS' }).check();
  await app.getByRole('checkbox', { name: 'Centre', exact: true }).check();
  const rows = panel.getByRole('group', { name: 'Baselines and oracles' });
  await expect(rows).toHaveAccessibleDescription(/choose the true stems first/);
  await expect(rows.getByRole('checkbox', { disabled: true })).toHaveCount(9);
  await expectClean(app);
  await panel.locator('input[data-compare-truth]').setInputFiles(folder);
  await expect(panel).toContainText('Files with true stems: 2');
  await expect(rows).toHaveAccessibleDescription(/how far masks and phases can reach/);
  await expect(rows.getByRole('checkbox', { disabled: true })).toHaveCount(0);
  await chooseByKeys(app, panel);
  await expectClean(app);
  // They are kept while other pages are shown.
  await app.keyboard.press('2');
  await app.keyboard.press('3');
  await expect(panel.getByLabel('Length of the excerpt')).toHaveValue('5');
  await expect(rows.getByRole('checkbox', { name: '(IBM)' })).toBeChecked();
  await make.click();
  const progress = panel.getByRole('progressbar', { name: 'Progress of the comparison' });
  await expect.poll(() => progress.evaluate((bar: HTMLProgressElement) => bar.value)).toBeGreaterThan(0.2);
  const table = panel.getByRole('table');
  await expect(table).toBeVisible({ timeout: 200_000 });
  const heads = await table.getByRole('columnheader').allTextContents();
  const drums = heads.indexOf('uSDR drums');
  expect(drums).toBeGreaterThan(3);
  /** The uSDR of the drums; the first cell of a row is its head. */
  const score = async (system: string): Promise<number> => {
    const cell = table
      .getByRole('row', { name: system })
      .getByRole('cell')
      .nth(drums - 1);
    return Number((await cell.textContent())!.replace('−', '-'));
  };
  expect(await score('HPSS')).toBeGreaterThan((await score('The mixture as it is')) + 6);
  const chosen = ['HPSS', 'Centre', 'The mixture as it is', 'Oracle: binary mask (IBM)'];
  await expect(table.getByRole('rowheader')).toHaveText(chosen);
  await app.screenshot({ path: picture('models-report-1440') });
  await app.setViewportSize({ width: 1024, height: 700 });
  await panel.getByRole('link', { name: 'Save the report (HTML)' }).scrollIntoViewIfNeeded();
  await app.screenshot({ path: picture('models-report-1024') });
  await app.setViewportSize({ width: 1440, height: 900 });
  const download = app.waitForEvent('download');
  await panel.getByRole('link', { name: 'Save the report (HTML)' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('song.html');
  expect(readFileSync(await file.path(), 'utf8')).toMatch(/^<!doctype html>\n<html lang="en">/i);
  const { report } = dataOf(await file.path());
  expect(report.seconds).toBe(5);
  expect(report.systems.map(({ id }) => id)).toEqual(['hpss', 'centre', 'mixture', 'ibm']);

  // In the language of the app; a comparison that is no longer wanted is cancelled.
  await app.getByRole('combobox', { name: 'Language' }).selectOption('de');
  const german = app.getByRole('region', { name: 'Zahlen und Bericht' });
  const asked = app.waitForRequest(/compareSession/);
  await german.getByRole('button', { name: 'Bericht erstellen' }).click();
  expect((await asked).postDataJSON()).toMatchObject({ language: 'de' });
  await german.getByRole('button', { name: 'Abbrechen' }).click();
  await expect(german.getByRole('button', { name: 'Bericht erstellen' })).toBeEnabled();
});

test('a stem file brings the true stems that baselines need', async ({ app }) => {
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  const song = join(folder, 'song.wav');
  writeFileSync(song, sine(440, 1));
  const cli = fileURLToPath(new URL('../../out/hosts/cli/main.js', import.meta.url));
  const args = ['separate', song, '-m', 'classic-4', '-f', 'stem.mp4', '-o', folder];
  execFileSync(process.execPath, [cli, ...args], { stdio: 'ignore' });
  await openFile(app, 'song.stem.mp4', readFileSync(join(folder, 'song/song.stem.mp4')));
  await app.keyboard.press('3');
  const rows = app.getByRole('group', { name: 'Baselines and oracles' });
  await expect(rows.getByRole('checkbox', { name: '(MWF)' })).toBeEnabled();
});

test('an ABX test tells hearing from guessing, and never which one X is', async ({ app, host }) => {
  offer(host.models, { status: 500 });
  await app.addInitScript(() => {
    const heard: AudioBuffer[] = [];
    Object.assign(window, { heard });
    const { start } = AudioBufferSourceNode.prototype;
    AudioBufferSourceNode.prototype.start = function (when = 0, offset = 0): void {
      if (this.buffer) heard.push(this.buffer);
      start.call(this, when, offset);
    };
  });
  await app.reload();
  await openFile(app, 'song.wav', sine(440, 3));
  await app.keyboard.press('3');
  const panel = app.getByRole('region', { name: 'Compare models' });
  await panel.getByLabel('HPSS').check();
  await panel.getByRole('button', { name: 'Compare', exact: true }).click();
  const abx = panel.getByRole('group', { name: 'ABX test' });
  await expect(abx).toBeVisible({ timeout: 60_000 });
  await panel.getByLabel('Stems', { exact: true }).selectOption('percussive');
  await abx.getByLabel('A', { exact: true }).selectOption('The song');
  await abx.getByLabel('B', { exact: true }).selectOption('HPSS');
  await abx.getByRole('button', { name: 'Begin ABX test' }).click();
  await expect(panel.getByRole('button', { name: 'Hear HPSS' })).toHaveCount(0);
  /** Which of the buffers seen so far plays: somebody with perfect ears. */
  const ears = (): Promise<number> =>
    app.evaluate(() => {
      const { heard } = window as unknown as { heard: AudioBuffer[] };
      return [...new Set(heard)].indexOf(heard[heard.length - 1]);
    });
  const listen = async (name: string): Promise<number> => {
    const button = abx.getByRole('button', { name: `Hear ${name}` });
    const before = await app.evaluate(() => (window as unknown as { heard: AudioBuffer[] }).heard.length);
    await button.click();
    await expect(button).toHaveAttribute('aria-pressed', 'true');
    await expect
      .poll(() => app.evaluate(() => (window as unknown as { heard: AudioBuffer[] }).heard.length))
      .toBeGreaterThan(before);
    return ears();
  };
  const [a, b] = [await listen('A'), await listen('B')];
  expect(a).not.toBe(b);
  const drawn = new Set<number>();
  for (let round = 1; round <= 12; round++) {
    const x = await listen('X');
    drawn.add(x);
    await abx.getByRole('button', { name: x === a ? 'X is A' : 'X is B' }).click();
    await expect(abx.getByRole('status')).toContainText(`${round} of ${round} right.`);
  }
  // By lot: all twelve alike are as likely as 1 in 2048.
  expect(drawn.size).toBe(2);
  await expect(abx.getByRole('status')).toContainText('0.02 %');
  const x = await listen('X');
  await abx.getByRole('button', { name: x === a ? 'X is B' : 'X is A' }).click();
  await expect(abx.getByRole('status')).toContainText('12 of 13 right.');
  await app.screenshot({ path: picture('models-abx-1440') });
  await abx.getByRole('button', { name: 'End ABX test' }).click();
  await expect(panel.getByRole('button', { name: 'Hear HPSS' })).toBeVisible();
});
