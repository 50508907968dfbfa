import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from '@playwright/test';
import { entryFor, smallModel, writeCatalogue } from '../fixtures/models/catalogues.js';
import { FileServer, type Behaviour } from '../fixtures/models/file-server.js';
import { expect, test } from './support/host.js';
import { openFile } from './support/page.js';
import { sine } from './support/wav.js';

const picture = (name: string): string =>
  fileURLToPath(new URL(`../../out/.playwright-screens/${name}.png`, import.meta.url));

const made = smallModel('small');
const path = '/small.onnx';
let server: FileServer;
test.beforeAll(async () => {
  server = await FileServer.start();
});
test.afterAll(() => server.stop());

const behave = (behaviour: Behaviour): string => server.set(path, { bytes: made.bytes, ...behaviour });

/** Each has different bytes: models are known by their hashes. */
const otherModel = (id: string): ReturnType<typeof smallModel> => smallModel(id, [0.25, id.length / 20]);

/** A folder of models whose catalogue recommends one that this machine serves. */
function offer(models: string, behaviour: Behaviour, others: readonly string[] = []): void {
  for (const name of ['small', ...others, '.downloads']) {
    rmSync(join(models, name), { recursive: true, force: true });
  }
  const parts = { manifest: made.manifest, recommended: true, name: 'Small model' };
  const rest = others.map((id) => {
    const { bytes, manifest } = otherModel(id);
    const url = server.set(`/${id}.onnx`, { bytes, ...behaviour });
    return entryFor(id, { bytes, url }, { manifest });
  });
  writeCatalogue(models, [entryFor('small', { bytes: made.bytes, url: behave(behaviour) }, parts), ...rest]);
}

const slow = { slow: { piece: 4, pieceMs: 500 } };
const changed = Uint8Array.from(made.bytes, (byte, i) => (i === made.bytes.length - 1 ? byte ^ 1 : byte));

/** What servers do that is of no use to try again by itself, and the sentence about it. */
const refusals: readonly (readonly [Behaviour, RegExp])[] = [
  [{ status: 403 }, /^127\.0\.0\.1:\d+ does not give the file to everybody \(status 403\)\. \S/],
  [{ status: 404 }, /^127\.0\.0\.1:\d+ does not have the file any more \(status 404\)\. \S/],
  [
    { redirect: path },
    /^The server redirects in a circle \(127\.0\.0\.1:\d+\)\. Fetch the file with a browser/,
  ],
  [
    { type: 'text/html' },
    /^127\.0\.0\.1:\d+ answers with a web page instead of the file\. It may want you to/,
  ],
  [
    { lieLength: 1e6 },
    /^127\.0\.0\.1:\d+ has 1000000 bytes under this name instead of \d+\. It is not the file/,
  ],
  [
    { bytes: changed },
    /^What came from 127\.0\.0\.1:\d+ is not the file that the catalogue names: .+\. It was/,
  ],
];

const accept = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Accept and download' }).click();

/** One failure after the other, each after a click on what tries again; then the model comes. */
async function expectEachSaid(page: Page, place: Locator, get: string, shot: string): Promise<void> {
  const status = place.getByRole('status');
  for (const [i, [behaviour, sentence]] of refusals.entries()) {
    behave(behaviour);
    await place.getByRole('button', { name: i === 0 ? get : 'Try again' }).click();
    if (i === 0) await accept(page);
    await expect(status).toHaveText(sentence);
    await expect(place.getByRole('button', { name: 'Cancel download' })).toBeEnabled();
    if (i === 2) await page.screenshot({ path: picture(shot) });
  }
  await expect(page.getByRole('alert')).toHaveCount(0);
  behave({});
  await place.getByRole('button', { name: 'Try again' }).click();
}

test('what a server refuses is one sentence on the first page, and trying again works', async ({
  app,
  host,
}) => {
  offer(host.models, {});
  await app.reload();
  const line = app.getByRole('group', { name: 'Recommended model' });
  await expectEachSaid(app, line, 'Get it…', 'hostile-welcome-1440');
  await expect(line).toHaveCount(0);
});

test('and beside the song', async ({ app, host }) => {
  offer(host.models, {});
  await app.reload();
  await openFile(app, 'song.wav', sine(440, 1));
  await app.setViewportSize({ width: 1024, height: 700 });
  const line = app.getByRole('group', { name: 'Recommended model' });
  await expectEachSaid(app, line, 'Get it…', 'hostile-panel-1024');
  await expect(line).toHaveCount(0);
  await expect(app.getByLabel('Model or method')).toHaveValue('small');
});

test('and on the page of models', async ({ app, host }) => {
  offer(host.models, {});
  await app.reload();
  await app.keyboard.press('3');
  const card = app.getByRole('article', { name: 'Small model' });
  await expectEachSaid(app, card, 'Download Small model', 'hostile-models-1440');
  await expect(card).toContainText('Installed');
});

test('a server that stops in the middle is said to; pausing, going on and cancelling work then', async ({
  app,
  host,
}) => {
  offer(host.models, { stallAfter: 40 });
  await app.reload();
  const line = app.getByRole('group', { name: 'Recommended model' });
  const status = line.getByRole('status');
  const silent = /^127\.0\.0\.1:\d+ is not sending anything; \d+ B received so far$/;
  await line.getByRole('button', { name: 'Get it…' }).click();
  await accept(app);
  await expect(status).toHaveText(silent, { timeout: 15_000 });
  await app.screenshot({ path: picture('hostile-silent-1440') });
  await line.getByRole('button', { name: 'Pause' }).click();
  await expect(status).toHaveText('Paused; 40 B are kept');
  await line.getByRole('button', { name: 'Resume' }).click();
  await expect(status).toHaveText(/^80 B from/);
  await expect(status).toHaveText(silent, { timeout: 15_000 });
  await line.getByRole('button', { name: 'Cancel download' }).click();
  await expect(line.getByRole('button', { name: 'Get it…' })).toBeVisible();
  // A cut that brings nothing is tried again by itself; cancelling does not wait for that.
  behave({ cutAfter: 0 });
  await line.getByRole('button', { name: 'Get it…' }).click();
  await accept(app);
  await expect(status).toHaveText(/cannot be read: the connection was cut\. Trying again in \d+ s$/);
  await line.getByRole('button', { name: 'Cancel download' }).click();
  await expect(line.getByRole('button', { name: 'Get it…' })).toBeVisible();
  // One that cuts again and again, but sends more each time, gets there.
  behave({ cutAfter: 60 });
  await line.getByRole('button', { name: 'Get it…' }).click();
  await accept(app);
  await expect(line).toHaveCount(0, { timeout: 60_000 });
});

test('two pages have one download: either sees it, cancels it, and uses what comes', async ({
  app,
  host,
}) => {
  offer(host.models, slow);
  await app.reload();
  const other = await app.context().newPage();
  await other.goto(`${host.origin}/?debug`);
  const [here, there] = [app, other].map((page) => page.getByRole('group', { name: 'Recommended model' }));
  const bar = { name: 'Download of Small model' };
  const before = server.ranges(path).length;
  await here.getByRole('button', { name: 'Get it…' }).click();
  await there.getByRole('button', { name: 'Get it…' }).click();
  await accept(app);
  await expect(here.getByRole('progressbar', bar)).toBeVisible();
  await expect(there.getByRole('progressbar', bar)).toBeVisible();
  // The other one was at its licence already: there is one download all the same.
  await accept(other);
  await expect(there.getByRole('status')).toContainText('from 127.0.0.1');
  expect(server.ranges(path)).toHaveLength(before + 1);
  await there.getByRole('button', { name: 'Cancel download' }).click();
  for (const line of [here, there]) await expect(line.getByRole('button', { name: 'Get it…' })).toBeVisible();
  await here.getByRole('button', { name: 'Get it…' }).click();
  await accept(app);
  await expect(there.getByRole('progressbar', bar)).toBeVisible();
  // The page that asked for it is loaded anew, and has it all the same in the end.
  await app.reload();
  await expect(here.getByRole('progressbar', bar)).toBeVisible();
  behave({});
  await there.getByRole('button', { name: 'Pause' }).click();
  await expect(here.getByRole('status')).toContainText('Paused');
  await here.getByRole('button', { name: 'Resume' }).click();
  for (const line of [here, there]) await expect(line).toHaveCount(0);
  await openFile(app, 'song.wav', sine(440, 1));
  await expect(app.getByLabel('Model or method')).toHaveValue('small');
  await openFile(other, 'other.wav', sine(550, 1));
  await expect(other.getByLabel('Model or method')).toHaveValue('small');
  await other.close();
});

test('two models come at a time, the third one waits, and each is cancelled by itself', async ({
  app,
  host,
}) => {
  offer(host.models, slow, ['second', 'third']);
  await app.reload();
  await app.keyboard.press('3');
  const cards = ['Small model', 'Model second', 'Model third'].map((name) =>
    app.getByRole('article', { name }),
  );
  const [first, second, third] = cards;
  for (const card of cards) {
    await card.getByRole('button', { name: /^Download/ }).click();
    await accept(app);
  }
  await expect(first.getByRole('status')).toContainText('from 127.0.0.1');
  await expect(second.getByRole('status')).toContainText('from 127.0.0.1');
  await expect(third.getByRole('status')).toHaveText('Waiting for another download');
  await app.screenshot({ path: picture('hostile-queue-1440') });
  server.set('/third.onnx', { bytes: otherModel('third').bytes });
  await second.getByRole('button', { name: 'Cancel download' }).click();
  await expect(second.getByRole('button', { name: 'Download Model second' })).toBeVisible();
  await expect(third).toContainText('Installed');
  await expect(first.getByRole('status')).toContainText('from 127.0.0.1');
  await first.getByRole('button', { name: 'Cancel download' }).click();
  await expect(first.getByRole('button', { name: 'Download Small model' })).toBeVisible();
});

test('a model that came but cannot run is said to be so where it was asked for', async ({ app, host }) => {
  offer(host.models, {});
  const { graphs, ...plain } = made.manifest;
  const wrong = { ...plain, graphs: graphs.map((graph) => ({ ...graph, inputs: [] })) };
  const parts = { manifest: wrong, recommended: true, name: 'Small model' };
  writeCatalogue(host.models, [entryFor('small', { bytes: made.bytes, url: behave({}) }, parts)]);
  await app.reload();
  const line = app.getByRole('group', { name: 'Recommended model' });
  await line.getByRole('button', { name: 'Get it…' }).click();
  await accept(app);
  await expect(line.getByRole('status')).toHaveText(/^Small model: .+\. \S/);
  await app.screenshot({ path: picture('hostile-unusable-1440') });
  await line.getByRole('button', { name: 'Delete Small model' }).click();
  await expect(line.getByRole('button', { name: 'Get it…' })).toBeVisible();
});
