import type { Locator, Page } from '@playwright/test';
import { expect } from './host.js';

/** What specs read of the song in the page. */
interface Tools {
  readonly selectedTrack: string;
  readonly view: {
    readonly selection: { readonly start: number; readonly end: number } | null;
    readonly selectedBand: { readonly low: number; readonly high: number } | null;
    readonly painted: {
      readonly area: object | null;
      readonly mask: { readonly empty: boolean; encode(): Uint8Array };
    };
  };
  readonly listening: { readonly heard: { readonly track: string } | null };
}

export const tools = <T>(app: Page, read: (song: Tools) => T): Promise<T> =>
  app.evaluate(`(${String(read)})(window.__unbraid.app.song)`);

export const rms = (planes: readonly number[][]): number =>
  Math.sqrt(planes[0].reduce((sum, x) => sum + x * x, 0) / planes[0].length);

export const barOf = (app: Page): Locator => app.getByRole('toolbar', { name: /^Selection in/ });

/** Drags over parts of a lane, from its upper left corner (0) to its lower right one (1). */
export async function drag(
  app: Page,
  track: string,
  from: readonly [number, number],
  to: readonly [number, number],
  shift = false,
): Promise<void> {
  const box = (await app.locator(`canvas[data-track="${track}"]`).boundingBox())!;
  const at = ([x, y]: readonly [number, number]): [number, number] => [
    box.x + x * box.width,
    box.y + y * box.height,
  ];
  await app.mouse.move(...at(from));
  if (shift) await app.keyboard.down('Shift');
  await app.mouse.down();
  await app.mouse.move(...at(to), { steps: 4 });
  await app.mouse.up();
  if (shift) await app.keyboard.up('Shift');
}

/** The last edit is rendered. */
export const settled = (app: Page): Promise<void> =>
  expect.poll(() => app.evaluate(() => window.__unbraid!.app.song.edits.busy)).toBe(false);
