import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { factorCurves } from '../../src-main/common/separation/classic/factor-curves.js';
import type { MaskSeparator } from '../../src-main/common/separation/classic/masking.js';
import { createClassic } from '../../src-main/common/separation/classic/registry.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { testFolder } from '../cli/support/run.js';
import { song, writeWav } from '../cli/support/songs.js';

const root = testFolder();
const rate = 44_100;
const planes = song(2, 30 * rate, rate);
const file = writeWav(join(root, 'song.wav'), planes, rate, '32f');
let engine: EngineApi;

beforeAll(() => {
  engine = new EngineApi({
    cacheDir: join(root, 'cache'),
    stateDir: join(root, 'state'),
    host: headlessServices('library'),
  });
});
afterAll(() => engine.dispose());

/** Curves of the samples `[start, start + length)`, zeros where they end, sorted as the lanes are. */
function direct(
  id: string,
  start: number,
  length: number,
): readonly { spectrum: number[]; gains: number[] }[] {
  const separator = createClassic(id) as MaskSeparator;
  const heard = planes.map((plane) => Float32Array.from({ length }, (_, i) => plane[start + i] ?? 0));
  const factors = separator.factors(heard)!;
  const { spectra, gains } = factorCurves(factors, separator.grid);
  const order = factors.stems.map((_, k) => k).sort((a, b) => factors.stems[a] - factors.stems[b] || a - b);
  return order.map((k) => ({ spectrum: [...spectra[k]], gains: [...gains[k]] }));
}

it('a page sees W and H of the stems it has, of the piece at the playhead', async () => {
  const client = engine.client();
  const { session } = await engine.sessions.openPath(file, 'song.wav');
  const ask = (at: number): ReturnType<typeof client.sessionFactors> =>
    client.sessionFactors({ job: `at ${at}`, session, at });
  await expect(ask(0)).rejects.toMatchObject({ code: 'invalid-argument' });

  const model = 'nmf:components=4:iterations=10';
  await client.separateSession({ job: 'a', session, settings: { model } });
  const segment = createClassic(model).info.segment.length;
  const step = Math.round(0.8 * segment);
  const first = await ask(2);
  expect(first).toMatchObject({ model, piece: 0, pieces: 2, from: 0 });
  expect(first.components.map(({ spectrum, gains }) => ({ spectrum, gains }))).toEqual(
    direct(model, 0, segment),
  );
  const second = await ask(28);
  expect(second).toMatchObject({ piece: 1, to: 30 });
  expect(second.components.map(({ spectrum, gains }) => ({ spectrum, gains }))).toEqual(
    direct(model, step, segment),
  );
  expect(second.seconds[0]).toBeCloseTo(step / rate, 6);

  // Each lane of components is one.
  const lanes = 'nmf-components:components=3:iterations=10';
  await client.separateSession({
    ...{ job: 'b', session, settings: { model: lanes } },
    range: { start: 10 * rate, count: 4 * rate },
  });
  const part = await ask(11);
  expect(part.components.map(({ stem }) => stem)).toEqual(['component-1', 'component-2', 'component-3']);
  expect(part).toMatchObject({ pieces: 1, from: 7, to: 17 });
  const padded = 1024 * Math.ceil((10 * rate) / 1024);
  // What was heard ends with the part and its surroundings.
  const heard = createClassic(lanes) as MaskSeparator;
  const cut = planes.map((plane) => {
    const out = new Float32Array(padded);
    out.set(plane.subarray(7 * rate, 17 * rate));
    return out;
  });
  const { spectra } = factorCurves(heard.factors(cut)!, heard.grid);
  const sorted = (curves: readonly (readonly number[])[]): string[] =>
    curves.map((curve) => curve.join(' ')).sort();
  expect(sorted(part.components.map(({ spectrum }) => spectrum))).toEqual(sorted(spectra));

  await client.separateSession({ job: 'c', session, settings: { model: 'hpss' } });
  await expect(ask(0)).rejects.toMatchObject({ code: 'invalid-argument' });
});
