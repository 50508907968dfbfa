import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { noise, sine } from '../fixtures/signals.js';
import { testFolder } from '../cli/support/run.js';
import { sumOf, writeWav } from '../cli/support/songs.js';

const root = testFolder();
const rate = 44_100;
const planes = {
  vocals: [sine(rate, 880, rate, 0.3)],
  drums: [noise(rate, 3).map((x, i) => 0.3 * x * Math.exp(-i / 5000))],
};
const engine = new EngineApi({
  ...{ cacheDir: join(root, 'cache'), stateDir: join(root, 'state') },
  host: headlessServices('library'),
});
afterAll(() => engine.dispose());

it('an oracle of an open song refuses what it would leave undone, and makes its stems without that', async () => {
  const files = Object.entries(planes).map(([name, sound]) =>
    writeWav(join(root, `${name}.wav`), sound, rate, '32f'),
  );
  const mix = sumOf(Object.values(planes)).map((plane) => Float32Array.from(plane));
  const song = writeWav(join(root, 'song.wav'), mix, rate, '32f');
  const { session } = await engine.sessions.openPath(song, 'song.wav');
  type Asked = Parameters<ReturnType<EngineApi['client']>['separateSession']>[0];
  const ask = (more: Partial<Asked>): ReturnType<ReturnType<EngineApi['client']>['separateSession']> => {
    const truth = files.map((path) => {
      const upload = engine.sessions.newUpload(path.split('/').at(-1)!);
      copyFileSync(path, upload.path);
      return upload.handle;
    });
    const oracle = { kind: 'mwf', truth } as const;
    return engine.client().separateSession({ job: 'oracle', session, settings: {}, oracle, ...more });
  };
  const refused: [Partial<Asked>, RegExp][] = [
    [{ settings: { wiener: 2 } }, /no Wiener filter comes after/],
    [{ settings: { phase: 'misi' } }, /has phases already/],
    [{ settings: { stems: ['vocals'] } }, /all stems of the whole song/],
    [{ range: { start: 0, count: 1000 } }, /all stems of the whole song/],
  ];
  for (const [more, message] of refused)
    await expect(ask(more)).rejects.toMatchObject({
      ...{ code: 'invalid-argument', message: expect.stringMatching(message) as string },
    });
  const info = await ask({ settings: { wiener: 0 } });
  expect(info.tracks.map(({ name }) => name)).toEqual(['source', 'vocals', 'drums']);
});
