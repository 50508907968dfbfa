import { describe, expect, it } from 'vitest';
import { transformOf } from '../../../src-renderer/editor/spectrogram.js';
import type { Settings } from '../../../src-renderer/state/settings.svelte.js';
import type { SongController } from '../../../src-renderer/state/song.svelte.js';
import { colourMap, colourMapNames } from '../../../src-renderer/picture/colour-maps.js';
import { LayerCache } from '../../../src-renderer/picture/gl/layer-cache.js';
import { rulerTicks } from '../../../src-renderer/editor/ruler-ticks.js';
import { levelInTile } from '../../../src-renderer/picture/tiles/level-at.js';
import * as plan from '../../../src-renderer/picture/tiles/tile-plan.js';
import { coarseLevel, TileStore } from '../../../src-renderer/picture/tiles/tile-store.js';
import { clampSpan, followSpan, windowFor, zoomSpan } from '../../../src-renderer/picture/viewport.js';
import { wavesIn } from '../../../src-renderer/picture/wave/draw.js';
import { envelopeOfPeaks, envelopeOfSamples, joined } from '../../../src-renderer/picture/wave/envelope.js';
import { levelLabels, waveAxis, waveHeight } from '../../../src-renderer/picture/wave/wave-axis.js';
import { UnbraidError } from '../../../src-main/common/base/errors.js';
import { tileSize, type TileRequest } from '../../../src-main/common/contract/session.js';

describe('colour maps', () => {
  it('rise from dark to bright and are opaque', () => {
    for (const name of colourMapNames) {
      const map = colourMap(name);
      const light = (i: number): number => map[4 * i] + map[4 * i + 1] + map[4 * i + 2];
      expect(light(255)).toBeGreaterThan(light(128));
      expect(light(128)).toBeGreaterThan(light(0));
      expect(map[4 * 77 + 3]).toBe(255);
    }
    // The last entry of magma as published: #fcfdbf.
    expect([...colourMap('magma').slice(-4)]).toEqual([252, 253, 191, 255]);
  });
});

describe('tile plans', () => {
  const grid = { nFft: 2048, hop: 512, length: 10_000_000 };

  it('take the finest level whose columns are at least half a pixel wide', () => {
    expect(plan.levelFor(grid, 100)).toBe(0);
    expect(plan.levelFor(grid, 1023)).toBe(0);
    expect(plan.levelFor(grid, 1024)).toBe(1);
    expect(plan.levelFor(grid, 512 * 8)).toBe(3);
    expect(plan.levelFor(grid, 1e9)).toBe(plan.coarsestLevel(grid));
  });

  it('hold the whole song in one column of the coarsest level', () => {
    const level = plan.coarsestLevel(grid);
    expect(plan.columnSamples(grid, level)).toBeGreaterThanOrEqual(grid.length);
    expect(plan.columnSamples(grid, level - 1)).toBeLessThan(grid.length);
  });

  it('draw the coarsest level first, then the columns that are on screen', () => {
    const span = { start: 300_000, framesPerPixel: 500, width: 1000 };
    expect(plan.drawPlan(grid, span)).toEqual([
      { level: plan.coarsestLevel(grid), column: 0 },
      { level: 0, column: 1 },
      { level: 0, column: 2 },
      { level: 0, column: 3 },
    ]);
  });

  it('let tiles of other zooms stand in: coarser ones below finer ones, and not the level of the zoom', () => {
    const span = { start: 1_000_000, framesPerPixel: 512 * 8, width: 1000 };
    const coarse = plan.coarsestLevel(grid);
    expect([coarse, plan.levelFor(grid, span.framesPerPixel)]).toEqual([6, 3]);
    const columns = plan.standIns(grid, span);
    expect([...new Set(columns.map(({ level }) => level))]).toEqual([5, 4, 1, 2]);
    for (const level of [5, 4, 1, 2]) {
      const own = columns.filter((column) => column.level === level);
      expect(own).toEqual(plan.visibleColumns(grid, span, level));
    }
    expect(plan.standIns(grid, { ...span, framesPerPixel: 100 }).map(({ level }) => level)).not.toContain(0);
    expect(plan.standIns({ ...grid, length: 1000 }, span)).toEqual([]);
  });

  it('ask for what is on screen last in the middle, which is fetched first then', () => {
    const span = { start: 300_000, framesPerPixel: 500, width: 1000 };
    // Columns of 262,144 samples: the middle of the view, 550,000, is in column 2, and the middle of 1 is nearer than that of 3.
    expect(plan.tilesInView(grid, span, [0, 1])).toEqual([
      ...[1, 0].map((row) => ({ level: 0, column: 3, row })),
      ...[1, 0].map((row) => ({ level: 0, column: 1, row })),
      ...[1, 0].map((row) => ({ level: 0, column: 2, row })),
    ]);
  });

  it('have no row for the Nyquist bin alone', () => {
    expect(plan.tileRows(grid)).toBe(2);
    expect(plan.tileRows({ ...grid, nFft: 512 })).toBe(1);
  });

  it('fetch only the rows whose bins are on screen', () => {
    const fine = { ...grid, nFft: 8192 };
    expect(plan.tileRows(fine)).toBe(8);
    expect(plan.visibleRows(fine, -3, 4096)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(plan.visibleRows(fine, 511.9, 1024)).toEqual([0, 1, 2]);
    expect(plan.visibleRows(fine, 1700, 1800)).toEqual([3]);
    expect(plan.visibleRows(fine, 4095, 5000)).toEqual([7]);
  });

  it('read a level from its texel: 255 is 0 dB, 0 is the floor', () => {
    const bytes = new Uint8Array(tileSize * tileSize);
    bytes[3 * tileSize + 7] = 255;
    bytes[3 * tileSize + 8] = 204;
    expect(levelInTile(bytes, 7, 3)).toBe(0);
    expect(levelInTile(bytes, 8.9, 3)).toBeCloseTo(-24, 12);
    expect(levelInTile(bytes, 9, 3)).toBeNull();
  });
});

describe('the layers of the texture', () => {
  it('keep a tile, upload it again when its bytes changed, and give the oldest layer away', () => {
    const cache = new LayerCache(2);
    expect(cache.place({ key: 'a', version: 1 })).toEqual({ layer: 0, upload: true });
    expect(cache.place({ key: 'b', version: 2 })).toEqual({ layer: 1, upload: true });
    expect(cache.place({ key: 'a', version: 1 })).toEqual({ layer: 0, upload: false });
    expect(cache.place({ key: 'a', version: 3 })).toEqual({ layer: 0, upload: true });
    expect(cache.place({ key: 'c', version: 4 })).toEqual({ layer: 1, upload: true });
    expect(cache.place({ key: 'b', version: 2 })).toEqual({ layer: 0, upload: true });
  });
});

describe('the tile store', () => {
  const request = (column: number): TileRequest => ({
    session: 's',
    track: 't',
    nFft: 2048,
    hop: 512,
    channels: 'all',
    method: 'window',
    window: 'hann',
    level: 0,
    column,
    row: 0,
  });
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('fetches a tile once, says so, and keeps showing an old one until the new one is here', async () => {
    let value = 1;
    const asked: number[] = [];
    const store = new TileStore(
      ({ column }) => {
        asked.push(column);
        return Promise.resolve(new Uint8Array([value]));
      },
      () => undefined,
    );
    const told: string[] = [];
    store.onTile((track) => told.push(track));
    expect(store.get(request(3))).toBeNull();
    await settled();
    expect(store.get(request(3))?.bytes[0]).toBe(1);
    await settled();
    expect([asked, told]).toEqual([[3], ['t']]);
    value = 2;
    store.refresh(new Set(['t']));
    const old = store.get(request(3));
    expect(old?.bytes[0]).toBe(1);
    await settled();
    expect(store.get(request(3))?.bytes[0]).toBe(2);
    expect(store.get(request(3))?.version).not.toBe(old?.version);
    store.dispose();
  });

  it('fetches the newest wish first, and reports a failure without asking again at once', async () => {
    const asked: number[] = [];
    const failures: unknown[] = [];
    const store = new TileStore(
      ({ column }) => {
        asked.push(column);
        return Promise.reject(new Error('no'));
      },
      (error) => failures.push(error),
    );
    store.get(request(1));
    store.get(request(2));
    await settled();
    store.get(request(1));
    await settled();
    expect(asked).toEqual([2, 1]);
    expect(failures.length).toBe(2);
    store.dispose();
  });

  it('of stems that others took the place of are no failure', async () => {
    const failures: unknown[] = [];
    const store = new TileStore(
      () => Promise.reject(new UnbraidError('track-gone', 'The song has no track "t"')),
      (error) => failures.push(error),
    );
    store.get(request(1));
    await settled();
    expect(failures).toEqual([]);
    store.dispose();
  });

  it('of a lane that has none come before those that grow, which take turns', async () => {
    const asked: number[] = [];
    const waiting: (() => void)[] = [];
    const store = new TileStore(
      ({ column }) => {
        asked.push(column);
        return new Promise((resolve) => waiting.push(() => resolve(new Uint8Array([1]))));
      },
      () => undefined,
    );
    const growing = (column: number): Parameters<typeof store.get>[0] => ({
      ...request(column),
      track: 'growing',
    });
    const answer = async (): Promise<void> => (waiting.splice(0).forEach((one) => one()), settled());
    const columns = [0, 1, 2, 3, 4, 5, 6, 7];
    for (const column of columns) store.get(growing(column));
    await settled();
    await answer();
    await answer();
    expect(asked.splice(0)).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
    // What is drawn last is what grows.
    store.get(request(100));
    store.refresh(new Set(['growing']));
    for (const column of columns) store.get(growing(column));
    await settled();
    expect(asked.splice(0)).toEqual([100, 7, 6, 5, 4, 3]);
    await answer();
    // Out of date once more before all have had their turn: the others are next.
    store.refresh(new Set(['growing']));
    for (const column of columns) store.get(growing(column));
    await settled();
    expect(asked.splice(0)).toEqual([2, 1, 0, 7, 6, 5]);
    store.dispose();
  });

  it('of a lane that is not drawn again come too, however often another lane is', async () => {
    const asked: string[] = [];
    const free: (() => void)[] = [];
    const store = new TileStore(
      ({ track, column }) => {
        asked.push(`${track}/${column}`);
        return new Promise((resolve) => free.push(() => resolve(new Uint8Array([1]))));
      },
      () => undefined,
    );
    const of = (track: string, column: number): Parameters<typeof store.get>[0] => ({
      ...request(column),
      track,
    });
    // The first six are on their way; those of the quiet lane wait.
    for (const column of [0, 1, 2, 3, 4, 5]) store.get(of('busy', column));
    await settled();
    for (const column of [0, 1]) store.get(of('quiet', column));
    // Each tile that comes draws its lane anew, which asks for all that is on screen.
    for (let drawing = 0; drawing < 200; drawing++)
      for (const column of [0, 1, 2, 3, 4, 5]) store.get(of('busy', column));
    free.splice(0).forEach((one) => one());
    await settled();
    expect(asked.slice(6)).toEqual(['quiet/1', 'quiet/0']);
    // What a lane itself asks for no more is not fetched.
    free.splice(0).forEach((one) => one());
    await settled();
    asked.length = 0;
    for (const column of [10, 11, 12, 13, 14, 15]) store.get(of('busy', column));
    await settled();
    store.get(of('busy', 20));
    for (let drawing = 0; drawing < 200; drawing++)
      for (const column of [30, 31, 32, 33]) store.get(of('busy', column));
    free.splice(0).forEach((one) => one());
    await settled();
    expect(asked.slice(6)).toEqual(['busy/33', 'busy/32', 'busy/31', 'busy/30']);
    store.dispose();
  });

  it('know how far their track had grown when they were asked for', async () => {
    const free: (() => void)[] = [];
    const store = new TileStore(
      () => new Promise((resolve) => free.push(() => resolve(new Uint8Array([1])))),
      () => undefined,
    );
    const answer = async (): Promise<number | undefined> => {
      await settled();
      free.splice(0).forEach((one) => one());
      await settled();
      return store.peek(request(1))?.reach;
    };
    const tracks = new Set(['t']);
    store.grow(tracks, 300);
    store.get(request(1));
    await settled();
    // What has come since then is not in it.
    store.grow(tracks, 500);
    expect(await answer()).toBe(300);
    store.refresh(tracks);
    store.get(request(1));
    expect(await answer()).toBe(500);
    store.grow(tracks, null);
    expect([store.reachOf('t'), store.peek(request(1))?.reach]).toEqual([Infinity, 500]);
    store.refresh(tracks);
    store.get(request(1));
    expect(await answer()).toBe(Infinity);
    store.dispose();
  });

  it('of a high level come from a few frames first, and are refined one by one when nothing else is to come', async () => {
    const asked: string[] = [];
    const waiting: (() => void)[] = [];
    let free = false;
    const store = new TileStore(
      ({ level, column, coarse }) => {
        asked.push(`${level}/${column}${coarse ? ' coarse' : ''}`);
        return new Promise((resolve) => waiting.push(() => resolve(new Uint8Array([coarse ? 1 : 2]))));
      },
      () => undefined,
      () => free,
    );
    const high = (column: number): Parameters<typeof store.get>[0] => ({
      ...request(column),
      level: coarseLevel,
    });
    const answer = async (): Promise<void> => (waiting.splice(0).forEach((one) => one()), settled());
    for (const column of [0, 1]) store.get(high(column));
    store.get(request(7));
    await settled();
    expect(asked.splice(0)).toEqual(['0/7', `${coarseLevel}/1 coarse`, `${coarseLevel}/0 coarse`]);
    await answer();
    expect(store.get(high(0))?.bytes[0]).toBe(1);
    await settled();
    // A separation has the machine.
    expect(asked).toEqual([]);
    free = true;
    store.get(high(0));
    await settled();
    expect(asked.splice(0)).toEqual([`${coarseLevel}/0`]);
    await answer();
    expect(store.get(high(0))?.bytes[0]).toBe(2);
    expect(asked.splice(0)).toEqual([`${coarseLevel}/1`]);
    await answer();
    store.get(high(1));
    await settled();
    expect(asked).toEqual([]);
    store.dispose();
  });
});

describe('the viewport', () => {
  const span = { start: 1000, framesPerPixel: 10, width: 100 };

  it('keeps the frame under the pointer when it zooms', () => {
    const closer = zoomSpan(span, 30, 2, 1e6);
    expect(closer.framesPerPixel).toBe(5);
    expect(closer.start + 30 * closer.framesPerPixel).toBe(1300);
  });

  it('shows no more than the song and no less than half a sample a pixel', () => {
    expect(clampSpan({ ...span, framesPerPixel: 1e9 }, 5000)).toEqual({
      start: 0,
      framesPerPixel: 50,
      width: 100,
    });
    expect(clampSpan({ ...span, framesPerPixel: 0 }, 5000).framesPerPixel).toBe(0.5);
    expect(clampSpan({ ...span, start: 4990 }, 5000).start).toBe(4000);
  });

  it('asks for a window of about sixteen pixels, a power of two from 512 to 8192', () => {
    expect([1, 32, 45, 46, 128, 500, 1e6].map(windowFor)).toEqual([512, 512, 512, 1024, 2048, 8192, 8192]);
  });

  it('pages on when the position has left it, and stays otherwise', () => {
    expect(followSpan(span, 1500, 1e6)).toBe(span);
    expect(followSpan(span, 2000, 1e6).start).toBe(1950);
  });

  it('has ticks at round times with room for their labels', () => {
    const ticks = rulerTicks({ start: 44_100, framesPerPixel: 441, width: 1000 }, 44_100);
    expect(ticks.map(({ x, label }) => [Math.round(x), label]).slice(0, 3)).toEqual([
      [0, '0:01'],
      [100, '0:02'],
      [200, '0:03'],
    ]);
    expect(rulerTicks({ start: 0, framesPerPixel: 4.41, width: 500 }, 44_100)[1].label).toBe('0:00.01');
  });
});

describe('waveforms', () => {
  it('show the extremes of the columns below a pixel', () => {
    const peaks = Float32Array.from([-0.1, 0.1, -0.9, 0.2, -0.3, 0.8, -0.2, 0.4]);
    const pixels = envelopeOfPeaks(peaks, 400, { start: 0, framesPerPixel: 200, width: 2 });
    expect([...pixels]).toEqual([-0.9, 0.2, -0.3, 0.8].map(Math.fround));
    const close = envelopeOfPeaks(peaks, 400, { start: 210, framesPerPixel: 10, width: 2 });
    expect([...close]).toEqual([-0.3, 0.8, -0.3, 0.8].map(Math.fround));
  });

  it('show the extremes of the samples of a pixel, and join pixel to pixel', () => {
    const samples = Float32Array.from([0, 0.5, 0, 0, -0.25]);
    const pixels = envelopeOfSamples(samples, 100, { start: 100, framesPerPixel: 2, width: 2 });
    expect([...pixels]).toEqual([0, 0.5, -0.25, 0]);
    // A span that begins before the samples do is silent there.
    expect([...envelopeOfSamples(samples, 104, { start: 100, framesPerPixel: 2, width: 1 })]).toEqual([0, 0]);
  });

  it('are drawn as one where the lane has no room for each channel', () => {
    expect([wavesIn(2, 48), wavesIn(2, 47), wavesIn(1, 10), wavesIn(6, 144)]).toEqual([2, 1, 1, 6]);
    const both = joined([Float32Array.from([-0.5, 0.25]), Float32Array.from([-0.125, 0.75])]);
    expect([...both]).toEqual([-0.5, 0.75]);
  });

  it('are full at the loudest sample of the song; half is 30 dB below it, or half of it', () => {
    const db = waveAxis('db', [0.25, 0.5]);
    const at = (axis: typeof db, amplitude: number): number => Math.round(1000 * waveHeight(axis, amplitude));
    const wanted = [1000, 500, -500, 0, 0, 1000];
    const amplitudes = [0.5, 0.5 * 10 ** (-30 / 20), -0.5 * 10 ** (-30 / 20), 0.5e-3, 0, 4];
    expect(amplitudes.map((amplitude) => at(db, amplitude))).toEqual(wanted);
    const linear = waveAxis('linear', [0.5]);
    expect([0.5, -0.25, 0].map((amplitude) => at(linear, amplitude))).toEqual([1000, -500, 0]);
    expect(waveAxis('db', [0, 0]).top).toBe(1);
  });

  it('have a ruler of levels that have room, none above the loudest sample', () => {
    const labels = (axis: ReturnType<typeof waveAxis>, half: number): number[] =>
      levelLabels(axis, half)
        .map(({ db }) => db)
        .sort((x, y) => y - x);
    const full = waveAxis('db', [1]);
    expect(labels(full, 200)).toEqual([-2, -6, -12, -18, -24, -30, -36, -42, -48, -54]);
    expect(labels(full, 30)).toEqual([-24]);
    expect(labels(full, 12)).toEqual([]);
    expect(labels(waveAxis('db', [0.1]), 60)).toEqual([-36, -60]);
    const half = levelLabels(waveAxis('linear', [1]), 100).find(({ db }) => db === -6)!;
    expect(half.height).toBeCloseTo(0.501, 3);
  });
});

describe('the transform that is shown', () => {
  it('is reassigned from close by, and the one of several windows from afar; all others are at any zoom', () => {
    const at = (windows: 'one' | 'combined' | 'reassigned', framesPerPixel: number): unknown => {
      const settings = { nFft: 2048, windows, overlap: 4, window: 'hann', channels: 'all' };
      const view = { span: { start: 0, framesPerPixel, width: 800 } };
      const { nFft, overlap, method } = transformOf(
        settings as unknown as Settings,
        view as unknown as SongController['view'],
      );
      return [nFft, overlap, method];
    };
    expect(at('reassigned', 2000)).toEqual([4096, 16, 'reassigned']);
    expect(at('reassigned', 2100)).toEqual([4096, 16, 'combined']);
    expect(at('combined', 10)).toEqual([4096, 16, 'combined']);
    expect(at('one', 10)).toEqual([2048, 4, 'window']);
  });
});
