import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scoreNames, scoreTitles } from '../../src-main/common/jobs/evaluation.js';
import { floats, wavBytes } from '../fixtures/audio/wav-bytes.js';
import { dataOf } from '../support/report.js';
import { expectClean } from './support/axe.js';
import { expect, test } from './support/host.js';
import { openFile, separate } from './support/page.js';
import { sampleRate, wav16 } from './support/wav.js';

// The stems in the editor against true stems on disk, with no separation but the one that made them.
const picture = (name: string): string =>
  fileURLToPath(new URL(`../../out/.playwright-screens/${name}.png`, import.meta.url));
const wave = (hertz: number, seconds: number): Float32Array =>
  Float32Array.from(
    { length: seconds * sampleRate },
    (_, i) => 0.3 * Math.sin((2 * Math.PI * hertz * i) / sampleRate),
  );
/** It comes and goes softly: a sudden end would have every frequency. */
const tone = wave(440, 4).map((x, i) => x * Math.sin((Math.PI * i) / (4 * sampleRate)) ** 2);
const beat = wave(3000, 4).map((x, i) => x * Math.exp(-(i % 22_050) / 300));

/** In two channels, without the noise of 16 bits. */
const floatWav = (plane: Float32Array): Buffer =>
  wavBytes({
    ...{ format: 3, bits: 32, channels: 2, rate: sampleRate },
    data: floats([...plane].flatMap((x) => [x, x])),
  });

function truthFolder(stems: Readonly<Record<string, Float32Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'truth-'));
  for (const [name, plane] of Object.entries(stems))
    writeFileSync(join(folder, `${name}.wav`), floatWav(plane));
  return folder;
}

test('stems of the editor are scored against true ones, and what does not fit is refused', async ({
  app,
}) => {
  test.setTimeout(240_000);
  const mix = tone.map((x, i) => x + beat[i]);
  await openFile(app, 'song.wav', wav16([mix, mix], sampleRate));
  await app.keyboard.press('3');
  const panel = app.getByRole('region', { name: 'Figures and report' });
  const mine = panel.getByRole('checkbox', { name: 'My stems, as they are in the editor' });
  await expect(mine).toBeDisabled();
  await expect(mine).toHaveAccessibleDescription('Separate the song first.');
  await app.keyboard.press('1');
  await separate(app);
  await app.keyboard.press('3');
  const make = panel.getByRole('button', { name: 'Make the report' });
  await expect(make).toBeDisabled();
  await mine.check();
  await expect(make).toBeEnabled();
  await expectClean(app);

  const chooser = panel.locator('input[data-compare-truth]');
  await chooser.setInputFiles(truthFolder({ drums: beat.slice(0, sampleRate) }));
  await expect(panel).toContainText('Files with true stems: 1');
  await make.click();
  const problem = app.getByRole('alert');
  await expect(problem).toContainText('The true stems last 1.0 s, the song 4.0 s');
  await problem.getByRole('button', { name: 'Dismiss' }).click();

  await chooser.setInputFiles(truthFolder({ drums: beat, other: tone }));
  await expect(panel).toContainText('Files with true stems: 2');
  await make.click();
  const all = panel.getByRole('table', { name: 'Figures and report' });
  await expect(all).toBeVisible({ timeout: 120_000 });
  await expect(all.getByRole('rowheader').first()).toHaveText('Your stems');
  const own = panel.getByRole('table', { name: 'Your stems against the true ones' });
  await expect(own.getByRole('columnheader')).toHaveText([
    'Stem',
    ...scoreNames.map((name) => scoreTitles[name]),
  ]);
  const download = app.waitForEvent('download');
  await panel.getByRole('link', { name: 'Save the report (HTML)' }).click();
  const { systems } = dataOf(await (await download).path()).report;
  expect(systems.map(({ id }) => id)).toEqual(['your-stems', 'mixture', 'irm2']);
  expect(systems[0].stems.find(({ name }) => name === 'other')?.scores?.bandEnds).toBeLessThan(2000);
  // The page shows the figures of the report; those that rest on a noise floor are marked.
  for (const { name, scores } of systems[0].stems) {
    const cells = await own
      .getByRole('row', { name: new RegExp(`^${name} `) })
      .getByRole('cell')
      .allTextContents();
    const shaky = scores!.bandEnds === null ? '' : '*';
    const wanted = scoreNames.map((score) => {
      const figure = scores![score]! >= 999 ? '∞' : scores![score]!.toFixed(2).replace('-', '−');
      return figure + (['isr', 'sir', 'sar'].includes(score) ? shaky : '');
    });
    expect(cells).toEqual(wanted);
  }
  await expect(panel).toContainText('The true stem other has nothing above');
  // The other table shows one figure of all systems: whichever it is.
  await panel.getByLabel('Figure', { exact: true }).selectOption('SIR');
  await expect(all.getByRole('columnheader').last()).toHaveText(/^SIR /);
  await expectClean(app);
  await own.scrollIntoViewIfNeeded();
  await app.screenshot({ path: picture('own-stems-1440') });
  await app.setViewportSize({ width: 1024, height: 700 });
  await own.scrollIntoViewIfNeeded();
  await app.screenshot({ path: picture('own-stems-1024') });

  // It can be stopped.
  await make.click();
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await expect(make).toBeEnabled();

  // Another song has none of the true stems, and the report says which one it is about.
  await expect(panel).toContainText('song, 0:00.000 – 0:04.000');
  await expect(panel).toContainText('Files with true stems: 2');
  await app.keyboard.press('1');
  await openFile(app, 'another.wav', wav16([beat, beat], sampleRate));
  await app.keyboard.press('3');
  await expect(panel).toContainText('song, 0:00.000 – 0:04.000');
  await expect(panel).not.toContainText('Files with true stems');
});
