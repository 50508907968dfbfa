import type { Page } from '@playwright/test';
import { expect } from './host.js';

/** What the page shows of itself with `?debug` in its address. */
interface Debug {
  readonly app: {
    readonly song: {
      readonly tracks: readonly { readonly id: string }[];
      readonly info: {
        readonly session: string;
        readonly channels: number;
        readonly frames: number;
        readonly separation: { readonly nullDb: number };
      };
      readonly playback: { read(track: string, start: number, count: number): Promise<Float32Array> };
      readonly document: {
        snapshot(): { readonly records: readonly { readonly id: string }[] };
        readonly beats: object | null;
      };
      readonly markers: { readonly beats: { tap(now: number): void } };
      readonly shape: { set(stem: string, value: number): void };
      readonly edits: { readonly busy: boolean; readonly behind: boolean; cancel(): void };
      readonly view: {
        readonly span: { readonly start: number; readonly framesPerPixel: number; readonly width: number };
        axis(kind: string): { readonly low: number; readonly high: number };
      };
      readonly player: {
        readonly context: { readonly currentTime: number };
        readonly position: number;
        readonly playing: boolean;
        seek(frame: number): void;
        play(): void;
        pause(): void;
      };
    };
    readonly settings: { readonly axis: string };
  };
  record(): Promise<{ stop(): number[][] }>;
}

declare global {
  interface Window {
    __unbraid?: Debug;
  }
}

export async function openFile(app: Page, name: string, bytes: Buffer): Promise<void> {
  await app.locator('input[type=file][accept]').setInputFiles({ name, mimeType: 'audio/wav', buffer: bytes });
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
}

/** Pages that forget their song when they are loaded under this name. */
const forgetful = new WeakSet<Page>();

/** Loads the page as a new tab would: this one would take its song up again. */
export async function asNewTab(app: Page): Promise<void> {
  // Before anything of the page runs: the old one may note its song until it is gone.
  if (!forgetful.has(app)) {
    await app.addInitScript(() => {
      if (window.name !== 'new tab') return;
      sessionStorage.clear();
      window.name = '';
    });
    forgetful.add(app);
  }
  await app.evaluate(() => (window.name = 'new tab'));
  await app.reload();
}

export async function openDemo(app: Page): Promise<void> {
  await app.getByRole('button', { name: 'Try the demo song' }).click();
  await expect(app.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
}

/** Saves the song; the first time, under the name that is offered. */
export async function save(app: Page): Promise<void> {
  // While a change is being kept, the header does not say whether the song has a name.
  await expect(app.getByText(/^(Saved |All changes kept$)/).first()).toBeVisible();
  await app.keyboard.press('Control+s');
  const dialog = app.getByRole('dialog', { name: 'Save the project' });
  if ((await app.getByText(/^Saved /).count()) === 0) {
    await expect(dialog.getByLabel('Name of the project')).toBeFocused();
    await app.keyboard.press('Enter');
  }
  await expect(dialog).toHaveCount(0);
}

/** Shows a tab of the side panel, which is open. */
export async function openPanel(app: Page, panel: 'separate' | 'edits' | 'mix' | 'view'): Promise<void> {
  await app.locator(`[role=tab][data-tab=${panel}]`).click();
}

/** Separates by HPSS, the quickest method, and waits for the null figure. */
export async function separate(app: Page, model = 'hpss'): Promise<void> {
  await openPanel(app, 'separate');
  await app.getByLabel('Model or method').selectOption(model);
  await app.getByRole('button', { name: 'Separate', exact: true }).click();
  await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible({ timeout: 90_000 });
}

/** What a lane's canvas shows; brightness is red + green + blue. */
export interface Picture {
  readonly height: number;
  /** Brightest row, from the top, of each column asked for. */
  readonly rows: readonly number[];
  readonly brightest: number;
  /** Different brightnesses. */
  readonly shades: number;
}

/** Reads a lane's canvas; `parts` are places from its left edge (0) to its right edge (1). */
export async function lanePicture(app: Page, track: string, parts: readonly number[] = []): Promise<Picture> {
  return app.locator(`canvas[data-track="${track}"]`).evaluate((canvas: HTMLCanvasElement, parts) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
    const sum = (x: number, y: number): number => {
      const at = 4 * (y * width + x);
      return data[at] + data[at + 1] + data[at + 2];
    };
    const rows = parts.map((part) => {
      const x = Math.round(width * part);
      let best = 0;
      for (let y = 1; y < height; y++) if (sum(x, y) > sum(x, best)) best = y;
      return best;
    });
    const seen = new Set<number>();
    for (let x = 0; x < width; x++) for (let y = 0; y < height; y++) seen.add(sum(x, y));
    return { height, rows, brightest: Math.max(...seen), shades: seen.size };
  }, parts);
}

/** What the mixer puts out when it plays from `start`: `[channels][frames]`, the first frame being `start`'s. */
export async function hear(app: Page, start: number, seconds: number): Promise<number[][]> {
  return app.evaluate(
    async ({ start, seconds }) => {
      const { app, record } = window.__unbraid!;
      const { player } = app.song;
      const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
      player.seek(start);
      await pause(200);
      // What was played until now has faded out.
      const recording = await record();
      player.play();
      while (player.position - start < seconds * 44_100) await pause(20);
      player.pause();
      await pause(100);
      const planes = recording.stop();
      const first = Math.min(
        ...planes.map((plane) => plane.findIndex((value) => value !== 0)).filter((i) => i >= 0),
      );
      // The audio thread works in quanta of 128 frames, and begins to play at the start of one.
      const from = Math.floor(first / 128) * 128;
      return planes.map((plane) => plane.slice(from, from + Math.round(seconds * 44_100)));
    },
    { start, seconds },
  );
}

/** Samples of a track, `[channels][count]`. */
export async function trackSamples(
  app: Page,
  track: string,
  start: number,
  count: number,
): Promise<number[][]> {
  return app.evaluate(
    async ({ track, start, count }) => {
      const { session, channels } = window.__unbraid!.app.song.info;
      const answer = await fetch(`/pcm?session=${session}&track=${track}&start=${start}&count=${count}`);
      const all = new Float32Array(await answer.arrayBuffer());
      return Array.from({ length: channels }, (_, ch) => [...all.subarray(ch * count, (ch + 1) * count)]);
    },
    { track, start, count },
  );
}
