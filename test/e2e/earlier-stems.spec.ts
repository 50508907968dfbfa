import type { Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { drag, settled } from './support/lanes.js';
import { asNewTab, openFile, openPanel, separate, trackSamples } from './support/page.js';
import { clicksAndChords } from './support/wav.js';

const earlier = (app: Page): ReturnType<Page['getByRole']> =>
  app.getByRole('group', { name: 'Earlier stems' });
const tracks = (app: Page): Promise<readonly string[]> =>
  app.evaluate(() => window.__unbraid!.app.song.tracks.map(({ id }) => id));

async function separateAgain(app: Page, model: string): Promise<void> {
  await openPanel(app, 'separate');
  await app.getByLabel('Model or method').selectOption(model);
  await app.getByRole('button', { name: 'Separate again', exact: true }).click();
}

test('a separation that replaces stems is undone and redone, and nothing is lost with the page', async ({
  app,
}) => {
  await openFile(app, 'again.wav', clicksAndChords(3));
  await separate(app);
  await expect(earlier(app)).toHaveCount(0);
  const harmonic = await trackSamples(app, 'harmonic', 20_000, 4096);
  await separateAgain(app, 'repet-sim');
  await expect.poll(() => tracks(app)).toEqual(['source', 'vocals', 'accompaniment']);
  await expect(earlier(app).getByRole('listitem')).toHaveCount(1);
  const vocals = await trackSamples(app, 'vocals', 20_000, 4096);

  await app.keyboard.press('Control+z');
  await expect.poll(() => tracks(app)).toEqual(['source', 'harmonic', 'percussive']);
  expect(await trackSamples(app, 'harmonic', 20_000, 4096)).toEqual(harmonic);
  await app.keyboard.press('Control+Shift+z');
  await expect.poll(() => tracks(app)).toEqual(['source', 'vocals', 'accompaniment']);

  // The stems last as long as the project, and so do the steps.
  await expect(app.getByText('All changes kept')).toBeVisible();
  await asNewTab(app);
  await app.getByRole('button', { name: 'again', exact: true }).click();
  await expect(earlier(app).getByRole('listitem')).toHaveCount(1);
  await earlier(app)
    .getByRole('button', { name: /^Bring back the stems of/ })
    .click();
  await expect.poll(() => tracks(app)).toEqual(['source', 'harmonic', 'percussive']);
  expect(await trackSamples(app, 'harmonic', 20_000, 4096)).toEqual(harmonic);
  await app.keyboard.press('Control+z');
  await expect.poll(() => tracks(app)).toEqual(['source', 'vocals', 'accompaniment']);
  expect(await trackSamples(app, 'vocals', 20_000, 4096)).toEqual(vocals);

  await earlier(app)
    .getByRole('button', { name: /^Delete the earlier stems of/ })
    .click();
  await app.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(earlier(app)).toHaveCount(0);
  // The step that would bring them back is gone with them.
  await app.keyboard.press('Control+Shift+z');
  await expect.poll(() => tracks(app)).toEqual(['source', 'vocals', 'accompaniment']);
});

test('the panel has the model of each song, and for a new one the default', async ({ app }) => {
  const model = app.getByLabel('Model or method');
  await openFile(app, 'first.wav', clicksAndChords(2));
  const usual = await model.inputValue();
  await separate(app);
  await openFile(app, 'second.wav', clicksAndChords(1));
  await expect(model).toHaveValue(usual);
  await model.selectOption('repet');
  await asNewTab(app);
  await app.getByRole('button', { name: 'first', exact: true }).click();
  await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible();
  await expect(model).toHaveValue('hpss');
});

/** Takes a part out of a stem. */
async function takeOut(app: Page, stem: string, [from, to] = [0.25, 0.6]): Promise<void> {
  await drag(app, stem, [from, 0.1], [to, 0.9]);
  await app.keyboard.press('Delete');
  await settled(app);
}

const edited = (app: Page): Promise<readonly string[]> =>
  app.evaluate(() =>
    (
      window.__unbraid!.app.song.document.snapshot().records as unknown as readonly {
        type: string;
        sources: readonly string[];
      }[]
    )
      .filter(({ type }) => type === 'edit')
      .flatMap(({ sources }) => sources),
  );

for (const way of ['a reload', 'opening it again'])
  test(`D21: after ${way}, undo goes back over a separation, never to edits of stems that are not shown`, async ({
    app,
  }) => {
    await openFile(app, 'steps.wav', clicksAndChords(3));
    await separate(app);
    await takeOut(app, 'harmonic');
    await separateAgain(app, 'repet-sim');
    await expect(earlier(app).getByRole('listitem')).toHaveCount(1);
    await takeOut(app, 'vocals', [0.65, 0.9]);
    await expect.poll(() => edited(app)).toEqual(['harmonic', 'vocals']);
    await expect(app.getByText('All changes kept')).toBeVisible();
    if (way === 'a reload') await app.reload();
    else {
      await asNewTab(app);
      await app.getByRole('button', { name: 'steps', exact: true }).click();
    }
    await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible();
    expect(await edited(app)).toEqual(['harmonic', 'vocals']);

    await app.keyboard.press('Control+z');
    expect(await edited(app)).toEqual(['harmonic']);
    // What was drawn is a step, in a new tab too: the part that was taken out had been selected.
    await app.keyboard.press('Control+z');
    await app.keyboard.press('Control+z');
    await expect.poll(() => tracks(app)).toEqual(['source', 'harmonic', 'percussive', 'removed']);
    expect(await edited(app)).toEqual(['harmonic']);
    await app.keyboard.press('Control+z');
    await expect.poll(() => tracks(app)).toEqual(['source', 'harmonic', 'percussive']);
    expect(await edited(app)).toEqual([]);

    for (let step = 0; step < 4; step++) await app.keyboard.press('Control+Shift+z');
    await expect.poll(() => tracks(app)).toEqual(['source', 'vocals', 'accompaniment', 'removed']);
    expect(await edited(app)).toEqual(['harmonic', 'vocals']);

    // A step that is gone with its stems is gone for the journal too.
    await expect(app.getByText('All changes kept')).toBeVisible();
    await earlier(app)
      .getByRole('button', { name: /^Delete the earlier stems of/ })
      .click();
    await app.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(earlier(app)).toHaveCount(0);
    await app.keyboard.press('Control+z');
    await expect(app.getByText('All changes kept')).toBeVisible();
    await app.reload();
    await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible();
    expect(await edited(app)).toEqual(['harmonic']);
    expect(await tracks(app)).toEqual(['source', 'vocals', 'accompaniment']);
  });

/** Largest difference between the song and the sum of the lanes that are shown, as the page reads them; dB full scale. */
const missingDb = (app: Page): Promise<number> =>
  app.evaluate(async () => {
    const { tracks, playback } = window.__unbraid!.app.song;
    const read = await Promise.all(tracks.map(({ id }) => playback.read(id, 0, 3 * 44_100)));
    const worst = read[0].reduce((most, sample, at) => {
      const sum = read.slice(1).reduce((all, samples) => all + samples[at], 0);
      return Math.max(most, Math.abs(sample - sum));
    }, 0);
    return 20 * Math.log10(worst + 1e-12);
  });

interface Held {
  held: number;
  give(): void;
}

/** The page gets the answers of a command when `give` is called; `held` counts those that the host has given. */
async function holdAnswers(
  app: Page,
  command: string,
): Promise<{ held(): Promise<number>; give(): Promise<void> }> {
  await app.evaluate((command) => {
    const page = window as unknown as Window & Held;
    page.held = 0;
    const late = new Promise<void>((resolve) => (page.give = resolve));
    const own = window.fetch.bind(window);
    window.fetch = async (...args) => {
      const answer = await own(...args);
      if (answer.url.endsWith(`/api/${command}`)) {
        page.held++;
        await late;
      }
      return answer;
    };
  }, command);
  return {
    held: () => app.evaluate(() => (window as unknown as Held).held),
    give: () => app.evaluate(() => (window as unknown as Held).give()),
  };
}

for (const command of ['useStems', 'editSession'])
  test(`the lanes shown add up to the song while the answer of ${command} is late`, async ({ app }) => {
    await openFile(app, 'late.wav', clicksAndChords(3));
    await separate(app);
    await takeOut(app, 'harmonic');
    await separateAgain(app, 'repet-sim');
    // Its stems are there before it is done.
    await expect(earlier(app).getByRole('listitem')).toHaveCount(1);
    const answer = await holdAnswers(app, command);
    await app.keyboard.press('Control+z');
    await expect.poll(answer.held).toBe(1);
    const before = ['source', 'vocals', 'accompaniment'];
    const after = ['source', 'harmonic', 'percussive', 'removed'];
    await expect.poll(() => tracks(app)).toEqual(command === 'useStems' ? before : after);
    expect(await missingDb(app)).toBeLessThan(-100);
    await answer.give();
    await expect.poll(() => tracks(app)).toEqual(after);
    await settled(app);
    expect(await missingDb(app)).toBeLessThan(-100);
  });

test('the lanes shown add up to the song while the answer for an edit is late', async ({ app }) => {
  await openFile(app, 'edit.wav', clicksAndChords(3));
  await separate(app);
  let answered = (): void => undefined;
  const late = new Promise<void>((resolve) => (answered = resolve));
  let held = 0;
  await app.route('**/api/editSession', async (route) => {
    const answer = await route.fetch();
    held++;
    await late;
    await route.fulfill({ response: answer });
  });
  await drag(app, 'harmonic', [0.25, 0.1], [0.6, 0.9]);
  await app.keyboard.press('Delete');
  await expect.poll(() => held).toBe(1);
  expect(await tracks(app)).toEqual(['source', 'harmonic', 'percussive']);
  expect(await missingDb(app)).toBeLessThan(-100);
  answered();
  await expect.poll(() => tracks(app)).toContain('removed');
  expect(await missingDb(app)).toBeLessThan(-100);
});

test('earlier stems are told apart by settings and time, show their size, and go all at once', async ({
  app,
}) => {
  await openFile(app, 'many.wav', clicksAndChords(1));
  await separate(app);
  await app.getByText('Quality', { exact: true }).click();
  await app.getByLabel('Segment overlap').selectOption('0.25');
  await separateAgain(app, 'hpss');
  await expect(earlier(app).getByRole('listitem')).toHaveCount(1);
  await separateAgain(app, 'repet-sim');
  await expect.poll(() => tracks(app)).toEqual(['source', 'vocals', 'accompaniment']);
  const rows = earlier(app).getByRole('listitem');
  await expect(rows).toHaveCount(2);
  // Two stems of one second in stereo, four bytes a sample.
  const detail = /\d{1,2}:\d{2}.* · 689 KiB/;
  await expect(rows.nth(0)).toContainText('overlap 25 %');
  await expect(rows.nth(1)).not.toContainText('overlap');
  for (const at of [0, 1]) await expect(rows.nth(at)).toContainText(detail);

  await earlier(app)
    .getByRole('button', { name: /^Delete all earlier stems \(1\.3 MiB\)/ })
    .click();
  const dialog = app.getByRole('dialog', { name: 'Delete all earlier stems?' });
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(earlier(app)).toHaveCount(0);
  await expect(app.getByText('All changes kept')).toBeVisible();
  expect(await tracks(app)).toEqual(['source', 'vocals', 'accompaniment']);
});

test('figures of old stems are not shown beside new ones that are being made, also after a reload', async ({
  app,
}) => {
  const figure = app.getByRole('img', { name: /^Null test/ });
  const shape = app.getByRole('group', { name: 'Full ↔ clean' });
  await openFile(app, 'figures.wav', clicksAndChords(120));
  await separate(app);
  await expect(figure).toBeVisible();
  await expect(app.getByText(/^HPSS.* on cpu, /)).toBeVisible();
  await separateAgain(app, 'repet-sim');
  const growing = ['source', 'vocals', 'accompaniment'];
  await expect.poll(() => tracks(app)).toEqual(growing);
  await expect(figure).toHaveCount(0);
  await expect(app.getByText('All changes kept')).toBeVisible();
  await app.reload();
  await expect(app.getByRole('progressbar', { name: 'Separation progress' })).toBeVisible();
  await expect.poll(() => tracks(app)).toEqual(growing);
  await expect(figure).toHaveCount(0);
  await expect(app.getByText(/ on cpu, /)).toHaveCount(0);
  await openPanel(app, 'mix');
  await expect(shape).toHaveCount(0);
  await openPanel(app, 'separate');
  await app.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect.poll(() => tracks(app)).toEqual(['source', 'harmonic', 'percussive']);
  await expect(figure).toBeVisible();
  await openPanel(app, 'mix');
  await expect(shape).toBeVisible();
});
