import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { startSettings, type Settings } from '../../src-main/common/lab/lesson.js';
import { lessonIds, lessons } from '../../src-main/common/lab/lessons.js';
import { songMaterial, songPcm } from '../../src-main/common/lab/material.js';
import { lab as labTexts } from '../../src-renderer/shared/strings/en/lab.js';
import { lessons as lessonTexts } from '../../src-renderer/shared/strings/en/lessons.js';
import { expect, test } from './support/host.js';
import { openFile, separate, trackSamples } from './support/page.js';
import { clicksAndChords, sampleRate, samples16, wav16 } from './support/wav.js';

/** The numbers on the page by name, as it computed them. */
const numbersOf = async (app: Page): Promise<Record<string, number>> =>
  Object.fromEntries(
    await app
      .locator('[data-number]')
      .evaluateAll((found) =>
        found.map((e) => [
          (e as HTMLElement).dataset['number']!,
          Number((e as HTMLElement).dataset['value']),
        ]),
      ),
  );

/** Waits until the page shows what the settings give, to rounding in another engine’s mathematics. */
async function expectNumbers(app: Page, id: (typeof lessonIds)[number], settings: Settings): Promise<void> {
  const { numbers } = lessons[id].run(settings);
  const near = (x: number): string => x.toFixed(6);
  const wanted = Object.fromEntries(numbers.map(({ key, value }) => [key, near(value)]));
  await expect
    .poll(
      async () => Object.fromEntries(Object.entries(await numbersOf(app)).map(([key, x]) => [key, near(x)])),
      { timeout: 20_000 },
    )
    .toEqual(wanted);
}

/** A lesson's numbers for a song in stereo that has no stems. */
function songNumbers(
  file: Buffer,
  id: (typeof lessonIds)[number],
  settings: Settings,
): Record<string, number> {
  const samples = samples16(file);
  const mix = Float32Array.from(
    { length: samples.length / 2 },
    (_, i) => (samples[2 * i] + samples[2 * i + 1]) / 65_536,
  );
  const { numbers } = lessons[id].run(settings, songMaterial(songPcm({ rate: sampleRate, mix })));
  return Object.fromEntries(numbers.map(({ key, value }) => [key, value]));
}

test('every lesson shows the numbers of its settings, and of what is broken', async ({ app }) => {
  test.setTimeout(180_000);
  await app.keyboard.press('6');
  for (const [i, id] of lessonIds.entries()) {
    const title = `${i + 1}. ${lessonTexts[`lesson.${id}.title`]}`;
    await app.getByRole('button', { name: title, exact: true }).click();
    await expect(app.getByRole('heading', { name: title })).toBeVisible();
    let settings = startSettings(lessons[id]);
    await expectNumbers(app, id, settings);

    // The first control by keys alone: a step up on a slider, the last one of a choice.
    const [control] = lessons[id].controls;
    const field = app.getByLabel(labTexts[`lab.control.${control.key}`], { exact: true });
    await field.focus();
    if (control.kind === 'slider') {
      await app.keyboard.press('ArrowRight');
      settings = { ...settings, [control.key]: control.values[control.values.indexOf(control.start) + 1] };
    } else {
      const value = control.options[control.options.length - 1];
      await field.selectOption(value);
      settings = { ...settings, [control.key]: value };
    }
    await expectNumbers(app, id, settings);

    await app.getByRole('checkbox', { name: /^Break it on purpose/ }).check();
    await expect(app.getByRole('status').filter({ hasText: lessonTexts[`lesson.${id}.why`] })).toBeVisible();
    await expectNumbers(app, id, { ...settings, broken: true });

    await app.getByText(lessonTexts[`lesson.${id}.question`]).click();
    await expect(app.getByText(lessonTexts[`lesson.${id}.answer`])).toBeVisible();
  }
});

/** What a page has begun to play: a piece of each sound, and its rate. */
interface Started {
  started?: { readonly rate: number; readonly piece: readonly number[] }[];
}

/** Samples `[20000, 20005)` of a sound of the second lesson. */
function pieceOf(key: string, broken: boolean): number[] {
  const { sounds } = lessons.windows.run({ ...startSettings(lessons.windows), broken });
  return [...sounds.find((sound) => sound.key === key)!.samples.subarray(20_000, 20_005)];
}

test('a lesson is heard, another sound takes over, and it goes on with other settings', async ({ app }) => {
  await app.evaluate(() => {
    const page = window as Window & Started;
    page.started = [];
    const { start } = AudioBufferSourceNode.prototype;
    AudioBufferSourceNode.prototype.start = function (this: AudioBufferSourceNode, ...when) {
      const piece = [...this.buffer!.getChannelData(0).subarray(20_000, 20_005)];
      page.started!.push({ rate: this.buffer!.sampleRate, piece });
      start.apply(this, when);
    };
  });
  const expectHeard = async (key: string, broken: boolean): Promise<void> => {
    const wanted = pieceOf(key, broken).map((x) => x.toFixed(5));
    const last = (): Promise<unknown> =>
      app.evaluate(() => {
        const { rate, piece } = (window as Window & Started).started!.at(-1)!;
        return [rate, ...piece.map((x) => x.toFixed(5))];
      });
    await expect.poll(last).toEqual([22_050, ...wanted]);
  };
  await app.keyboard.press('6');
  await app.getByRole('button', { name: /^2\. / }).click();
  const rebuilt = app.getByRole('button', { name: 'Play: Rebuilt' });
  const original = app.getByRole('button', { name: 'Play: Original' });
  await rebuilt.click();
  await expect(rebuilt).toHaveAttribute('aria-pressed', 'true');
  await expectHeard('rebuilt', false);
  await original.click();
  await expect(rebuilt).toHaveAttribute('aria-pressed', 'false');
  await expectHeard('original', false);
  await rebuilt.click();
  await app.getByRole('checkbox', { name: /^Break it on purpose/ }).check();
  await expectHeard('rebuilt', true);
  await expect(rebuilt).toHaveAttribute('aria-pressed', 'true');
  await rebuilt.click();
  await expect(rebuilt).toHaveAttribute('aria-pressed', 'false');
});

test('who leaves the Lab leaves no worker behind, and finds it as it was', async ({ app }) => {
  await app.keyboard.press('6');
  await app.getByRole('button', { name: /^3\. / }).click();
  await app.getByLabel('Delay of what is subtracted').focus();
  await app.keyboard.press('End');
  await expect.poll(async () => (await numbersOf(app))['error']).toBeGreaterThan(0);
  expect(app.workers()).toHaveLength(1);
  for (let i = 0; i < 3; i++) {
    await app.getByRole('button', { name: 'Play: Estimate' }).click();
    await app.getByRole('button', { name: 'Settings', exact: true }).click();
    await expect.poll(() => app.workers().length).toBe(0);
    await app.getByRole('button', { name: 'Lab', exact: true }).click();
    await expect(app.getByRole('button', { name: 'Play: Estimate' })).toHaveAttribute(
      'aria-pressed',
      'false',
    );
  }
  await expect.poll(async () => (await numbersOf(app))['error']).toBeGreaterThan(0);
});

test('a notebook has the settings of the page', async ({ app }) => {
  await app.keyboard.press('6');
  await app.getByRole('button', { name: /^5\. / }).click();
  await app.getByLabel('Exponent').focus();
  await app.keyboard.press('End');
  await app.getByRole('checkbox', { name: /^Break it on purpose/ }).check();
  const download = app.waitForEvent('download');
  await app.getByRole('button', { name: 'Export as a notebook' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('unbraid-lab-binary.ipynb');
  const { cells, nbformat } = JSON.parse(readFileSync(await file.path(), 'utf8')) as {
    cells: { id: string; source: string[] }[];
    nbformat: number;
  };
  expect(nbformat).toBe(4);
  const cell = (id: string): string => cells.find((one) => one.id === id)!.source.join('');
  expect(cell('settings')).toBe(
    'settings = {\n    "mask": "soft",\n    "exponent": 10,\n    "broken": True,\n}',
  );
  expect(cell('words')).toContain(lessonTexts['lesson.binary.answer']);
  expect(cell('tools')).toContain('import numpy as np');
  expect(cell('lesson')).toContain('report(');
});

test('the notebook of the bench has its settings and the sound, and is there for every method', async ({
  app,
}) => {
  await openFile(app, 'own.wav', clicksAndChords(2));
  await app.keyboard.press('6');
  const bench = app.getByRole('region', { name: 'Bench' });
  await bench.getByLabel('Window', { exact: true }).selectOption('hamming');
  await app.getByLabel('Mask', { exact: true }).selectOption('binary');
  for (const method of ['hpss', 'nmf', 'repet', 'ft2d']) {
    await app.getByLabel('Method', { exact: true }).selectOption(method);
    const download = app.waitForEvent('download');
    await app.getByRole('button', { name: 'Export as a notebook' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('unbraid-lab-bench.ipynb');
    const { cells } = JSON.parse(readFileSync(await file.path(), 'utf8')) as {
      cells: { id: string; source: string[] }[];
    };
    const cell = (id: string): string => cells.find((one) => one.id === id)!.source.join('');
    expect(cell('settings')).toContain('"window": "hamming",\n    "length": 2048,\n    "hop": 1024,');
    expect(cell('settings')).toContain(`"method": "${method}",\n    "mask": "binary"`);
    expect(cell('words')).toContain(labTexts['lab.notebook.bench']);
    const [, text] = /MIX = np.frombuffer\(base64.b64decode\("([^"]+)"/.exec(cell('song'))!;
    const samples = samples16(clicksAndChords(2));
    const mix = new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
    expect(mix.length).toBe(samples.length / 2);
    expect(mix[5000]).toBeCloseTo((samples[10_000] + samples[10_001]) / 65_536, 6);
  }
});

test('the bench splits the demo, and the oracle with its true parts is better than a method', async ({
  app,
}) => {
  await app.keyboard.press('6');
  const value = async (name: string): Promise<number> => (await numbersOf(app))[name];
  await expect.poll(() => value('error'), { timeout: 20_000 }).toBeLessThan(-100);
  await app.getByLabel('Method').selectOption('repet');
  await expect.poll(() => value('voiceSdr')).toBeLessThan(5);
  await app.getByLabel('Method').selectOption('oracle');
  await expect.poll(() => value('voiceSdr')).toBeGreaterThan(8);
  // A hop longer than the window loses a third of the sound: 4.8 dB below it, more or less.
  await app.getByLabel('Hop, of the window').focus();
  await app.keyboard.press('End');
  await expect.poll(() => value('error')).toBeGreaterThan(-8);
  await app.getByRole('button', { name: 'Play: Both, there and back' }).click();
  await expect(app.getByRole('button', { name: 'Play: Both, there and back' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
});

test('the bench takes what there is of the open song, which has no oracle', async ({ app }) => {
  await openFile(app, 'own.wav', clicksAndChords(3));
  await app.keyboard.press('6');
  await expect(app.getByText(/^3 s of own,/)).toBeVisible();
  await expect.poll(async () => (await numbersOf(app))['error']).toBeLessThan(-100);
  await expect(app.getByLabel('Method').getByRole('option', { name: /^Oracle/ })).toHaveCount(0);
  // The page is there again before its song is.
  await app.reload();
  await expect(app.getByText(/^3 s of own,/)).toBeVisible();
  await expect.poll(async () => (await numbersOf(app))['error']).toBeLessThan(-100);
  await app.keyboard.press('1');
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
});

test('lessons work on the open song, after a reload too, and on its stems where they need parts', async ({
  app,
}) => {
  const song = clicksAndChords(4);
  await openFile(app, 'own.wav', song);
  await app.keyboard.press('6');
  await app.getByRole('button', { name: /^2\. / }).click();
  const onSong = app.getByRole('checkbox', { name: 'Work on 4 s of own' });
  await expect(onSong).toBeEnabled();
  await expect(onSong).not.toBeChecked();
  await app
    .getByRole('region', { name: /Windows and COLA/ })
    .getByLabel('Window', { exact: true })
    .selectOption('blackman');
  const builtIn = { ...startSettings(lessons.windows), window: 'blackman' };
  await expectNumbers(app, 'windows', builtIn);
  await onSong.check();
  const numbers = songNumbers(song, 'windows', builtIn);
  await expect.poll(async () => (await numbersOf(app))['error']).toBeCloseTo(numbers['error'], 2);
  await app.getByRole('button', { name: /^1\. / }).click();
  await expect(app.getByText('This lesson works with its built-in sounds only.')).toBeVisible();
  await expect(onSong).toBeDisabled();
  await app.getByRole('button', { name: /^10\. / }).click();
  await expect(app.getByText(/^This lesson compares with parts that are known/)).toBeVisible();
  await expect(onSong).toBeDisabled();
  await app.keyboard.press('1');
  await separate(app);
  await app.keyboard.press('6');
  // HPSS has no voice, and nobody says so.
  await expect(
    app.getByText(/None of them is a voice: where this lesson says voice, it is “harmonic”/),
  ).toBeVisible();
  await app.getByRole('button', { name: /^12\. / }).click();
  await expect(app.getByRole('button', { name: 'Play: harmonic' })).toBeVisible();
  await expect(app.getByRole('button', { name: 'Play: Voice' })).toHaveCount(0);
  await app.getByRole('button', { name: 'Bench', exact: true }).click();
  await expect(app.getByText(/where this page says voice, it is “harmonic”/)).toBeVisible();
  await app.getByRole('button', { name: /^10\. / }).click();
  await expect(onSong).toBeChecked();
  await expect(app.getByText('On a song this cannot be broken.')).toBeVisible();
  await expect(app.getByRole('checkbox', { name: /^Break it on purpose/ })).toBeDisabled();
  await app.reload();
  await expect(app.getByRole('heading', { name: /^10\. / })).toBeVisible();
  await expect(onSong).toBeChecked();
  const download = app.waitForEvent('download');
  await app.getByRole('button', { name: 'Export as a notebook' }).click();
  const text = readFileSync(await (await download).path(), 'utf8');
  const { cells } = JSON.parse(text) as { cells: { id: string }[] };
  expect(cells.map(({ id }) => id)).toEqual(['words', 'tools', 'song', 'settings', 'lesson']);
});

test('a binary mask has no exponent', async ({ app }) => {
  await app.keyboard.press('6');
  await app.getByRole('button', { name: /^5\. / }).click();
  await expect(app.getByLabel('Exponent')).toBeEnabled();
  await app.getByLabel('Mask', { exact: true }).selectOption('binary');
  await expect(app.getByLabel('Exponent')).toBeDisabled();
  await expect(app.getByText(/an exponent would change nothing/)).toBeVisible();
});

test('what the bench makes is taken over into the editor as stems of the song, with its settings', async ({
  app,
}) => {
  await openFile(app, 'own.wav', clicksAndChords(4));
  await app.keyboard.press('6');
  await app.getByLabel('Method', { exact: true }).selectOption('repet');
  await app.getByLabel('Mask', { exact: true }).selectOption('binary');
  await app.getByLabel('Hop, of the window').focus();
  await app.keyboard.press('End');
  const over = app.getByRole('button', { name: 'Separate the song like this' });
  await expect(over).toBeDisabled();
  await expect(app.getByText(/^Between these windows there are gaps/)).toBeVisible();
  await app.keyboard.press('Home');
  await app.keyboard.press('ArrowRight');
  const asked = app.waitForRequest(/\/api\/separateSession/);
  await over.click();
  const { settings } = (await asked).postDataJSON() as { settings: { model: string } };
  expect(settings.model).toBe(
    'bench:method=repet:window=hann:length=2048:hop=0.25:levels=magnitude:mask=binary:exponent=2',
  );
  await expect(app.getByRole('region', { name: 'accompaniment' })).toBeVisible({ timeout: 60_000 });
  await expect(app.getByRole('region', { name: 'vocals' })).toBeVisible();
  await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible();
  const side = app.getByRole('complementary', { name: 'Side panel' });
  await expect(side).toContainText('Bench of the Lab: REPET (repetition) · Hann · 2048 samples');
  expect(await side.evaluate((panel) => panel.scrollWidth - panel.clientWidth)).toBe(0);
  // The same once more from the panel: the settings are still those of the bench.
  const again = app.waitForRequest(/\/api\/separateSession/);
  await app.getByRole('button', { name: 'Separate again' }).click();
  expect((await again).postDataJSON()).toMatchObject({ settings: { model: settings.model } });
});

test('an oracle makes stems of the open song from a folder of its true stems', async ({ app }) => {
  const tone = (hertz: number, from: number, to: number): Float32Array =>
    Float32Array.from({ length: 3 * sampleRate }, (_, i) => {
      const t = i / sampleRate;
      return t < from || t > to ? 0 : 0.3 * Math.sin(2 * Math.PI * hertz * t);
    });
  const [voice, low] = [tone(880, 0.5, 2), tone(110, 1, 3)];
  const folder = mkdtempSync(join(tmpdir(), 'truth-'));
  writeFileSync(join(folder, 'vocals.wav'), wav16([voice, voice], sampleRate));
  writeFileSync(join(folder, 'bass.wav'), wav16([low, low], sampleRate));
  writeFileSync(join(folder, 'notes.txt'), 'not a stem');
  const mix = voice.map((x, i) => x + low[i]);
  await openFile(app, 'own.wav', wav16([mix, mix], sampleRate));
  await app.keyboard.press('6');
  await app.getByLabel('Kind of mask').selectOption('psm');
  await app.locator('input[data-truth]').setInputFiles(folder);
  await expect(app.getByRole('region', { name: 'vocals' })).toBeVisible({ timeout: 60_000 });
  await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible();
  const [left] = await trackSamples(app, 'vocals', 44_100, 44_100);
  const error = left.reduce((sum, x, i) => sum + (x - voice[44_100 + i]) ** 2, 0);
  expect(10 * Math.log10(error / left.reduce((sum, x) => sum + x * x, 0))).toBeLessThan(-15);
});
