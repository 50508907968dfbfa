import { expect, test } from './support/host.js';
import { openFile, separate, trackSamples } from './support/page.js';
import { sampleRate, wav16 } from './support/wav.js';

const frames = 3 * sampleRate;
const [start, count] = [sampleRate, 30_000];

/** Tones with clicks between them. */
function song(): Buffer {
  const plane = Float32Array.from(
    { length: frames },
    (_, i) =>
      0.3 * Math.sin((2 * Math.PI * 220 * i) / sampleRate) +
      (i % 11_025 < 300 ? 0.4 * Math.sin(i * i) * Math.exp(-(i % 11_025) / 80) : 0),
  );
  return wav16([plane, plane], sampleRate);
}

test('a chain separates the song, then a stem of it, and all tracks add up', async ({ app }) => {
  test.slow();
  await openFile(app, 'tone.wav', song());
  await separate(app, 'voice-beat-tones');
  for (const name of ['vocals', 'beat', 'tones'])
    await expect(app.getByRole('region', { name, exact: true })).toBeVisible();
  const tracks = await Promise.all(
    ['source', 'vocals', 'beat', 'tones'].map((track) => trackSamples(app, track, start, count)),
  );
  const [source, ...stems] = tracks.map(([left]) => left);
  const sum = source.map((_, i) => stems.reduce((total, stem) => total + stem[i], 0));
  expect(Math.max(...source.map((x, i) => Math.abs(x - sum[i])))).toBeLessThan(1e-6);
  // The clicks are in one stem, the tone in another.
  const energy = (plane: number[]): number => plane.reduce((total, x) => total + x * x, 0);
  const jumps = (plane: number[]): number => energy(plane.slice(1).map((x, i) => x - plane[i]));
  const [, beat, tones] = stems;
  expect(jumps(beat) / energy(beat)).toBeGreaterThan(4 * (jumps(tones) / energy(tones)));
});
