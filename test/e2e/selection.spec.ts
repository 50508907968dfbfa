import { AxeBuilder } from '@axe-core/playwright';
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { hear, openFile, openPanel, separate, trackSamples } from './support/page.js';
import { floats32, sampleRate, wav16 } from './support/wav.js';

const [nFft, hop] = [4096, 1024];
/** A tone in the middle of a bin, and another one well above it. */
const bin = 100;
const hertz = (bin * sampleRate) / nFft;
const level = 0.3;
/** It sounds from the middle between two frames of the masks' grid to another one, about seconds 1 to 3. */
const [from, to] = [44.5 * hop, 129.5 * hop];
/** Well inside of it. */
const [start, count] = [60 * hop, 50 * hop];

const tone = (i: number): number =>
  i >= from && i < to ? level * Math.sin((2 * Math.PI * hertz * i) / sampleRate) : 0;

function song(): Buffer {
  const other = (i: number): number => 0.2 * Math.sin((2 * Math.PI * 3 * hertz * i) / sampleRate);
  const plane = Float32Array.from({ length: 4 * sampleRate }, (_, i) => tone(i) + other(i));
  return wav16([plane, plane], sampleRate);
}

/** The part of the page's song that is looked at here. */
interface Tools {
  readonly view: {
    readonly painted: { readonly mask: { get(frame: number, bin: number): number; encode(): Uint8Array } };
  };
  readonly listening: {
    readonly heard: { readonly track: string; readonly start: number; readonly count: number } | null;
  };
}

/** What is painted: bins of each of the first 173 frames, as `first-last`. */
async function painted(app: Page): Promise<string[]> {
  return app.evaluate(() => {
    const { mask } = (window.__unbraid!.app.song as unknown as Tools).view.painted;
    return Array.from({ length: 173 }, (_, t) => {
      const bins = Array.from({ length: 2049 }, (_, f) => f).filter((f) => mask.get(t, f) > 0);
      return bins.length > 0 ? `${bins[0]}-${bins.at(-1)} ${bins.length}` : '';
    });
  });
}

const heardPart = (app: Page): Promise<Tools['listening']['heard']> =>
  app.evaluate(() => (window.__unbraid!.app.song as unknown as Tools).listening.heard);

async function enter(app: Page, label: string, value: number): Promise<void> {
  await app.getByLabel(label).fill(`${value}`);
  await app.keyboard.press('Enter');
}

function largest(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  let worst = 0;
  for (let ch = 0; ch < b.length; ch++)
    for (let i = 0; i < b[ch].length; i++) worst = Math.max(worst, Math.abs(a[ch][i] - b[ch][i]));
  return worst;
}

let panel: Locator;

/** Clicks a lane at 2 seconds and the tone's frequency. */
async function clickTone(app: Page, track: string, modifiers: ('Shift' | 'Alt')[] = []): Promise<void> {
  const lane = app.locator(`canvas[data-track="${track}"]`);
  const box = (await lane.boundingBox())!;
  const position = { x: box.width / 2, y: box.height * (1 - (hertz - 900) / 350) };
  await lane.click({ position, modifiers, force: true });
}

test.beforeEach(async ({ app }) => {
  await openFile(app, 'tones.wav', song());
  await separate(app);
  panel = app.getByRole('group', { name: 'Repair the stems' });
  await openPanel(app, 'view');
  await app.getByLabel('Frequency axis').selectOption('linear');
  await enter(app, 'Lowest frequency shown, Hz', 900);
  await enter(app, 'Highest frequency shown, Hz', 1250);
  await openPanel(app, 'edits');
});

test('the wand takes exactly the bins of a tone, by pointer and by keys', async ({ app }) => {
  await app.keyboard.press('g');
  await expect(app.getByRole('radio', { name: 'Wand' })).toBeChecked();
  await clickTone(app, 'source');
  await expect(panel.getByText('Painted:')).toBeVisible();
  const bins = await painted(app);
  expect(new Set(bins.slice(47, 127))).toEqual(new Set([`${bin - 1}-${bin + 1} 3`]));
  expect(bins.slice(0, 43).join('') + bins.slice(132).join('')).toBe('');

  // Alt takes away what is found, and the same by keys puts it there again.
  await clickTone(app, 'source', ['Alt']);
  await expect(panel.getByText('Painted:')).toHaveCount(0);
  // A cursor begins where the playhead is, and at the middle of the frequencies shown.
  await app.evaluate((frame) => window.__unbraid!.app.song.player.seek(frame), 2 * sampleRate);
  await app.getByRole('button', { name: 'Select track source' }).click();
  await app.keyboard.press('c');
  await expect(app.getByRole('application').first()).toBeFocused();
  await app.keyboard.press('d');
  await expect(panel.getByText('Painted:')).toBeVisible();
  expect(await painted(app)).toEqual(bins);

  // Inside of a selection it stays there; what is found can take the place of what is painted.
  await enter(app, 'Selection start', 1.5);
  await enter(app, 'Selection end', 2.5);
  await panel.getByText('Find a selection').click();
  await panel.getByLabel('Combine').selectOption('replace');
  await app.getByRole('application').first().focus();
  await app.keyboard.press('d');
  await expect
    .poll(async () => (await painted(app)).filter((text) => text !== '').length)
    .toBe(Math.round((2.5 * sampleRate) / hop) - Math.round((1.5 * sampleRate) / hop));
});

test('a stem’s bins are selected, and axe finds nothing', async ({ app }) => {
  await panel.getByText('Find a selection').click();
  await panel.getByLabel('Dominant stem').selectOption('harmonic');
  await enter(app, 'Share of the power', 50);
  await panel.getByRole('button', { name: 'Select by stem' }).click();
  await expect(panel.getByText('Painted:')).toBeVisible();
  const bins = await painted(app);
  expect(bins[80]).toMatch(/^\d+-3\d\d /);
  await panel.getByText('Selection as audio…').click();
  await panel.getByText('Masks as files…').click();
  for (const theme of ['Light', 'Dark']) {
    const { violations } = await new AxeBuilder({ page: app }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)).toEqual([]);
    await app.getByRole('button', { name: `${theme} theme` }).click();
  }
  await panel.getByLabel('Dominant stem').selectOption('percussive');
  await enter(app, 'Share of the power', 100);
  await panel.getByLabel('Combine').selectOption('intersect');
  await panel.getByRole('button', { name: 'Select by stem' }).click();
  await expect(panel.getByText('Painted:')).toHaveCount(0);
});

test('a selection is heard alone, sample by sample, and exported', async ({ app }) => {
  await app.keyboard.press('g');
  await clickTone(app, 'source');
  await expect(panel.getByText('Painted:')).toBeVisible();
  await panel.getByLabel('Track to hear').selectOption('source');
  await panel.getByRole('button', { name: 'Listen to the selection' }).click();
  await expect(panel.getByRole('button', { name: 'Stop listening' })).toHaveAttribute('aria-pressed', 'true');
  const part = (await heardPart(app))!;
  const rendered = await trackSamples(app, part.track, start, count);
  const wanted = Float32Array.from({ length: count }, (_, i) => tone(start + i));
  expect(largest(rendered, [wanted, wanted])).toBeLessThan(1e-3);
  expect(largest(await trackSamples(app, part.track, 0, part.start), [new Float32Array(part.start)])).toBe(0);
  await app.evaluate(() => window.__unbraid!.app.song.player.pause());
  const heard = await hear(app, start, 0.5);
  const inner = (planes: readonly number[][]): number[][] => planes.map((p) => p.slice(200, heard[0].length));
  expect(largest(inner(heard), inner(rendered))).toBeLessThan(1e-6);

  // Escape goes back to the mix, and leaves what is painted.
  await app.keyboard.press('Escape');
  await expect(panel.getByRole('button', { name: 'Listen to the selection' })).toBeVisible();
  await expect(panel.getByText('Painted:')).toBeVisible();
  const mix = await hear(app, start, 0.3);
  const source = await trackSamples(app, 'source', start, count);
  expect(
    largest(
      mix.map((p) => p.slice(200)),
      source.map((p) => p.slice(200, mix[0].length)),
    ),
  ).toBeLessThan(1e-5);

  // Painting on ends it, too: it would not be what is heard.
  await panel.getByRole('button', { name: 'Listen to the selection' }).click();
  await expect(panel.getByRole('button', { name: 'Stop listening' })).toBeVisible();
  await panel.getByRole('button', { name: 'Grow' }).click();
  await expect(panel.getByRole('button', { name: 'Listen to the selection' })).toBeVisible();
  const shrink = panel.getByRole('button', { name: 'Shrink' });
  await shrink.click();
  await expect(shrink).toBeEnabled();

  await panel.getByText('Selection as audio…').click();
  await panel.getByLabel('Sample format').selectOption('32f');
  await panel.getByRole('button', { name: 'Export the selection' }).click();
  const waiting = app.waitForEvent('download');
  await panel.getByRole('link', { name: /source selection/ }).click({ timeout: 60_000 });
  const file = floats32(await readFile(await (await waiting).path()), 2);
  expect(file[0].length).toBe(part.count);
  const shifted = file.map((plane) => plane.subarray(start - part.start, start - part.start + count));
  expect(largest(shifted, rendered)).toBeLessThan(1e-6);
});

test('listening begins and ends without a click while the song plays', async ({ app }) => {
  await app.keyboard.press('g');
  await clickTone(app, 'source');
  await expect(panel.getByText('Painted:')).toBeVisible();
  const recording = await app.evaluateHandle(async (first) => {
    const { app, record } = window.__unbraid!;
    const running = await record();
    app.song.player.seek(first);
    app.song.player.play();
    return running;
  }, start);
  const listen = panel.getByRole('button', { name: 'Listen to the selection' });
  for (let round = 0; round < 4; round++) {
    await app.waitForTimeout(100);
    await listen.click();
    await expect(panel.getByRole('button', { name: 'Stop listening' })).toBeVisible();
    await app.waitForTimeout(300);
    await app.keyboard.press('Escape');
    await expect(listen).toBeVisible();
  }
  await app.waitForTimeout(100);
  const planes = await recording.evaluate((running) => running.stop());
  await app.evaluate(() => window.__unbraid!.app.song.player.pause());
  // The steepest of both tones, and what fading them in or out adds within one quantum.
  const own = (2 * Math.PI * hertz * (level + 3 * 0.2)) / sampleRate;
  for (const plane of planes) {
    expect(largest([plane], [new Float32Array(plane.length)])).toBeGreaterThan(level);
    expect(largest([plane], [[0, ...plane.slice(0, -1)]])).toBeLessThan(own + (level + 0.2) / 128);
  }
});

test('a mask is exported, cleared and imported with the same bins; a wrong one is refused', async ({
  app,
}) => {
  await app.keyboard.press('g');
  await clickTone(app, 'source');
  await expect(panel.getByText('Painted:')).toBeVisible();
  const soften = panel.getByRole('button', { name: 'Soften' });
  await soften.click();
  await expect(soften).toBeEnabled();
  const encoded = (): Promise<number[]> =>
    app.evaluate(() => [...(window.__unbraid!.app.song as unknown as Tools).view.painted.mask.encode()]);
  const before = await encoded();
  await panel.getByText('Masks as files…').click();
  for (const [button, ending] of [
    ['.npy', 'npy'],
    ['16-bit PNG', 'png'],
  ]) {
    await panel.getByRole('button', { name: `Export the selection as ${button}` }).click();
    const files: { name: string; mimeType: string; buffer: Buffer }[] = [];
    for (const one of [ending, 'json']) {
      const name = `tones [selection mask].${one}`;
      const waiting = app.waitForEvent('download');
      await panel.getByRole('link', { name }).click({ timeout: 60_000 });
      const buffer = await readFile(await (await waiting).path());
      files.push({ name, mimeType: 'application/octet-stream', buffer });
    }
    await panel.getByRole('button', { name: 'Clear' }).click();
    await expect(panel.getByText('Painted:')).toHaveCount(0);
    const choosing = app.waitForEvent('filechooser');
    await panel.getByRole('button', { name: 'Import a mask' }).click();
    await (await choosing).setFiles(files);
    await expect(panel.getByText('Painted:')).toBeVisible();
    expect(await encoded()).toEqual(before);
  }
  const choosing = app.waitForEvent('filechooser');
  await panel.getByRole('button', { name: 'Import a mask' }).click();
  const buffer = await readFile(new URL('../fixtures/masks/f4.npy', import.meta.url));
  await (await choosing).setFiles({ name: 'f4.npy', mimeType: 'application/octet-stream', buffer });
  await expect(panel.getByRole('alert')).toContainText('[2, 3]; this song needs [173, 2049]');
  expect(await encoded()).toEqual(before);
});
