import type { Locator, Page } from '@playwright/test';
import { expectClean } from './support/axe.js';
import { expect, test } from './support/host.js';
import { drag } from './support/lanes.js';
import { openFile, openPanel, separate } from './support/page.js';
import { clicksAndChords } from './support/wav.js';

const tab = (app: Page, name: string): Locator => app.getByRole('tab', { name, exact: true });
const isShown = async (app: Page, name: string): Promise<void> => {
  await expect(tab(app, name)).toHaveAttribute('aria-selected', 'true');
  await expect(app.getByRole('tabpanel', { name, exact: true })).toBeVisible();
  await expect(app.getByRole('tabpanel')).toHaveCount(1);
};

test('one tab of the side panel is shown, and keys lead to the others as in any tab list', async ({
  app,
}) => {
  await openFile(app, 'tabs.wav', clicksAndChords(2));
  const list = app.getByRole('tablist', { name: 'Parts of the panel' });
  await expect(list.getByRole('tab')).toHaveText(['Separate', 'Edits', 'Mix', 'View']);
  await isShown(app, 'Separate');
  await tab(app, 'View').click();
  await isShown(app, 'View');
  const controlled = await tab(app, 'View').getAttribute('aria-controls');
  await expect(app.locator(`[id="${controlled}"]`).getByLabel('Frequency axis')).toBeVisible();
  await expect(app.getByLabel('Model or method')).toBeHidden();

  await tab(app, 'View').focus();
  for (const [key, name] of [
    ['ArrowRight', 'Separate'],
    ['ArrowLeft', 'View'],
    ['ArrowLeft', 'Mix'],
    ['Home', 'Separate'],
    ['ArrowRight', 'Edits'],
    ['End', 'View'],
  ]) {
    await app.keyboard.press(key);
    await isShown(app, name);
    await expect(tab(app, name)).toBeFocused();
  }
  // One of them is in the order of Tab, and none has moved the playhead.
  await expect(list.locator('[tabindex="0"]')).toHaveText(['View']);
  expect(await app.evaluate(() => window.__unbraid!.app.song.player.position)).toBe(0);
});

test('a key or a command shows a tab, also of a panel that is closed; each tab keeps what is typed in it', async ({
  app,
}) => {
  await openFile(app, 'keys.wav', clicksAndChords(2));
  await separate(app);
  await app.keyboard.press('F9');
  await isShown(app, 'Mix');
  await expect(tab(app, 'Mix')).toBeFocused();
  await app.getByLabel('Gain here, dB').fill('-9');
  await app.keyboard.press('Enter');
  await app.keyboard.press('F8');
  await isShown(app, 'Edits');
  await openPanel(app, 'mix');
  await expect(app.getByLabel('Gain here, dB')).toHaveValue('-9');
  await app.keyboard.press('p');
  await expect(app.getByRole('tablist')).toHaveCount(0);
  await app.keyboard.press('F9');
  await isShown(app, 'Mix');
  await app.keyboard.press('Control+k');
  await app.keyboard.type('panel view');
  await app.keyboard.press('Enter');
  await isShown(app, 'View');
  await app.keyboard.press('F7');
  await isShown(app, 'Separate');
});

test('P closes the panel and opens it with what was typed; the keyboard goes to the tracks; a reload changes nothing of it', async ({
  app,
}) => {
  await openFile(app, 'closed.wav', clicksAndChords(2));
  await separate(app);
  await openPanel(app, 'mix');
  await app.getByLabel('Gain here, dB').fill('-9');
  await app.keyboard.press('Enter');
  await openPanel(app, 'edits');
  const action = app.getByRole('group', { name: 'Repair the stems' }).getByLabel('Action');
  await action.selectOption('attenuate');
  await tab(app, 'Edits').focus();
  await app.keyboard.press('p');
  await expect(app.getByRole('complementary')).toHaveCount(0);
  await expect(app.locator('#tracks')).toBeFocused();
  await app.keyboard.press('p');
  await isShown(app, 'Edits');
  await expect(action).toHaveValue('attenuate');
  await openPanel(app, 'mix');
  await expect(app.getByLabel('Gain here, dB')).toHaveValue('-9');

  const all = (): Promise<number> =>
    app.evaluate(() => {
      const { info, view } = window.__unbraid!.app.song;
      return (view.span.framesPerPixel * view.span.width) / info.frames;
    });
  const play = app.getByRole('button', { name: 'Play', exact: true });
  // The whole song is the whole song whatever room the panel takes: before a reload and after it.
  await app.keyboard.press('p');
  await app.reload();
  await expect(play).toBeVisible();
  await expect(app.getByRole('tablist')).toHaveCount(0);
  await expect.poll(all).toBeCloseTo(1, 3);
  await app.keyboard.press('p');
  await isShown(app, 'Mix');
  await expect.poll(all).toBeCloseTo(1, 3);
  await app.reload();
  await isShown(app, 'Mix');
  await expect.poll(all).toBeCloseTo(1, 3);
});

test('a dialog gives the focus back to what it was opened from, unless a choice in it leads elsewhere', async ({
  app,
}) => {
  await openFile(app, 'back.wav', clicksAndChords(2));
  const button = app.getByRole('button', { name: 'Export…' });
  await button.focus();
  await app.keyboard.press('Enter');
  const dialog = app.getByRole('dialog', { name: 'Export' });
  await expect(dialog).toBeVisible();
  await app.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(button).toBeFocused();
  for (const [typed, leadsTo] of [
    ['panel view', tab(app, 'View')],
    ['export stems', dialog.getByRole('radio', { checked: true })],
  ] as const) {
    await app.keyboard.press('Control+k');
    await app.keyboard.type(typed);
    await app.keyboard.press('Enter');
    await expect(leadsTo).toBeFocused();
  }
  await app.keyboard.press('Escape');
  await expect(tab(app, 'View')).toBeFocused();
});

test('in a small window the Edits tab needs no scrolling, and the meter of the mix has its scale', async ({
  app,
}) => {
  await app.setViewportSize({ width: 1024, height: 700 });
  await openFile(app, 'small.wav', clicksAndChords(2));
  await separate(app);
  await openPanel(app, 'edits');
  const language = app.getByRole('banner').getByRole('combobox');
  const fits = async (edits: number): Promise<void> => {
    for (const one of ['de', 'fr', 'ja', 'en']) {
      await language.selectOption(one);
      await expect(app.locator('html')).toHaveAttribute('lang', one);
      const room = await app
        .getByRole('tabpanel')
        .evaluate(({ scrollHeight, clientHeight }) => clientHeight - scrollHeight);
      expect(room, `${one}, ${edits} edits`).toBe(0);
    }
  };
  await fits(0);
  // The list of edits scrolls by itself, and has the newest in view.
  const rows = app.getByRole('tabpanel').getByRole('listitem');
  for (const [i, from] of [0.1, 0.3, 0.5, 0.7].entries()) {
    await drag(app, 'harmonic', [from, 0.3], [from + 0.1, 0.6], true);
    await app.keyboard.press('Delete');
    await expect(rows).toHaveCount(i + 1);
  }
  await expect(rows.last()).toBeInViewport({ ratio: 0.95 });
  await fits(4);
  const footer = app.getByRole('contentinfo', { name: 'Transport' });
  expect((await footer.getByRole('meter').boundingBox())!.width).toBeGreaterThan(70);
  // Nothing of the transport is cut off.
  expect(await footer.evaluate(({ scrollWidth, clientWidth }) => clientWidth - scrollWidth)).toBe(0);
});

test('axe finds nothing in any tab, in both themes', async ({ app }) => {
  await openFile(app, 'axe.wav', clicksAndChords(2));
  await separate(app);
  for (const theme of ['Light', 'Dark']) {
    for (const panel of ['separate', 'edits', 'mix', 'view'] as const) {
      await openPanel(app, panel);
      await expectClean(app);
    }
    await app.getByRole('button', { name: `${theme} theme` }).click();
  }
});

test('how far a separation is can be seen from every tab and page, and leads to where it is cancelled', async ({
  app,
}) => {
  await openFile(app, 'how far.wav', clicksAndChords(120));
  await app.getByLabel('Model or method').selectOption('repet-sim');
  await app.getByRole('button', { name: 'Separate', exact: true }).click();
  const bar = app.getByRole('progressbar', { name: 'Separation progress' });
  const far = app.getByRole('banner').getByRole('button', { name: /^(Starting…|Separating) \d+ %$/ });
  await expect(bar).toBeVisible();
  await expect(far).toHaveCount(0);
  await openPanel(app, 'mix');
  await expect(far).toBeVisible();
  const name = app.getByRole('banner').getByText('how far', { exact: true });
  expect(await name.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  await app.setViewportSize({ width: 1024, height: 700 });
  await app.keyboard.press('p');
  await expect(far).toBeVisible();
  await expectClean(app);
  await app.getByRole('button', { name: 'Models', exact: true }).click();
  await far.click();
  await isShown(app, 'Separate');
  await expect(bar).toBeVisible();
  await app.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(app.getByRole('button', { name: 'Separate', exact: true })).toBeVisible();
  await expect(far).toHaveCount(0);
});

test('what goes wrong shows the tab that says so', async ({ app }) => {
  await openFile(app, 'wrong.wav', clicksAndChords(2));
  const refuse = async (what: string): Promise<void> => {
    await app.route(`**/api/${what}`, (route) =>
      route.fulfill({ json: { ok: false, error: { code: 'internal', message: `No ${what}` } } }),
    );
  };
  await separate(app);
  await refuse('separateSession');
  await openPanel(app, 'view');
  await app.keyboard.press('p');
  await app.keyboard.press('Control+k');
  await app.keyboard.type('separate the song');
  await app.keyboard.press('Enter');
  await isShown(app, 'Separate');
  await expect(app.getByRole('tabpanel').getByText('No separateSession')).toBeVisible();

  await refuse('editSession');
  await app.keyboard.press('p');
  await app.keyboard.press('Control+a');
  await app.keyboard.press('Delete');
  await isShown(app, 'Edits');
  await expect(app.getByRole('tabpanel').getByText('No editSession')).toBeVisible();
});
