import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

interface Song {
  readonly seconds: number;
  readonly read: number;
  readonly written: number;
}
interface Plan {
  readonly seconds: number;
  readonly work: number;
  readonly limit: string;
  readonly bytesPerSecond: number;
}
const file = fileURLToPath(new URL('../../bench/many-machines.mjs', import.meta.url));
const { plan, schedule } = (await import(pathToFileURL(file).href)) as {
  plan: (
    count: number,
    workers: number,
    songs: readonly Song[],
    limits: { readonly cost: number; readonly storage: number },
  ) => Plan;
  schedule: (
    songs: number,
    workers: number,
    timeOf: (i: number) => number,
  ) => { seconds: number; work: number };
};

// 10 s of work and 100 bytes a song.
const songs = [{ seconds: 10, read: 40, written: 60 }];
const wide = { cost: 1e-9, storage: 1e12 };

it('gives each song to the worker that is free first', () => {
  const times = [5, 1, 1, 1, 4];
  expect(schedule(5, 2, (i) => times[i])).toEqual({ seconds: 7, work: 12 });
  expect(schedule(2, 9, () => 3)).toEqual({ seconds: 3, work: 6 });
});

it('plans by the workers alone while neither queue nor storage is full', () => {
  expect(plan(1000, 10, songs, wide)).toEqual({
    ...{ seconds: 1000, work: 10_000, limit: 'none' },
    bytesPerSecond: 100,
  });
});

it('never moves more bytes than storage can, and pays for workers that wait', () => {
  const narrow = plan(1000, 100, songs, { ...wide, storage: 500 });
  // 100 workers could do it in 100 s; 100,000 bytes take 200.
  expect(narrow).toEqual({ seconds: 200, work: 20_000, limit: 'storage', bytesPerSecond: 500 });
  expect(plan(1000, 1000, songs, { ...wide, storage: 500 })).toMatchObject({ seconds: 200, work: 200_000 });
});

it('takes no more songs a second than the queue gives', () => {
  expect(plan(1000, 100, songs, { ...wide, cost: 0.5 })).toMatchObject({ seconds: 500, limit: 'queue' });
});
