import { crc32, deflateSync } from 'node:zlib';
import { taggedWav } from '../fixtures/id3.js';
import { expect, test } from './support/host.js';
import { asNewTab, openDemo, openFile } from './support/page.js';
import { clicksAndChords } from './support/wav.js';

function chunk(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** A PNG of so many pixels each way, in one shade of orange. */
function square(side: number): Buffer {
  const head = Buffer.from([0, 0, 0, side, 0, 0, 0, side, 8, 2, 0, 0, 0]);
  const row = Buffer.from([0, ...Array.from({ length: side }, () => [240, 130, 30]).flat()]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: side }, () => row)));
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    ...[signature, chunk('IHDR', head), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))],
  ]);
}

const tags = { TIT2: 'Night Train', TPE1: 'The Testers', TALB: 'Sidings', TYER: '1999', TCON: 'Jazz' };
const song = (): Buffer => taggedWav(clicksAndChords(2), tags, square(64));

test('a song goes by its tags, shows its cover, and the details say the rest', async ({ app }) => {
  await openFile(app, 'track 01.wav', song());
  await expect(app).toHaveTitle('Night Train – Unbraid');
  const banner = app.getByRole('banner');
  await expect(banner.getByText('Night Train')).toBeVisible();
  await expect(banner.getByText('The Testers · Sidings')).toBeVisible();
  const width = (of: string): Promise<number> =>
    app.locator(of).evaluate((picture: HTMLImageElement) => picture.naturalWidth);
  await expect.poll(() => width('header .opener img')).toBe(64);
  await banner.getByRole('button', { name: 'About this song' }).click();
  const details = app.getByRole('group', { name: 'About this song' });
  await expect(details.getByRole('img', { name: 'Cover' })).toBeVisible();
  const facts = { Title: 'Night Train', Artist: 'The Testers', Date: '1999', Genre: 'Jazz' };
  for (const [label, value] of Object.entries({ ...facts, File: 'track 01', Length: '0:02.0' }))
    await expect(
      details
        .getByRole('term')
        .filter({ hasText: new RegExp(`^${label}$`) })
        .locator('+ dd'),
    ).toHaveText(value);
  await app.keyboard.press('Escape');
  await expect(details).toBeHidden();
});

test('the list of projects has the cover, the artist and the title', async ({ app }) => {
  await openFile(app, 'track 02.wav', song());
  await expect(app.getByRole('banner').getByRole('status')).toHaveText('All changes kept');
  await asNewTab(app);
  const entry = app.getByRole('listitem').filter({ hasText: 'track 02' });
  await expect(entry).toContainText('The Testers – Night Train · 0:02');
  await expect
    .poll(() => entry.locator('img').evaluate((one: HTMLImageElement) => one.naturalWidth))
    .toBe(64);
});

test('a song without a cover shows none; one that a person named goes by that name', async ({ app }) => {
  await openDemo(app);
  await expect(app).toHaveTitle('Sodium (excerpt) – Unbraid');
  const banner = app.getByRole('banner');
  await expect(banner.getByRole('button', { name: 'About this song' }).locator('svg')).toBeVisible();
  await expect(banner.locator('img:not([src*=icon])')).toHaveCount(0);
  await app.keyboard.press('Control+s');
  await app.getByLabel('Name of the project').fill('Mine');
  await app.keyboard.press('Enter');
  await expect(app).toHaveTitle('Mine – Unbraid');
});
