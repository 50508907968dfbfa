import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { hear, openFile, openPanel, separate, trackSamples } from './support/page.js';
import { sampleRate, wav16 } from './support/wav.js';

const frames = 3 * sampleRate;
const start = sampleRate;
const count = Math.round(0.75 * sampleRate);

/** A tone with clicks on top: HPSS leaves some of each in the other. */
function song(): Buffer {
  const plane = Float32Array.from(
    { length: frames },
    (_, i) =>
      0.3 * Math.sin((2 * Math.PI * 440 * i) / sampleRate) +
      (i % 11_025 < 300 ? 0.4 * Math.sin(i * i) * Math.exp(-(i % 11_025) / 80) : 0),
  );
  return wav16([plane, plane], sampleRate);
}

type Stems = Record<'harmonic' | 'percussive', number[][]>;
async function stems(app: Page): Promise<Stems> {
  return {
    harmonic: await trackSamples(app, 'harmonic', start, count),
    percussive: await trackSamples(app, 'percussive', start, count),
  };
}

function largest(a: readonly number[][], b: readonly number[][]): number {
  let worst = 0;
  for (let ch = 0; ch < b.length; ch++) {
    for (let i = 0; i < b[ch].length; i++) worst = Math.max(worst, Math.abs(a[ch][i] - b[ch][i]));
  }
  return worst;
}

const sum = ({ harmonic, percussive }: Stems): number[][] =>
  harmonic.map((plane, ch) => plane.map((x, i) => x + percussive[ch][i]));

/** What plays from `start` on are these samples, once it has faded in. */
async function expectHeard(app: Page, samples: readonly number[][]): Promise<void> {
  const heard = await hear(app, start, 0.5);
  const wanted = samples.map((plane) => plane.slice(300, heard[0].length));
  expect(
    largest(
      heard.map((plane) => plane.slice(300)),
      wanted,
    ),
  ).toBeLessThan(1e-6);
}

const energy = (planes: number[][]): number => planes[0].reduce((total, x) => total + x * x, 0);

test('a stem becomes cleaner and fuller, is heard, undone, and the sum stays', async ({ app }) => {
  test.slow();
  await openFile(app, 'tone.wav', song());
  await separate(app);
  await openPanel(app, 'mix');
  const before = await stems(app);
  const panel = app.getByRole('group', { name: 'Full ↔ clean' });
  const slider = panel.getByRole('slider', { name: 'Clean or full: percussive' });

  await slider.fill('1');
  await expect(slider).toHaveAttribute('aria-valuetext', '100 % clean');
  await expect(async () =>
    expect(energy((await stems(app)).percussive)).toBeLessThan(energy(before.percussive)),
  ).toPass();
  // The rest of the song follows what is heard; then nothing changes any more.
  let clean = await stems(app);
  await expect(async () => {
    const again = await stems(app);
    const still = largest(again.percussive, clean.percussive);
    clean = again;
    expect(still).toBe(0);
    expect(largest(again.percussive, before.percussive)).toBeGreaterThan(0.001);
  }).toPass();
  expect(largest(sum(clean), sum(before))).toBeLessThan(1e-6);
  expect(energy(clean.harmonic)).toBeGreaterThan(energy(before.harmonic));

  // What is heard of the stem alone are the new samples.
  await app.getByRole('button', { name: /^Solo percussive/ }).click();
  await expectHeard(app, clean.percussive);
  await app.getByRole('button', { name: /^Undo Solo percussive/ }).click();

  await slider.fill('-1');
  await expect(async () => {
    const full = await stems(app);
    expect(energy(full.percussive)).toBeGreaterThan(energy(before.percussive));
    expect(largest(sum(full), sum(before))).toBeLessThan(1e-6);
  }).toPass();

  await panel.getByRole('button', { name: 'Balanced' }).click();
  await expect(async () =>
    expect(largest((await stems(app)).percussive, before.percussive)).toBe(0),
  ).toPass();
  expect(largest((await stems(app)).harmonic, before.harmonic)).toBe(0);

  // Undo brings the value back, and the samples that belong to it.
  await app.getByRole('button', { name: /^Undo Balanced/ }).click();
  await app.getByRole('button', { name: /^Undo Clean or full percussive/ }).click();
  await expect(slider).toHaveAttribute('aria-valuetext', '100 % clean');
  await expect(async () => expect(largest((await stems(app)).percussive, clean.percussive)).toBe(0)).toPass();
});

test('what is heard does not wait for the engine', async ({ app }) => {
  test.slow();
  await openFile(app, 'tone.wav', song());
  await separate(app);
  await openPanel(app, 'mix');
  const slider = app.getByRole('slider', { name: 'Clean or full: percussive' });
  const before = await stems(app);
  await slider.fill('1');
  let clean = before;
  await expect(async () => {
    const [first, again] = [await stems(app), await stems(app)];
    expect(largest(first.percussive, again.percussive)).toBe(0);
    expect(largest(again.percussive, before.percussive)).toBeGreaterThan(0.001);
    clean = again;
  }).toPass();
  await slider.fill('0');
  await expect(async () =>
    expect(largest((await stems(app)).percussive, before.percussive)).toBe(0),
  ).toPass();

  // A value that is taken back before the engine has heard of it leaves nothing behind.
  await slider.hover();
  await app.waitForTimeout(1000);
  await app.evaluate(async () => {
    const { shape } = window.__unbraid!.app.song;
    shape.set('percussive', 1);
    await new Promise((resolve) => setTimeout(resolve, 70));
    shape.set('percussive', 0);
  });
  await app.getByRole('button', { name: /^Solo percussive/ }).click();
  await expect(() => expectHeard(app, before.percussive)).toPass();

  // The engine hears of no values from here on.
  const asked: string[] = [];
  await app.route('**/api/shapeSession', (route) => void asked.push(route.request().url()));
  await slider.fill('1');
  await expect(() => expectHeard(app, clean.percussive)).toPass();
  expect(asked.length).toBeGreaterThan(0);
  expect(largest((await stems(app)).percussive, before.percussive)).toBe(0);
});
