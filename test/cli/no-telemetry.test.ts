import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startBin, testFolder } from './support/run.js';
import { song, writeWav } from './support/songs.js';

const dir = testFolder();

it('the runtime of the networks keeps no record of what it runs, and has nothing to send', async () => {
  const path = join(dir, 'song.wav');
  writeWav(path, song(2, 22_050), 44_100, '32f');
  const [home, temp] = [join(dir, 'home'), join(dir, 'temp')];
  for (const folder of [home, temp]) mkdirSync(folder);
  const args = ['separate', path, '-m', 'unbraid-fast', '-o', join(dir, 'stems'), '--workers', '1'];
  const env = {
    ...{ HOME: home, XDG_CACHE_HOME: join(home, 'cache'), XDG_CONFIG_HOME: join(home, 'config') },
    ...{ TMPDIR: temp, ORT_DISABLE_TELEMETRY: '' },
  };
  const { code, err } = await startBin(args, { cache: join(dir, 'cache'), env }).done;
  expect(code, err).toBe(0);
  const made = [home, temp].flatMap((folder) => readdirSync(folder, { recursive: true }).map(String));
  expect(made.filter((file) => /microsoft|onnxruntime|\.ses$|mat-debug/i.test(file))).toEqual([]);
});
