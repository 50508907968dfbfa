import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseSidecar } from '../../src-main/common/jobs/sidecar.js';
import { fillRectangle } from '../../src-main/common/separation/edits/shapes.js';
import { TileMask, maskGrid } from '../../src-main/common/separation/edits/tile-mask.js';
import { noise, sine } from '../fixtures/signals.js';
import { InProcess, testFolder } from '../cli/support/run.js';
import { Listener, sumOf, writeWav } from '../cli/support/songs.js';

const root = testFolder();
const cli = new InProcess(join(root, 'cache'));
const listener = new Listener(root);
const frames = 2 * 44_100;
afterAll(() => cli.api.dispose());

it('what was taken away is in no part of a stem file, nor in its mix', async () => {
  const song = [sine(frames, 1000, 44_100, 0.3), noise(frames, 2).map((x) => 0.1 * x)];
  const path = writeWav(join(root, 'song.wav'), song, 44_100, '32f');
  const { session } = await cli.api.sessions.openPath(path, 'song.wav');
  await cli.client.separateSession({ job: 's', session, settings: { model: 'classic-4', workers: 1 } });
  const mask = new TileMask(maskGrid);
  fillRectangle(mask, { start: 20, end: 60, low: 60, high: 130 });
  const hash = cli.api.sessions.store.get(session).edits.addMask(mask.encode());
  const edit = { id: 'a', kind: 'attenuate' as const, target: null, strength: 1, mask: hash };
  const sources = ['vocals', 'drums', 'bass', 'other'];
  await cli.client.editSession({ job: 'e', session, edits: [{ ...edit, sources }] });

  const exported = async (settings: object): Promise<{ name: string; path: string }[]> => {
    const job = crypto.randomUUID();
    const asked = { model: 'classic-4', ...settings };
    const { files } = await cli.client.exportSession({ job, session, what: 'stems', settings: asked });
    return files.map(({ name, download }) => ({ name, path: cli.api.sessions.download(download).path }));
  };
  const plain = await exported({ format: 'wav', depth: '32f' });
  const stem = async (name: string): Promise<Float32Array[]> =>
    (await listener.read(plain.find((file) => file.name.includes(`[${name}]`))!.path)).planes;
  expect((await stem('removed'))[0].some((x) => Math.abs(x) > 0.05)).toBe(true);

  const [file, sidecar] = await exported({ format: 'stem.m4a', depth: '24' });
  const order = ['drums', 'bass', 'other', 'vocals'];
  const stems = await Promise.all(order.map(stem));
  const mix = sumOf(stems);
  for (const [track, expected] of [mix, ...stems].entries()) {
    const { planes } = await listener.read(file.path, track);
    planes.forEach((plane, ch) => {
      const largest = plane.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[ch][i])), 0);
      // Rounding to 24 bits, with dither.
      expect(largest, `track ${track}`).toBeLessThan(2 ** -21);
    });
  }
  // They are not all of the song, and nobody says so.
  const said = parseSidecar(readFileSync(sidecar.path, 'utf8'));
  expect([said.whole, said.null.filesDb]).toEqual([false, null]);
});
