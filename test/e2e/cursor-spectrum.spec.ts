import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './support/host.js';
import { openFile, openPanel, separate } from './support/page.js';
import { sampleRate, wav16 } from './support/wav.js';

/** An A of 440 Hz, and from the third second on an E of 659.26 Hz. */
function song(): Buffer {
  const at = (i: number): number =>
    0.4 * Math.sin((2 * Math.PI * (i < 2 * sampleRate ? 440 : 659.26) * i) / sampleRate);
  return wav16([Float32Array.from({ length: 4 * sampleRate }, (_, i) => at(i))], sampleRate);
}

test('the spectrum at the pointer, the cursor and the playhead names the peak; hidden, it reads nothing', async ({
  app,
}) => {
  await openFile(app, 'spectrum.wav', song());
  await separate(app);
  const panel = app.getByRole('region', { name: 'Spectrum at the pointer' });
  const lane = app.locator('canvas[data-track=harmonic]');
  const box = (await lane.boundingBox())!;
  const reads: string[] = [];
  app.on('request', (request) => request.url().includes('/pcm?') && reads.push(request.url()));
  await expect(panel).toHaveCount(0);
  // What is played next is read ahead by itself.
  await expect
    .poll(async () => {
      reads.length = 0;
      await app.waitForTimeout(500);
      return reads;
    })
    .toEqual([]);
  await app.mouse.move(box.x + 0.25 * box.width, box.y + 20);
  await app.mouse.move(box.x + 0.3 * box.width, box.y + 20);
  await app.waitForTimeout(300);
  expect(reads).toEqual([]);

  await app.keyboard.press('Shift+C');
  await expect(panel.locator('[data-peak]')).toHaveText('Peak 440 Hz · A4');
  await expect(panel.locator('strong')).toHaveText('harmonic');
  // A note and its cents stay on one line.
  await panel.locator('[data-peak] b').evaluate((note) => void (note.firstChild!.nodeValue = 'G♯2 +29 ct'));
  expect(await panel.locator('[data-peak] b').evaluate((note) => note.getClientRects().length)).toBe(1);
  expect(reads.length).toBeGreaterThan(0);
  const { x, y, width } = (await lane.boundingBox())!;
  await app.mouse.move(x + 0.75 * width, y + 20);
  await expect(panel.locator('[data-peak]')).toHaveText('Peak 659 Hz · E5');
  const { violations } = await new AxeBuilder({ page: app }).analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join()}`)).toEqual([]);
  // Without the pointer, the playhead in the lane that is meant.
  await app.mouse.move(5, 5);
  await app.evaluate((frame) => window.__unbraid!.app.song.player.seek(frame), sampleRate);
  await expect(panel.locator('[data-peak]')).toHaveText('Peak 440 Hz · A4');
  // By keys.
  await app.evaluate((frame) => window.__unbraid!.app.song.player.seek(frame), 3 * sampleRate);
  await app.keyboard.press('c');
  await expect(panel.locator('[data-peak]')).toHaveText('Peak 659 Hz · E5');
  await openPanel(app, 'view');
  await expect(app.getByLabel('Spectrum at the pointer (Shift+C)')).toBeChecked();
  await panel.getByRole('button', { name: 'Hide the spectrum' }).click();
  await expect(panel).toHaveCount(0);
});
