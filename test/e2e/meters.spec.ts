import { expect, test } from './support/host.js';
import { openFile } from './support/page.js';
import { sampleRate, wav16 } from './support/wav.js';

const tone = (level: number): Float32Array =>
  Float32Array.from(
    { length: 3 * sampleRate },
    (_, i) => level * Math.sin((2 * Math.PI * 500 * i) / sampleRate),
  );

test('meters show both channels and hold peaks; the clip light stays until it is clicked', async ({
  app,
}) => {
  await openFile(app, 'sides.wav', wav16([tone(0.8), tone(0.01)], sampleRate));
  const bars = app.getByRole('meter', { name: 'Level of Source' }).locator('[data-channel]');
  await expect(bars).toHaveCount(2);
  const lit = async (channel: number): Promise<number> => {
    const clip = await bars.nth(channel).evaluate((bar: HTMLElement) => bar.style.clipPath);
    return 100 - Number.parseFloat(/inset\(0(?:px)? ([\d.]+)%/.exec(clip)?.[1] ?? '100');
  };
  await app.getByRole('button', { name: 'Play', exact: true }).click();
  // −1.9 and −40 dB of 60.
  await expect.poll(() => lit(0)).toBeGreaterThan(94);
  expect(await lit(1)).toBeGreaterThan(28);
  expect(await lit(1)).toBeLessThan(40);
  await expect(app.getByRole('button', { name: 'Level of Source: not clipped' })).toBeDisabled();

  await app.evaluate("window.__unbraid.app.song.mixer.setGain('source', 6)");
  const light = app.getByRole('button', { name: 'Level of Source: clipped. Click to reset' });
  await expect(light).toBeVisible();
  await expect(app.getByRole('button', { name: 'Output level: clipped. Click to reset' })).toBeVisible();
  await app.evaluate("window.__unbraid.app.song.mixer.setGain('source', -20)");
  await app.keyboard.press('Space');
  await expect.poll(() => lit(0)).toBeLessThan(5);
  // It is quiet by now, and the light is still there.
  await light.click();
  await expect(app.getByRole('button', { name: 'Level of Source: not clipped' })).toBeDisabled();
});

test('the mix has its loudness while it plays, and is measured anew by a click', async ({ app }) => {
  // A sine of 1 kHz at −20 dBFS on both channels has −20 LUFS; at 500 Hz the weighting takes little away.
  await openFile(app, 'loud.wav', wav16([tone(0.1), tone(0.1)], sampleRate));
  const reading = app.getByRole('button', { name: /^Loudness of the mix/ });
  await expect(reading).toHaveText('S −∞I −∞ LUFS');
  await app.keyboard.press('l');
  await app.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(reading).toHaveText(/S −20\.\dI −20\.\d LUFS/);
  await app.evaluate("window.__unbraid.app.song.mixer.setGain('source', -12)");
  await expect(reading).toHaveText(/S −32\.\d/);
  // The loud seconds of before are still in the integrated value, until it is begun anew.
  await expect(reading).not.toHaveText(/I −32\.\d/);
  await reading.click();
  await expect(reading).toHaveText(/S −32\.\dI −32\.\d LUFS/);
});
