import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { watchMemory } from './memory.js';
import { benchFolder, executablePath, songFile, startBench, timeOpening } from './page.js';
import { publish, type Row } from './report.js';

const { folder, remove } = benchFolder();
afterAll(remove);

/** The bench's song again and again, as one MP3 of an hour. */
async function hourFile(): Promise<string> {
  const path = join(folder, 'hour.mp3');
  const once = await songFile(folder, 60);
  const options = ['-v', 'error', '-y', '-stream_loop', '59', '-i', once, '-b:a', '192k', path];
  expect(spawnSync('ffmpeg', options).status).toBe(0);
  return path;
}

it.skipIf(!existsSync(executablePath))('hour', async () => {
  const path = await hourFile();
  const bench = await startBench(folder);
  const page = await bench.open();
  const [stopAll, stopHost] = [watchMemory(bench.host.pid!), watchMemory(bench.host.pid!, 200, 'alone')];
  const { open, first, all } = await timeOpening(page, path);
  await page.waitForTimeout(3000);
  const [allMiB, hostMiB] = [stopAll(), stopHost()];
  await bench.stop();
  const row = (name: string, value: number, unit: string, wanted: number): Row => ({
    ...{ name, value, unit, reference: 'wanted', referenceValue: wanted },
    ...{ ratioOf: 'ours / wanted', ratio: value / wanted },
  });
  publish('hour', [
    row('open an hour of MP3: upload, hash, decode', open, 's', 10),
    row('first pixels of its spectrogram after that', first, 's', 2),
    row('all tiles in view after that', all, 's', 2),
    row('opened and drawn: the host alone', hostMiB, 'MiB', 400),
    row('the same with its processes', allMiB, 'MiB', 400),
  ]);
});
