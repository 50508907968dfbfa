import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { asNewTab, openFile, separate } from './support/page.js';
import { clicksAndChords } from './support/wav.js';
import { readZip } from './support/zip.js';

const position = (app: Page): Promise<number> =>
  app.evaluate(() => window.__unbraid!.app.song.player.position);
const seek = (app: Page, seconds: number): Promise<void> =>
  app.evaluate((frame) => window.__unbraid!.app.song.player.seek(frame), seconds * 44_100);
const flags = (app: Page): ReturnType<Page['locator']> => app.locator('.flags button');

test('markers are set, named, moved, gone to, undone, kept with the song and handed over', async ({
  app,
}) => {
  await openFile(app, 'marked.wav', clicksAndChords(4));
  await seek(app, 3);
  await app.keyboard.press('m');
  await seek(app, 1);
  await app.keyboard.press('m');
  await expect(flags(app)).toHaveText(['1', '2']);
  await flags(app).first().dblclick();
  await app.keyboard.type('Verse');
  await app.keyboard.press('Enter');
  await expect(flags(app)).toHaveText(['Verse', '2']);
  await seek(app, 2);
  await app.keyboard.press('Control+ArrowRight');
  expect(await position(app)).toBe(3 * 44_100);
  await app.keyboard.press('Control+ArrowLeft');
  expect(await position(app)).toBe(44_100);

  const box = (await flags(app).first().boundingBox())!;
  await app.mouse.move(box.x + 4, box.y + 8);
  await app.mouse.down();
  await app.mouse.move(box.x + 104, box.y + 8, { steps: 4 });
  await app.mouse.up();
  const moved = (await flags(app).first().boundingBox())!;
  expect(moved.x - box.x).toBeGreaterThan(90);
  // A drag is one step, and a click goes there.
  await app.keyboard.press('Control+z');
  await expect.poll(async () => (await flags(app).first().boundingBox())!.x).toBeCloseTo(box.x, 0);
  await flags(app).first().focus();
  await app.keyboard.press('Delete');
  await expect(flags(app)).toHaveText(['1']);
  await app.keyboard.press('Control+z');
  await expect(flags(app)).toHaveText(['Verse', '2']);

  await separate(app);
  await app.keyboard.press('Control+Shift+E');
  const dialog = app.getByRole('dialog', { name: 'Export' });
  await dialog.getByLabel('Reaper project').check();
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  const waiting = app.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download' }).click({ timeout: 60_000 });
  const zip = await readZip(await (await waiting).path());
  const text = zip.get([...zip.keys()].find((name) => name.endsWith('.rpp'))!)!.toString();
  expect(text.match(/MARKER .*/g)).toEqual(['MARKER 1 1 "Verse" 0', 'MARKER 2 3 "2" 0']);
  await app.keyboard.press('Escape');

  await expect(app.getByRole('banner').getByRole('status')).toHaveText('All changes kept');
  await asNewTab(app);
  await app.getByRole('button', { name: 'marked', exact: true }).first().click();
  await expect(flags(app)).toHaveText(['Verse', '2']);
});

test('a loop is kept under a number and played from anywhere; the view follows until a person scrolls', async ({
  app,
}) => {
  await openFile(app, 'loops.wav', clicksAndChords(8));
  for (const [label, value] of [
    ['Selection start', '1'],
    ['Selection end', '2'],
  ]) {
    await app.getByLabel(label).fill(value);
    await app.keyboard.press('Enter');
  }
  await app.keyboard.press('Shift+Digit3');
  await expect(app.getByRole('button', { name: 'Undo Save a loop' })).toBeEnabled();
  await app.keyboard.press('Control+Shift+A');
  await seek(app, 5);
  await app.keyboard.press('Space');
  await app.keyboard.press('Shift+Digit3');
  await expect(app.getByLabel('Selection start')).toHaveValue('0:01.000');
  await expect(app.getByRole('button', { name: 'Loop', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect.poll(() => position(app)).toBeLessThan(2.1 * 44_100);
  await app.keyboard.press('Space');
  await app.getByRole('button', { name: 'Markers, loops, pre-roll' }).click();
  await app.getByRole('button', { name: 'Remove loop 3' }).click();
  await expect(app.getByRole('button', { name: 'Remove loop 3' })).toHaveCount(0);
  await app.keyboard.press('Escape');

  const follow = app.getByRole('button', { name: 'Follow the playhead', exact: true });
  await expect(follow).toHaveAttribute('aria-pressed', 'true');
  for (let i = 0; i < 5; i++) await app.keyboard.press('+');
  const box = (await app.locator('canvas[data-track=source]').boundingBox())!;
  await app.mouse.move(box.x + 200, box.y + 50);
  await app.mouse.wheel(0, 600);
  await expect(follow).toHaveAttribute('aria-pressed', 'false');
  await app.keyboard.press('t');
  await expect(follow).toHaveAttribute('aria-pressed', 'true');
  const seen = await app.evaluate(() => {
    const { view, player } = window.__unbraid!.app.song;
    const x = (player.position - view.span.start) / view.span.framesPerPixel;
    return x >= 0 && x <= view.span.width;
  });
  expect(seen).toBe(true);
});

test('the pre-roll begins earlier, is remembered, and Shift+Space goes back to what was aimed at', async ({
  app,
}) => {
  await openFile(app, 'rolled.wav', clicksAndChords(8));
  await app.getByRole('button', { name: 'Markers, loops, pre-roll' }).click();
  const seconds = app.getByRole('spinbutton', { name: 'Pre-roll, seconds' });
  await expect(seconds).toHaveValue('2');
  await seconds.fill('12');
  await seconds.press('Tab');
  await expect(seconds).toHaveValue('10');
  await seconds.fill('1.5');
  await seconds.press('Tab');
  await app.keyboard.press('Escape');
  const clock = app.getByRole('timer', { name: 'Position' });
  await expect(clock).not.toContainText('1.5 s');
  await app.keyboard.press('Shift+P');
  await expect(clock).toContainText('1.5 s');
  await seek(app, 4);
  const begun = await app.evaluate(() => {
    const { player } = window.__unbraid!.app.song;
    const seek = player.seek.bind(player);
    const places: number[] = [];
    player.seek = (frame) => (places.push(frame), seek(frame));
    dispatchEvent(new KeyboardEvent('keydown', { key: ' ' }));
    return places;
  });
  expect(begun).toEqual([2.5 * 44_100]);
  await expect.poll(() => position(app)).toBeGreaterThan(2.5 * 44_100);
  await app.keyboard.press('Shift+Space');
  await expect.poll(() => position(app)).toBe(4 * 44_100);
  await app.reload();
  await expect(clock).toContainText('1.5 s');
});
