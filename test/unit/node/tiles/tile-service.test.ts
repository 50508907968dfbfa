import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { tileSize } from '../../../../src-main/common/contract/session.js';
import {
  TileComputer,
  coarseColumn,
  computePeaks,
  poolTiles,
} from '../../../../src-main/node/tiles/tile-compute.js';
import { TileService } from '../../../../src-main/node/tiles/tile-service.js';
import { cacheOf, planesOf, testFolder, testSignal } from '../../../fixtures/audio/caches.js';

const dir = testFolder();
const spectrum = { nFft: 2048, hop: 256, window: 'hann', channels: 'all', method: 'window' } as const;
// Two columns and a half of tiles at this hop.
const planes = testSignal(2, Math.round(2.5 * tileSize * spectrum.hop));
const ref = cacheOf(dir, planes, 44_100);

const loudest = (tile: Uint8Array): number => tile.reduce((most, level) => Math.max(most, level), 0);

/** A column of level 0, computed here. */
function columnHere(column: number): Uint8Array[] {
  const computer = new TileComputer(ref, spectrum);
  try {
    return computer.column(column);
  } finally {
    computer.dispose();
  }
}

const services: TileService[] = [];
function service(threads?: number): TileService {
  const made = new TileService(threads);
  services.push(made);
  return made;
}
afterEach(async () => {
  for (const made of services.splice(0)) await made.dispose();
});

/** The threads, to end one as a crash would. */
const threadsOf = (tiles: TileService): readonly Worker[] =>
  (tiles as unknown as { readonly workers: readonly { readonly worker: Worker }[] }).workers.map(
    ({ worker }) => worker,
  );

describe('tiles from worker threads', () => {
  it('are those of the samples, for every row', async () => {
    const tiles = service();
    const here = columnHere(1);
    const there = await Promise.all(
      here.map((_, row) => tiles.tile('key', ref, spectrum, { level: 0, column: 1, row })),
    );
    expect(there).toEqual(here);
    expect(Math.max(...here.map(loudest))).toBeGreaterThan(200);
    const beyond = await tiles.tile('key', ref, spectrum, { level: 0, column: 1, row: 99 });
    expect(beyond).toEqual(new Uint8Array(tileSize * tileSize));
  });

  it('of higher levels are the maximum of two, the last one of one', async () => {
    const tiles = service();
    const [a, b, c] = [0, 1, 2].map(columnHere);
    const at = (level: number, column: number, row: number): Promise<Uint8Array> =>
      tiles.tile('key', ref, spectrum, { level, column, row });
    expect(await at(1, 0, 1)).toEqual(poolTiles(a[1], b[1]));
    expect(await at(1, 1, 1)).toEqual(poolTiles(c[1], undefined));
    expect(await at(2, 0, 1)).toEqual(poolTiles(poolTiles(a[1], b[1]), poolTiles(c[1], undefined)));
  });

  it('of a few frames are those frames of the level below, and never louder than the tile of all', async () => {
    const tiles = service();
    const at = { level: 3, column: 0, row: 0 };
    const whole = await tiles.tile('key', ref, spectrum, at);
    const coarse = await tiles.tile('key', ref, spectrum, { ...at, coarse: true });
    expect(coarse).toEqual(coarseColumn(ref, spectrum, at)[0]);
    expect(coarse).not.toEqual(whole);
    // Column 5 stands for frames 40 to 47: the second and the sixth of them.
    const below = columnHere(0)[0];
    const rows = Array.from({ length: tileSize }, (_, row) => row * tileSize);
    expect(rows.map((row) => coarse[row + 5])).toEqual(
      rows.map((row) => Math.max(below[row + 42], below[row + 46])),
    );
    expect(coarse.every((level, i) => level <= whole[i])).toBe(true);
    expect(loudest(coarse)).toBeGreaterThan(200);
    // Of level 0 there is only the one.
    const zero = { level: 0, column: 0, row: 0 };
    expect(await tiles.tile('key', ref, spectrum, { ...zero, coarse: true })).toEqual(columnHere(0)[0]);
  });

  it('of a high level are made one part after the other, and keep only what is near them', async () => {
    const long = cacheOf(dir, testSignal(1, 40 * tileSize * spectrum.hop), 44_100);
    const tiles = service(1);
    const { pending, columns } = tiles as unknown as {
      readonly pending: ReadonlyMap<number, unknown>;
      readonly columns: ReadonlyMap<string, unknown>;
    };
    let most = 0;
    let done = false;
    const watch = (): void => {
      most = Math.max(most, pending.size);
      if (!done) setImmediate(watch);
    };
    watch();
    const tile = await tiles.tile('key', long, spectrum, { level: 6, column: 0, row: 0 });
    done = true;
    expect(most).toBeLessThanOrEqual(4);
    expect(loudest(tile)).toBeGreaterThan(200);
    const levels = [...columns.keys()].map((name) => Number(name.split(' ').at(-2)));
    expect(Math.min(...levels)).toBe(3);
    expect(levels).toHaveLength(1 + 2 + 3 + 5);
  });

  it('stay until they are forgotten: then other samples give others', async () => {
    const tiles = service();
    const silent = cacheOf(
      dir,
      planes.map((plane) => new Float32Array(plane.length)),
      44_100,
    );
    const at = { level: 0, column: 0, row: 0 };
    const first = await tiles.tile('song stem', ref, spectrum, at);
    expect(await tiles.tile('song stem', silent, spectrum, at)).toEqual(first);
    tiles.forget('song');
    expect(loudest(first)).toBeGreaterThan(0);
    expect(loudest(await tiles.tile('song stem', silent, spectrum, at))).toBe(0);
  });

  it('come with peaks of the whole track', async () => {
    expect(await service().peaks(ref, 40)).toEqual(computePeaks(ref, 40));
  });

  it('come with peaks of each channel, whose extremes are those of all', async () => {
    const split = await service().peaks(ref, 40, true);
    expect(split).toHaveLength(ref.channels * 80);
    planesOf(ref).forEach((plane, ch) => {
      const first = plane.filter((_, i) => Math.floor((i * 40) / ref.frames) === 0);
      const pair = [...split.subarray(80 * ch, 80 * ch + 2)];
      expect(pair).toEqual([Math.min(0, ...first), Math.max(0, ...first)]);
    });
    const all = computePeaks(ref, 40);
    const [left, right] = [split.subarray(0, 80), split.subarray(80)];
    const joined = left.map((x, i) => (i % 2 === 0 ? Math.min(x, right[i]) : Math.max(x, right[i])));
    expect(joined).toEqual(all);
  });

  it('are asked for again after samples that could not be read', async () => {
    const tiles = service();
    const at = { level: 0, column: 0, row: 0 };
    await expect(tiles.tile('key', { ...ref, dir: `${dir}/none` }, spectrum, at)).rejects.toMatchObject({
      code: expect.any(String) as string,
    });
    expect(await tiles.tile('key', ref, spectrum, at)).toEqual(columnHere(0)[0]);
  });
});

describe('a tile thread that dies', () => {
  it('takes its own calls with it, not those of the other, and is replaced', async () => {
    const tiles = service(2);
    const long = cacheOf(dir, testSignal(2, 4_000_000), 44_100);
    const at = { level: 4, column: 0, row: 0, coarse: true };
    const calls = ['one', 'other'].map((key) => tiles.tile(key, long, spectrum, at));
    const [first, second] = threadsOf(tiles);
    await first.terminate();
    await expect(calls[0]).rejects.toMatchObject({ code: 'process-died' });
    expect(await calls[1]).toEqual(coarseColumn(long, spectrum, at)[0]);
    expect(await tiles.peaks(ref, 10)).toEqual(computePeaks(ref, 10));
    expect(threadsOf(tiles)).not.toContain(first);
    expect(threadsOf(tiles)).toContain(second);
  });

  it('leaves nobody waiting when the service is closed, and starts no thread after that', async () => {
    const tiles = service(1);
    // The second one waits for the first.
    const calls = [10, 20].map((columns) => tiles.peaks(ref, columns));
    const refused = Promise.all(
      calls.map((call) => expect(call).rejects.toMatchObject({ code: 'cancelled' })),
    );
    await new Promise((resolve) => setImmediate(resolve));
    await tiles.dispose();
    await refused;
    expect(threadsOf(tiles)).toEqual([]);
  });
});
