import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import type { ComparedSystem, ComparisonReport } from '../../src-main/common/jobs/comparison.js';

// The page that `unbraid compare` writes, opened as the file that it is.
const root = fileURLToPath(new URL('../../', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'unbraid-report-'));

test.beforeAll(() => {
  const args = ['-m', 'hpss,ft2d,classic-4', '--baselines', 'irm2', '--start', '15', '--seconds', '3'];
  const cli = join(root, 'out/hosts/cli/main.js');
  execFileSync(process.execPath, [cli, 'compare', join(root, 'test/fixtures/demo'), '-o', dir, ...args], {
    ...{ stdio: 'ignore', env: { ...process.env, LC_ALL: 'C' } },
  });
});
test.afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What the page's sound consists of, seen from outside. */
declare global {
  interface Window {
    heard: { starts: [when: number, offset: number][]; gains: GainNode[] };
  }
}

async function open(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.heard = { starts: [], gains: [] };
    const { start } = AudioBufferSourceNode.prototype;
    AudioBufferSourceNode.prototype.start = function (when = 0, offset = 0): void {
      window.heard.starts.push([when, offset]);
      start.call(this, when, offset);
    };
    const make = BaseAudioContext.prototype.createGain;
    BaseAudioContext.prototype.createGain = function (): GainNode {
      const node = make.call(this);
      window.heard.gains.push(node);
      return node;
    };
  });
  await page.goto(pathToFileURL(join(dir, 'index.html')).href);
}

const systems = (page: Page): Promise<string[]> => page.locator('tbody th').allTextContents();

test('systems are ranked by any column, for each stem', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => void asked.push(request.url()));
  await open(page);
  await page.getByRole('button', { name: 'drums', exact: true }).click();
  const report = JSON.parse(readFileSync(join(dir, 'comparison.json'), 'utf8')) as ComparisonReport;
  const usdr = (system: ComparedSystem): number =>
    system.stems.find(({ name }) => name === 'drums')?.scores?.usdr ?? NaN;
  const best = report.systems.filter((system) => usdr(system) > -Infinity).sort((a, b) => usdr(b) - usdr(a));
  expect(best).toHaveLength(3);
  expect((await systems(page)).map((name) => name.trim())).toEqual(best.map(({ id }) => id));
  const memory = page.getByRole('columnheader', { name: /^Memory/ });
  await memory.getByRole('button').click();
  await expect(memory).toHaveAttribute('aria-sort', 'ascending');
  const cells = async (): Promise<number[]> =>
    (await page.locator('tbody tr td:nth-child(13)').allTextContents()).map(Number);
  const up = (await cells()).filter((value) => !Number.isNaN(value));
  expect(up).toEqual(up.toSorted((a, b) => a - b));
  await memory.getByRole('button').click();
  await expect(memory).toHaveAttribute('aria-sort', 'descending');
  expect((await cells()).filter((value) => !Number.isNaN(value))).toEqual(up.toReversed());
  // Nothing has come from anywhere but the file.
  expect(asked.every((url) => /^(file|data):/.test(url))).toBe(true);
});

test('all systems of a stem play at once, and another one is heard at the same moment', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'drums', exact: true }).click();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  const status = page.locator('output');
  await expect(status).toContainText('mixture');
  await expect.poll(() => page.evaluate(() => window.heard.starts.length)).toBe(5);
  const starts = await page.evaluate(() => window.heard.starts);
  expect(new Set(starts.map((start) => start.join())).size).toBe(1);
  const audible = (): Promise<number[]> =>
    page.evaluate(() => window.heard.gains.slice(-5).flatMap(({ gain }, i) => (gain.value > 0.5 ? [i] : [])));
  await expect.poll(audible).toEqual([0]);
  // The first lane is the mixture, the second the true stem; then they are as ranked.
  await page.getByRole('button', { name: 'Hear classic-4' }).press('Enter');
  await expect(status).toContainText('classic-4');
  await expect.poll(audible).toHaveLength(1);
  const first = await audible();
  await page.keyboard.press('2');
  await expect(status).toContainText('true stem');
  await expect.poll(audible).not.toEqual(first);
  await expect.poll(audible).toHaveLength(1);
  // Nobody began anew.
  expect(await page.evaluate(() => window.heard.starts.length)).toBe(5);
  const position = page.getByRole('slider', { name: 'Position, seconds' });
  await position.fill('1.5');
  await expect.poll(() => page.evaluate(() => window.heard.starts.length)).toBe(10);
  const later = await page.evaluate(() => window.heard.starts.slice(5));
  expect(later.every(([when, offset]) => when === later[0][0] && Math.abs(offset - 1.5) < 0.02)).toBe(true);
});

test('an ABX test of any two systems goes by keys, and shows nothing of who is heard', async ({ page }) => {
  await open(page);
  // By lot, X is always A here.
  await page.addInitScript(() => {
    crypto.getRandomValues = (into) => into;
  });
  await page.reload();
  await page.getByRole('button', { name: 'drums', exact: true }).click();
  const test = page.getByRole('group', { name: 'ABX test' });
  await test.getByRole('combobox').first().selectOption('hpss');
  await test.getByRole('combobox').last().selectOption('irm2');
  await test.getByRole('button', { name: 'Begin ABX test' }).press('Enter');
  await expect(page.getByRole('table')).toHaveCount(0);
  await expect(page.locator('canvas')).toHaveCount(0);
  const audible = (): Promise<number[]> =>
    page.evaluate(() => window.heard.gains.slice(-5).flatMap(({ gain }, i) => (gain.value > 0.5 ? [i] : [])));
  const pressed = (name: string) => test.getByRole('button', { name: `Hear ${name}`, exact: true });
  await page.keyboard.press('a');
  await expect(pressed('A')).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(audible).toHaveLength(1);
  const a = await audible();
  await page.keyboard.press('b');
  await expect.poll(audible).not.toEqual(a);
  await expect.poll(audible).toHaveLength(1);
  await page.keyboard.press('x');
  await expect.poll(audible).toEqual(a);
  // All three go on at the same moment: nobody began anew.
  expect(await page.evaluate(() => window.heard.starts.length)).toBe(5);
  await expect(page.locator('output')).not.toContainText(/hpss|irm2/);
  for (const key of ['1', '1', '1', '2', '1', '1']) await page.keyboard.press(key);
  // C(6, 5) + C(6, 6) of 64.
  await expect(test.getByRole('status')).toContainText(
    '5 of 6 right. Chance of this score by guessing: 10.9 % (p-value).',
  );
  await test.getByRole('button', { name: 'End ABX test' }).press('Enter');
  await expect(page.getByRole('table')).toBeVisible();
  await expect(test.getByRole('status')).toContainText('5 of 6 right');
  await page.getByRole('button', { name: 'vocals', exact: true }).click();
  await expect(test.getByRole('status')).toHaveCount(0);
});

test('the page speaks the four languages, figures and stems too', async ({ page }) => {
  await open(page);
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
  await page.getByRole('button', { name: 'drums', exact: true }).click();
  const first = page.locator('tbody td').first();
  const english = (await first.textContent())!.trim();
  const words = {
    de: ['Abspielen', 'Tempo', 'Schlagzeug', 'Mix anhören', 'Die Bewertungen gelten nur'],
    fr: ['Lire', 'Vitesse', 'batterie', 'Écouter mélange', 'Les scores ne valent que'],
    ja: ['再生', '速度', 'ドラム', 'ミックス を聴く', 'スコアはこの区間だけ'],
  } as const;
  for (const [language, [play, speed, drums, hear, foot]] of Object.entries(words)) {
    await page.locator('header select').selectOption(language);
    await expect(page.getByRole('button', { name: play, exact: true })).toBeVisible();
    await expect(page.getByRole('columnheader', { name: new RegExp(`^${speed}`) })).toBeVisible();
    await expect(page.getByRole('button', { name: new RegExp(`^${drums}$`, 'i') })).toBeVisible();
    await expect(page.getByRole('button', { name: hear })).toBeVisible();
    await expect(page.locator('footer')).toContainText(foot);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(language);
    const figure = (await first.textContent())!.trim();
    expect(figure).toBe(language === 'ja' ? english : english.replace('.', ','));
    const shown = await page.locator('main').innerText();
    expect(/\{\w+\}|all but |against speed|of 100/.exec(shown)).toBeNull();
  }
});

test('the page has no faults that axe finds, in light and dark', async ({ page }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await open(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
  }
});
