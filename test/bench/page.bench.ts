import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { afterAll, it } from 'vitest';
import { tileSize } from '../../src-main/common/contract/session.js';
import { control, pageFrames } from '../../src-renderer/playback/shared.js';
import { processTree, watchMemory } from './memory.js';
import { benchFolder, executablePath, now, songFile, startBench, timeOpening } from './page.js';
import { median, publish, type Row } from './report.js';
import { songSeconds } from './song.js';

/** What the page's functions below see of a browser; the bench itself runs in Node. */
declare const document: { querySelectorAll(selector: string): ArrayLike<unknown> };
declare const window: {
  readonly __unbraid: {
    readonly app: {
      readonly song: {
        readonly info: { readonly session: string };
        readonly player: {
          play(): void;
          pause(): void;
          seek(frame: number): void;
          readonly shared: { readonly controls: Int32Array };
          readonly tracks: ReadonlyMap<
            string,
            { readonly table: Int32Array; readonly samples: Float32Array; readonly channels: number }
          >;
        };
        readonly shape: { set(stem: string, value: number): void };
        readonly view: {
          span: { readonly start: number; readonly framesPerPixel: number; readonly width: number };
        };
        readonly tiles: { onTile(listener: () => void): () => void };
      };
    };
  };
};

const { folder, remove } = benchFolder();
afterAll(remove);
/** Seconds from a seek to the audio thread being there, the median of several. */
function timeSeek(page: Page): Promise<number> {
  return page.evaluate(async (position) => {
    const { player } = window.__unbraid.app.song;
    const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    player.play();
    await pause(1000);
    const times: number[] = [];
    for (let i = 0; i < 15; i++) {
      const target = 44_100 * (5 + ((i * 37) % 200));
      const start = performance.now();
      player.seek(target);
      const there = (): boolean => {
        const at = Atomics.load(player.shared.controls, position);
        return at >= target && at < target + 44_100;
      };
      while (!there()) await pause(0);
      times.push((performance.now() - start) / 1000);
      await pause(50);
    }
    player.pause();
    return times.sort((a, b) => a - b)[7];
  }, control.position);
}

/**
 * Seconds from a new value of a stem's clean ↔ full to its new samples lying where the audio thread reads next, half of
 * the times while the song plays: the median and the longest of several.
 */
function timeShape(page: Page, { position, pageFrames }: { position: number; pageFrames: number }) {
  return page.evaluate(
    async ({ position, pageFrames }) => {
      const { player, shape } = window.__unbraid.app.song;
      const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
      const { table, samples, channels } = [...player.tracks].find(([key]) =>
        key.endsWith(':percussive'),
      )![1];
      const heard = (): number => Atomics.load(player.shared.controls, position);
      const slotOf = (page: number): number => Atomics.load(table, page) * channels * pageFrames;
      const held = (page: number): boolean => Atomics.load(table, page) >= 0;
      const times: Record<'playing' | 'paused', number[]> = { playing: [], paused: [] };
      for (let i = 0; i < 22; i++) {
        const at = 10 + ((i * 7) % 60);
        const state = i % 2 === 0 ? 'playing' : 'paused';
        player.seek((at + 0.1) * pageFrames);
        while (Math.floor(heard() / pageFrames) !== at) await pause(5);
        while (!held(at) || !held(at + 1)) await pause(5);
        if (state === 'playing') player.play();
        await pause(700);
        const first = Math.floor(heard() / pageFrames);
        const before = [first, first + 1].map((page) =>
          samples.slice(slotOf(page), slotOf(page) + channels * pageFrames),
        );
        // Within 6 ms; half a second while it stands still, as there may be nothing to change between two beats.
        const ahead = state === 'playing' ? 256 : 22_050;
        /** Whether what is heard next is other than it was. */
        const changed = (): boolean => {
          const now = heard();
          const [page, from] = [Math.floor(now / pageFrames), now % pageFrames];
          for (let k = from; k < Math.min(from + ahead, pageFrames); k++) {
            if (Math.abs(samples[slotOf(page) + k] - before[page - first][k]) > 1e-7) return true;
          }
          return false;
        };
        const start = performance.now();
        shape.set('percussive', [0.9, -0.9, 0.3][i % 3]);
        while (!changed()) await pause(0);
        times[state].push((performance.now() - start) / 1000);
        await pause(500);
        player.pause();
      }
      const summary = (values: number[]) => {
        values.sort((a, b) => a - b);
        return { median: values[5], longest: values[10] };
      };
      return { playing: summary(times.playing), paused: summary(times.paused) };
    },
    { position, pageFrames },
  );
}

/** Seconds for tiles that nobody has asked for before, six at a time. */
function timeTiles(page: Page, count: number): Promise<number> {
  return page.evaluate(async (count) => {
    const { session } = window.__unbraid.app.song.info;
    const start = performance.now();
    const fetchTile = async (i: number): Promise<void> => {
      const query = `session=${session}&track=source&nFft=2048&hop=512&window=sine&level=0&column=${i >> 1}&row=${i & 1}`;
      await (await fetch(`/tile?${query}`)).arrayBuffer();
    };
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < count) await fetchTile(next++);
    };
    await Promise.all(Array.from({ length: 6 }, worker));
    return (performance.now() - start) / 1000;
  }, count);
}

/**
 * Seconds from a zoom, with a window that follows it, to the first tile that this asks for, and to all tiles in view: medians
 * of several zooms to places that were not shown before.
 */
async function timeZoom(page: Page): Promise<{ first: number; all: number }> {
  await page.locator('[role=tab][data-tab=view]').click();
  await page.getByLabel('Window length').selectOption('zoom');
  const times: { first: number; all: number }[] = [];
  for (const framesPerPixel of [256, 128, 64, 300, 150, 75, 37]) {
    await page.waitForFunction(() => document.querySelectorAll('.waiting').length === 0);
    const start = 44_100 * (20 + 20 * times.length);
    times.push(
      await page.evaluate(
        async ({ start, framesPerPixel }) => {
          const { view, tiles } = window.__unbraid.app.song;
          const from = performance.now();
          const came = new Promise<number>((resolve) => {
            const end = tiles.onTile(() => (end(), resolve((performance.now() - from) / 1000)));
          });
          view.span = { ...view.span, start, framesPerPixel };
          const first = await came;
          const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
          while (document.querySelectorAll('.waiting').length > 0) await pause();
          return { first, all: (performance.now() - from) / 1000 };
        },
        { start, framesPerPixel },
      ),
    );
  }
  return { first: median(times.map(({ first }) => first)), all: median(times.map(({ all }) => all)) };
}

it.skipIf(!existsSync(executablePath))('page', async () => {
  const bench = await startBench(folder);
  const path = await songFile(folder, songSeconds);
  const decode = (): number => {
    const start = now();
    spawnSync('ffmpeg', ['-v', 'error', '-y', '-i', path, '-f', 'f32le', join(folder, 'raw.f32')]);
    return now() - start;
  };
  const decoding = median([decode(), decode(), decode()]);
  const opening: { open: number; first: number; all: number }[] = [];
  let page = await bench.open();
  for (let i = 0; i < 4; i++) {
    opening.push(await timeOpening(page, path));
    if (i < 3) {
      await page.context().close();
      page = await bench.open();
    }
  }
  const pick = (name: 'open' | 'first' | 'all'): number => median(opening.slice(1).map((one) => one[name]));
  const seek = await timeSeek(page);
  const tiles = 40;
  const tileSeconds = await timeTiles(page, tiles);
  const zoom = await timeZoom(page);
  await page.context().close();

  const stopHost = watchMemory(bench.host.pid!);
  const stopBrowser = watchMemory(bench.server.process().pid!);
  page = await bench.open();
  await timeOpening(page, await songFile(folder, 600));
  await page.waitForTimeout(3000);
  const [hostMiB, browserMiB] = [stopHost(), stopBrowser()];
  const browsers = processTree(bench.server.process().pid!).length;
  await bench.stop();

  const reference = { reference: 'ffmpeg decodes the song', referenceValue: decoding };
  const row = (name: string, value: number): Row => ({
    ...{ name, value, unit: 's', ...reference },
    ...{ ratioOf: 'ours / decoding', ratio: value / decoding },
  });
  publish('page', [
    row(`open ${songSeconds} s of flac: upload, hash, decode`, pick('open')),
    row('first pixels of the spectrogram after that (wanted: 1 s)', pick('first')),
    row('all tiles in view after that', pick('all')),
    row(`${tiles} fresh tiles (${(tiles * tileSize * tileSize) / 2 ** 20} MiB)`, tileSeconds),
    row('a seek, until the audio thread is there', seek),
    row('a zoom with a window that follows it, to its first tile (wanted: 0.1 s)', zoom.first),
    row('the same, to all tiles in view', zoom.all),
    {
      ...{ name: 'a 10-minute song: host and its processes', value: hostMiB, unit: 'MiB' },
      ...{ reference: `browser, ${browsers} processes`, referenceValue: browserMiB },
      ...{ ratioOf: 'host / browser', ratio: hostMiB / browserMiB, peakMiB: hostMiB + browserMiB },
    },
  ]);
});

it.skipIf(!existsSync(executablePath))('clean and full', async () => {
  const bench = await startBench(folder);
  const page = await bench.open();
  await timeOpening(page, await songFile(folder, songSeconds));
  await page.getByLabel('Model or method').selectOption('hpss');
  await page.getByRole('button', { name: 'Separate', exact: true }).click();
  await page.getByRole('img', { name: /^Null test/ }).waitFor({ timeout: 300_000 });
  await page.locator('[role=tab][data-tab=mix]').click();
  await page.getByRole('slider', { name: 'Clean or full: percussive' }).hover();
  await page.waitForTimeout(2000);
  const shape = await timeShape(page, { position: control.position, pageFrames });
  await bench.stop();
  const row = (name: string, value: number): Row => ({
    ...{ name, value, unit: 's', reference: 'wanted', referenceValue: 0.1 },
    ...{ ratioOf: 'ours / wanted', ratio: value / 0.1 },
  });
  publish('clean-and-full', [
    row('clean ↔ full of a stem of 4 minutes, until it is heard, while it plays', shape.playing.median),
    row('the same, the longest of 11', shape.playing.longest),
    row('the same, while it stands still', shape.paused.median),
    row('the same, the longest of 11', shape.paused.longest),
  ]);
});
