import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { edgeFrames, fillGains, type Envelope } from '../../src-main/common/jobs/automation.js';
import { expect, test } from './support/host.js';
import { drag, settled } from './support/lanes.js';
import { openFile, openPanel, separate, trackSamples } from './support/page.js';
import { clicksAndChords, floats32, sampleRate, wav16 } from './support/wav.js';

// Whole mixes with levels, balance and automation, of two songs in two tabs at once, against the samples of their stems.
const [seconds, otherSeconds] = [3, 2];

/** What a stem's strip does: a factor for each channel, and in time. */
interface Strip {
  readonly gains: readonly [number, number];
  readonly envelope: Envelope;
}

/** Σ gain · factor · stem over the whole song. */
async function promised(app: Page, strips: Readonly<Record<string, Strip>>): Promise<Float64Array[]> {
  const { frames } = await app.evaluate(() => window.__unbraid!.app.song.info);
  const sum = [0, 1].map(() => new Float64Array(frames));
  for (const [stem, { gains, envelope }] of Object.entries(strips)) {
    const factors = new Float32Array(frames).fill(1);
    fillGains(envelope, edgeFrames(sampleRate), 0, frames, factors);
    const planes = await trackSamples(app, stem, 0, frames);
    planes.forEach((plane, ch) => plane.forEach((x, i) => (sum[ch][i] += gains[ch] * factors[i] * x)));
  }
  return sum;
}

function largest(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  expect(a.map(({ length }) => length)).toEqual(b.map(({ length }) => length));
  return Math.max(
    ...b.map((plane, ch) =>
      Array.from(plane).reduce((worst, x, i) => Math.max(worst, Math.abs(x - a[ch][i])), 0),
    ),
  );
}

async function setField(app: Page, label: string, value: string): Promise<void> {
  await app.getByLabel(label).last().fill(value);
  await app.keyboard.press('Enter');
}

/** A level in a part of a lane; nothing is selected afterwards. */
async function gainHere(app: Page, stem: string, [from, to]: readonly number[], db: number): Promise<void> {
  await app.getByRole('button', { name: `Select track ${stem}` }).click();
  await setField(app, 'Selection start', `${from}`);
  await setField(app, 'Selection end', `${to}`);
  await app.getByLabel('Gain here, dB').fill(`${db}`);
  await app.getByRole('button', { name: 'Gain here' }).click();
  await app.keyboard.press('Control+Shift+A');
}

const level = ([from, to]: readonly number[], db: number): Envelope => {
  const [start, end] = [from * sampleRate, to * sampleRate];
  return [{ kind: 'gain', start, end, points: [start, end].map((frame) => ({ frame, db })) }];
};

/** Everything that the mixer plays, as floats; from the click on the button to the file. */
async function exported(app: Page): Promise<Float32Array[]> {
  await app.getByRole('button', { name: 'Export…' }).click();
  const dialog = app.getByRole('dialog', { name: 'Export' });
  await dialog.getByLabel('Mix as heard').check();
  await dialog.getByLabel('Sample format').selectOption('32f');
  await dialog.getByRole('button', { name: 'Export' }).click();
  const waiting = app.waitForEvent('download');
  await dialog.getByRole('link').click({ timeout: 60_000 });
  const planes = floats32(await readFile(await (await waiting).path()), 2);
  await app.keyboard.press('Escape');
  return planes;
}

test('mixes that two tabs export at once are each the sum of their own stems, as their mixers say', async ({
  app,
  context,
}) => {
  test.setTimeout(180_000);
  const other = await context.newPage();
  await other.goto(app.url());
  await openFile(app, 'one.wav', clicksAndChords(seconds));
  const tone = Float32Array.from(
    { length: otherSeconds * sampleRate },
    (_, i) => 0.3 * Math.sin((2 * Math.PI * 700 * i) / sampleRate) * (i % 11_025 < 300 ? 2 : 1),
  );
  await openFile(other, 'two.wav', wav16([tone, tone.map((x) => -0.5 * x)], sampleRate));
  await separate(app);
  await separate(other);
  const whole = await trackSamples(app, 'harmonic', 0, seconds * sampleRate);

  // Something is taken away in one of them: it is in no mix.
  await drag(app, 'harmonic', [0.2, 0.05], [0.5, 0.95]);
  await app.keyboard.press('Delete');
  await settled(app);
  await app.keyboard.press('Control+Shift+A');
  await openPanel(app, 'mix');
  await openPanel(other, 'mix');
  await setField(app, 'Gain of harmonic, dB', '-6');
  await setField(app, 'Pan of percussive', '0.5');
  await gainHere(app, 'harmonic', [1, 1.5], -12);
  await setField(other, 'Gain of percussive, dB', '3');
  await setField(other, 'Pan of harmonic', '-0.25');
  await gainHere(other, 'percussive', [0.5, 1], 4);

  const quiet = 10 ** (-6 / 20);
  const loud = 10 ** (3 / 20);
  const one = {
    harmonic: { gains: [quiet, quiet], envelope: level([1, 1.5], -12) },
    percussive: { gains: [0.5, 1], envelope: [] },
  } as const;
  const two = {
    harmonic: { gains: [1, 0.75], envelope: [] },
    percussive: { gains: [loud, loud], envelope: level([0.5, 1], 4) },
  } as const;
  const wanted = [await promised(app, one), await promised(other, two)];
  const removed = await trackSamples(app, 'removed', 0, seconds * sampleRate);
  const left = await trackSamples(app, 'harmonic', 0, seconds * sampleRate);
  expect(
    largest(
      removed,
      removed.map((plane) => plane.map(() => 0)),
    ),
  ).toBeGreaterThan(0.01);
  expect(
    largest(
      left.map((plane, ch) => plane.map((x, i) => x + removed[ch][i])),
      whole,
    ),
  ).toBeLessThan(1e-6);

  const mixes = await Promise.all([exported(app), exported(other)]);
  mixes.forEach((mix, i) => expect(largest(mix, wanted[i])).toBeLessThan(1e-6));

  // Muted and soloed, again at once.
  await app.getByRole('button', { name: /^Mute percussive/ }).click();
  await other.getByRole('button', { name: /^Solo percussive/ }).click();
  const less = [
    await promised(app, { harmonic: one.harmonic }),
    await promised(other, { percussive: two.percussive }),
  ];
  const again = await Promise.all([exported(app), exported(other)]);
  again.forEach((mix, i) => expect(largest(mix, less[i])).toBeLessThan(1e-6));
  await other.close();
});
