import { existsSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entryFor, smallModel, writeCatalogue } from '../fixtures/models/catalogues.js';
import { expect, test } from './support/host.js';

const picture = (name: string): string =>
  fileURLToPath(new URL(`../../out/.playwright-screens/${name}.png`, import.meta.url));

const made = smallModel('small');

test('"Verify all" can be cancelled', async ({ app, host }) => {
  const { manifest } = smallModel('long');
  const graph = join(host.models, 'long.onnx');
  writeFileSync(graph, '');
  // A file that takes a while to read, and no room.
  truncateSync(graph, 60 * 2 ** 30);
  writeFileSync(join(host.models, 'long.json'), JSON.stringify(manifest));
  try {
    await app.reload();
    await app.keyboard.press('3');
    await app.getByRole('button', { name: 'Verify all' }).click();
    await expect(app.getByRole('button', { name: 'Verifying…' })).toBeDisabled();
    await app.screenshot({ path: picture('verify-cancel-1440') });
    await app.getByRole('button', { name: 'Cancel', exact: true }).click();
    await expect(app.getByRole('button', { name: 'Verify all' })).toBeEnabled();
    await expect(app.getByRole('button', { name: 'Cancel', exact: true })).toHaveCount(0);
    await expect(app.getByRole('region', { name: 'Verification' })).toHaveCount(0);
    await expect(app.getByRole('alert')).toHaveCount(0);
  } finally {
    for (const file of [graph, join(host.models, 'long.json')]) rmSync(file);
  }
});

test('an import can be cancelled while its file is on the way to the engine', async ({ app, host }) => {
  rmSync(join(host.models, 'small'), { recursive: true, force: true });
  writeCatalogue(host.models, [entryFor('small', made, { manifest: made.manifest, name: 'Small model' })]);
  await app.reload();
  await app.keyboard.press('3');
  let arrived = (): void => undefined;
  const asked = new Promise<void>((resolve) => (arrived = resolve));
  // It never gets there.
  await app.route('**/upload?*', () => arrived());
  const chooser = app.waitForEvent('filechooser');
  await app.getByRole('button', { name: 'Import…' }).click();
  const file = { name: 'small.onnx', mimeType: 'application/octet-stream', buffer: made.bytes };
  await (await chooser).setFiles(file);
  await asked;
  await app.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(app.getByRole('button', { name: 'Import…' })).toBeEnabled();
  await expect(app.getByRole('region', { name: 'Imported' })).toHaveCount(0);
  await expect(app.getByRole('alert')).toHaveCount(0);
  expect(existsSync(join(host.models, 'small'))).toBe(false);
  expect(readdirSync(host.models)).not.toContain('small.onnx');
  await app.unroute('**/upload?*');
});

test('a model that does not fit on the disk says so on its card, in the language of the page', async ({
  app,
  host,
}) => {
  const [file] = entryFor('vast', { bytes: made.bytes, url: 'http://127.0.0.1:9/vast.onnx' }).files;
  const files = Array.from({ length: 64 }, (_, i) => ({
    ...{ ...file, name: `${i}.onnx` },
    bytes: 16 * 2 ** 30,
  }));
  const entry = entryFor('vast', { bytes: made.bytes }, { files, name: 'Vast model' });
  writeCatalogue(host.models, [entry], 'vast');
  try {
    await app.reload();
    await app.keyboard.press('3');
    const card = app.getByRole('article', { name: 'Vast model' });
    const status = card.getByRole('status');
    await card.getByRole('button', { name: 'Download Vast model' }).click();
    await app.getByRole('button', { name: 'Accept and download' }).click();
    await expect(status).toHaveText(/^The disk has \d+ MiB free, and \d+ MiB are needed\. Free some space/);
    await expect(card.getByRole('button', { name: 'Try again' })).toBeEnabled();
    await expect(app.getByRole('alert')).toHaveCount(0);
    await card.scrollIntoViewIfNeeded();
    await app.screenshot({ path: picture('disk-full-1440') });
    // A page that is loaded anew has it, too; here in German.
    await app.evaluate(() => {
      const kept = JSON.parse(localStorage.getItem('unbraid.settings') ?? '{}') as object;
      localStorage.setItem('unbraid.settings', JSON.stringify({ ...kept, language: 'de' }));
    });
    await app.reload();
    await app.keyboard.press('3');
    await expect(status).toHaveText(/^Auf dem Datenträger ist nicht genug Platz\. .+ \(The disk has \d+ MiB/);
    await app.setViewportSize({ width: 1024, height: 700 });
    await card.scrollIntoViewIfNeeded();
    await app.screenshot({ path: picture('disk-full-de-1024') });
    await card.getByRole('button', { name: 'Download abbrechen' }).click();
    await expect(card.getByRole('status')).toHaveCount(0);
  } finally {
    rmSync(join(host.models, 'vast.catalogue.json'));
  }
});
