import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Locator, Page } from '@playwright/test';
import { chances } from '../faults/support/scale.js';
import { expect, test } from './support/host.js';
import { openFile, openPanel, separate, trackSamples } from './support/page.js';
import { ShakyHost, Wire } from './support/shaky.js';
import { clicksAndChords, sampleRate } from './support/wav.js';

// A person works in the page. Meanwhile its host is killed, its disk is filled, its connections are dropped and its tab is
// closed, at random moments. Whatever the page has called kept is there afterwards, and the page goes on by itself.
const all = process.env['UNBRAID_FAULTS'] === 'all';
/** At least one fault of each kind, however short. */
const minutes = Number(process.env['UNBRAID_CHAOS_MINUTES'] ?? (all ? 10 : 0));
const seed = Number(process.env['UNBRAID_SEED'] ?? (all ? Date.now() % 2 ** 31 : 20261129));
const random = chances(seed);
const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)];

/** What the page shows: its document, and whether it calls it kept. */
interface Seen {
  readonly document: string;
  readonly kept: boolean;
  readonly status: string;
  readonly busy: boolean;
}

async function look(page: Page): Promise<Seen | null> {
  return page.evaluate(async () => {
    const song = window.__unbraid?.app.song;
    const shown = document.querySelector('header [role=status]');
    if (!song || !shown) return null;
    // Records in one order, fields too.
    const sorted = (_: string, value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value;
    const records = song.document.snapshot().records.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const status = shown.textContent ?? '';
    const there = (session: string): Promise<boolean> =>
      fetch(`/pcm?session=${session}&track=source&start=0&count=1`).then(
        ({ ok }) => ok,
        () => false,
      );
    return {
      document: JSON.stringify(records, sorted),
      kept: /all changes kept$/i.test(status),
      status,
      // Nor does an old session count that a host, started again, does not have.
      busy: song.edits.busy || song.edits.behind || !(await there(song.info.session)),
    };
  });
}

const lane = (page: Page, stem: string): Locator => page.locator(`[data-lane=${stem}]`);
const panelOf = (page: Page): Locator => page.getByRole('group', { name: 'Repair the stems' });
/** Nothing that a person does may wait for long: what cannot be done now is left. */
const soon = { timeout: 1500 };
const stems = ['harmonic', 'percussive'] as const;

type Fault = 'kill' | 'cut' | 'drop' | 'fill' | 'close';

/** Each fault once, in a random order. */
function deal(faults: readonly Fault[]): Fault[] {
  return faults
    .map((fault) => ({ fault, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ fault }) => fault);
}

/** A document in a few words: the heads of its edits' ids in their order, and what its tracks say. */
function outline(seen: Seen | null): string {
  if (!seen) return 'no song';
  const records = JSON.parse(seen.document) as { id: string; type: string; order: number }[];
  const edits = records.filter(({ type }) => type === 'edit').sort((a, b) => a.order - b.order);
  const state = `${seen.kept ? ' kept' : ''}${seen.busy ? ' busy' : ''}`;
  return `${edits.map(({ id }) => id.slice(5, 9)).join(' ') || 'no edits'}${state}`;
}

let step = 0;
const actions: readonly (readonly [string, (page: Page) => Promise<void>])[] = [
  ['mute', (page) => lane(page, pick(stems)).getByRole('button', { name: /^Mute/ }).click(soon)],
  ['solo', (page) => lane(page, pick(stems)).getByRole('button', { name: /^Solo/ }).click(soon)],
  [
    'gain',
    async (page) => {
      const fader = lane(page, pick(stems)).getByRole('slider', { name: /^Gain/ });
      await fader.focus(soon);
      for (let i = 0; i < 3; i++) await page.keyboard.press(random() < 0.5 ? 'ArrowLeft' : 'ArrowRight');
    },
  ],
  [
    'rename',
    async (page) => {
      const stem = pick(stems);
      await lane(page, stem)
        .getByRole('button', { name: /^Select track/ })
        .dblclick(soon);
      const field = lane(page, stem).getByRole('textbox', { name: /^Name of/ });
      await field.fill(`Take ${++step}`, soon);
      await field.press('Enter', soon);
    },
  ],
  [
    'stroke',
    async (page) => {
      // A stroke of the brush, and what it painted moves to the other stem.
      const panel = panelOf(page);
      await page.getByRole('radio', { name: 'Brush' }).check(soon);
      const box = await page.locator('canvas[data-track=harmonic]').boundingBox(soon);
      if (!box) return;
      const [x, y] = [
        box.x + box.width * (0.1 + 0.6 * random()),
        box.y + box.height * (0.2 + 0.6 * random()),
      ];
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x + 0.2 * box.width, y, { steps: 5 });
      await page.mouse.up();
      await openPanel(page, 'edits');
      await panel.getByLabel('From', { exact: true }).selectOption('harmonic', soon);
      await panel.getByLabel('To', { exact: true }).selectOption('percussive', soon);
      await panel.getByRole('button', { name: 'Apply to the selection' }).click(soon);
    },
  ],
  ['undo', (page) => page.keyboard.press('Control+z')],
  ['undo', (page) => page.keyboard.press('Control+z')],
  ['redo', (page) => page.keyboard.press('Control+y')],
  [
    'save',
    async (page) => {
      await page.keyboard.press('Control+s');
      // The first time it asks for a name.
      if (await page.getByRole('dialog', { name: 'Save the project' }).isVisible())
        await page.keyboard.press('Enter');
    },
  ],
  [
    'separate',
    async (page) => {
      await openPanel(page, 'separate');
      await page.getByLabel('Model or method').selectOption('hpss', soon);
      await page.getByRole('button', { name: 'Separate again' }).click(soon);
    },
  ],
];

/** Every byte of a disk, until it is free again. */
function fill(path: string): void {
  const fd = openSync(path, 'w');
  for (const piece of [1 << 20, 4096]) {
    try {
      for (;;) writeSync(fd, Buffer.alloc(piece));
    } catch {
      // It is full.
    }
  }
  closeSync(fd);
}

/** The largest difference between the song and the sum of its stems, somewhere in the middle. */
async function leftOver(page: Page): Promise<number> {
  const [source, ...parts] = await Promise.all(
    ['source', ...stems].map((name) => trackSamples(page, name, sampleRate, 8192)),
  );
  return Math.max(
    ...source.flatMap((plane, ch) =>
      plane.map((value, i) => Math.abs(value - parts.reduce((sum, part) => sum + part[ch][i], 0))),
    ),
  );
}

test('P24 what the page calls kept is there after killed hosts, full disks, cut connections and closed tabs', async ({
  browser,
  electron,
}) => {
  test.skip(electron !== null, 'The desktop window is its own host.');
  test.setTimeout(60_000 * (minutes + 4));
  console.log(`chaos: ${minutes} minutes, UNBRAID_SEED=${seed}`);
  const dir = mkdtempSync(join(tmpdir(), 'unbraid-chaos-'));
  const disk = join(dir, 'disk');
  mkdirSync(disk);
  // The cache leaves 256 MiB of a disk alone. Without the right to mount, the disk is not filled.
  const small = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'none', disk]).status === 0;
  const filler = join(disk, 'filler');
  const host = await ShakyHost.at({ UNBRAID_STATE: join(disk, 'state'), UNBRAID_CACHE: join(disk, 'cache') });
  const wire = await Wire.open();
  const context = await browser.newContext({ proxy: wire.proxy });
  const kinds: readonly Fault[] = ['kill', 'cut', 'drop', ...(small ? (['fill'] as const) : []), 'close'];
  const log: Fault[] = [];
  const seen: string[] = [];
  let kept = 0;
  /** Which of the documents that were seen the page shows, and whether it calls it kept. */
  const note = async (page: Page): Promise<Seen | null> => {
    const now = await look(page);
    if (now && now.document !== seen.at(-1)) seen.push(now.document);
    if (now?.kept) kept = seen.length - 1;
    return now;
  };
  /** What was done and what struck, for whoever reads a failure. */
  const story: string[] = [];
  const act = async (page: Page): Promise<void> => {
    const [name, action] = pick(actions);
    const done = await action(page).then(
      () => 'done',
      () => 'left',
    );
    const now = await note(page);
    story.push(`${name} ${done} → ${outline(now)}`);
  };
  /** The page shows what was kept, or what was done later. */
  const settle = (now: Seen): void => {
    const at = seen.lastIndexOf(now.document);
    expect(at, `kept was ${seen[kept]},\nshown is ${now.document}`).toBeGreaterThanOrEqual(kept);
    expect(now.kept).toBe(true);
  };
  const fresh = async (of: BrowserContext, address: string): Promise<Page> => {
    const page = await of.newPage();
    page.on('dialog', (dialog) => void dialog.accept());
    await page.goto(address);
    return page;
  };
  const reopen = async (of: BrowserContext): Promise<Page> => {
    const page = await fresh(of, `http://127.0.0.1:${host.port}/?debug`);
    await expect(async () => {
      const own = page.getByRole('button', { name: 'chaos', exact: true }).first();
      if (await own.isVisible()) await own.click({ timeout: 2000 });
      // A page that was closed a moment ago may still count as one that has the song.
      const take = page.getByRole('button', { name: 'Open it here' });
      if (await take.isVisible()) await take.click({ timeout: 2000 });
      expect((await look(page))?.kept).toBe(true);
    }).toPass({ timeout: 60_000 });
    return page;
  };
  /** A document without the edits that no earlier look has seen: a stroke's mask may still be on its way to the host. */
  const withoutLate = ({ document }: Seen): string =>
    JSON.stringify(
      (JSON.parse(document) as { id: string; type: string }[]).filter(
        ({ id, type }) => type !== 'edit' || seen.some((one) => one.includes(id)),
      ),
    );
  /** Faults are over: the page keeps all that it shows, without a hand of the person's. */
  const recover = async (page: Page): Promise<void> => {
    const before = seen.at(-1)!;
    let last: Seen | null = null;
    await expect(async () => {
      last = await look(page);
      expect(last?.kept, `${last?.status}`).toBe(true);
      expect(last?.busy).toBe(false);
    }).toPass({ timeout: 60_000 });
    expect(withoutLate(last!), 'what the page showed before').toBe(before);
    await note(page);
  };

  let page = await context.newPage();
  try {
    page = await fresh(context, `${await host.start()}&debug`);
    await openFile(page, 'chaos.wav', clicksAndChords(4));
    await separate(page);
    const nullText = await page.getByRole('img', { name: /^Null test/ }).textContent();
    await expect.poll(async () => (await note(page))?.kept).toBe(true);
    const end = performance.now() + 60_000 * minutes;
    for (let faults = deal(kinds); faults.length > 0 || performance.now() < end;) {
      if (faults.length === 0) faults = deal(kinds);
      const fault = faults.pop()!;
      log.push(fault);
      story.push(`- ${fault}`);
      // The fault comes in the middle of what the person does.
      const struck = new Promise<void>((resolve) => setTimeout(resolve, 1500 * random())).then(async () => {
        if (fault === 'kill') await host.kill();
        if (fault === 'cut') wire.cut();
        if (fault === 'drop') wire.drop();
        if (fault === 'fill') fill(filler);
      });
      for (let i = 0; i < 3; i++) await act(page);
      await struck;
      if (fault === 'close') {
        // What is on its way to the document would come unseen.
        await expect.poll(async () => (await note(page))?.busy).toBe(false);
        await page.close();
        page = await reopen(context);
        settle((await look(page))!);
        await note(page);
        continue;
      }
      // Some more is done while it is broken.
      for (let i = 0; i < 2; i++) await act(page);
      rmSync(filler, { force: true });
      wire.mend();
      if (fault === 'kill') expect(await host.start()).not.toBeNull();
      await recover(page);
    }

    // Everything is opened again, by another start of the program and another browser.
    await recover(page);
    const samples = JSON.stringify(
      await Promise.all(stems.map((name) => trackSamples(page, name, sampleRate, 4096))),
    );
    await page.close();
    await host.kill();
    const another = await browser.newContext();
    await (await another.newPage()).goto(`${(await host.start())!}`);
    page = await reopen(another);
    settle((await look(page))!);
    await expect(page.getByRole('img', { name: /^Null test/ })).toHaveText(nullText!);
    await expect(async () => {
      const again = await Promise.all(stems.map((name) => trackSamples(page, name, sampleRate, 4096)));
      expect(JSON.stringify(again) === samples).toBe(true);
    }).toPass({ timeout: 60_000 });
    expect(await leftOver(page)).toBeLessThan(1e-6);
    await another.close();
    console.log(`chaos: ${log.length} faults, ${seen.length} documents, all kept`);
  } catch (error) {
    const info = await page.evaluate(() => JSON.stringify(window.__unbraid?.app.song?.info)).catch(String);
    console.log(`chaos: after ${log.length} faults: ${info}\n${story.slice(-60).join('\n')}`);
    await page.screenshot({ path: 'out/.playwright/chaos.png' }).catch(() => undefined);
    throw error;
  } finally {
    await context.close();
    await wire.close();
    await host.kill();
    if (small) spawnSync('umount', ['-l', disk]);
    rmSync(dir, { recursive: true, force: true });
  }
});
