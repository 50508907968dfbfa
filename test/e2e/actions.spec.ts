import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './support/host.js';
import { settled as rendered } from './support/lanes.js';
import { clicksAndChords } from './support/wav.js';

/** The table of the user guide: actions by job. */
function promised(): Map<string, number> {
  const text = readFileSync(new URL('../../docs/user-guide.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| ([^|]+?) +\| (\d+) +\| .*\|$/gm)];
  return new Map(rows.map(([, job, count]) => [job, Number(count)]));
}

/** Does what a person does, and counts it: a click, a key, a drag, a name that is typed. */
class Hand {
  count = 0;

  constructor(private readonly app: Page) {}

  async click(what: Locator): Promise<void> {
    this.count++;
    await what.click({ timeout: 60_000 });
  }

  async twice(what: Locator): Promise<void> {
    this.count++;
    await what.dblclick();
  }

  async press(key: string): Promise<void> {
    this.count++;
    await this.app.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    this.count++;
    await this.app.keyboard.type(text);
    await this.app.keyboard.press('Enter');
  }

  /** Over a part of a lane, in time. */
  async drag(track: string): Promise<void> {
    this.count++;
    const box = (await this.app.locator(`canvas[data-track="${track}"]`).boundingBox())!;
    await this.app.mouse.move(box.x + 0.2 * box.width, box.y + box.height / 2);
    await this.app.mouse.down();
    await this.app.mouse.move(box.x + 0.5 * box.width, box.y + box.height / 2, { steps: 4 });
    await this.app.mouse.up();
  }
}

test('ten jobs take as many actions as the user guide says', async ({ app }) => {
  const counted = new Map<string, number>();
  const job = async (name: string, work: (hand: Hand) => Promise<void>): Promise<void> => {
    const hand = new Hand(app);
    await work(hand);
    counted.set(name, hand.count);
  };
  const button = (name: string | RegExp): Locator => app.getByRole('button', { name, exact: true });
  const bar = app.getByRole('toolbar', { name: /^Selection in/ });
  const dialog = app.getByRole('dialog', { name: 'Export' });
  /** The last edit is rendered. */
  const settled = async (): Promise<void> => {
    await rendered(app);
    await app.keyboard.press('Control+Shift+A');
  };
  const saved = async (work: () => Promise<void>): Promise<void> => {
    const waiting = app.waitForEvent('download');
    await work();
    await waiting;
    await app.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  };

  await app
    .locator('input[type=file][accept]')
    .setInputFiles({ name: 'jobs.wav', mimeType: 'audio/wav', buffer: clicksAndChords(4) });
  await app.getByLabel('Model or method').selectOption('repet');
  await job('Separate the open song', async (hand) => {
    await hand.click(button('Separate'));
    await expect(app.getByRole('img', { name: /^Null test/ })).toBeVisible({ timeout: 90_000 });
  });
  await job('Mute a stem', async (hand) => {
    await hand.click(button('Mute vocals'));
    await expect(button('Mute vocals')).toHaveAttribute('aria-pressed', 'true');
  });
  await job('Take the last step back', async (hand) => {
    await hand.press('Control+z');
    await expect(button('Mute vocals')).toHaveAttribute('aria-pressed', 'false');
  });
  await job('Move a part to another stem and hear it', async (hand) => {
    await hand.drag('vocals');
    await hand.click(bar.getByRole('button', { name: 'Move to accompaniment' }));
    await hand.press('Space');
    await expect(button('Pause')).toBeVisible();
  });
  await app.keyboard.press('Space');
  await settled();
  await job('Move another part the same way', async (hand) => {
    await hand.drag('vocals');
    await hand.press('Enter');
    await expect(button('Undo Move to accompaniment')).toBeEnabled();
  });
  await settled();
  await job('Take a part away', async (hand) => {
    await hand.drag('accompaniment');
    await hand.press('Delete');
    await expect(button('Undo Remove from accompaniment')).toBeEnabled();
  });
  await settled();
  await job('Hear a part of a stem alone', async (hand) => {
    await hand.drag('accompaniment');
    await hand.press('i');
    await expect(bar.getByRole('button', { name: 'Hear only the selection' })).toHaveAttribute(
      'aria-pressed',
      'true',
    );
  });
  await app.keyboard.press('Escape');
  await app.keyboard.press('Control+Shift+A');
  await job('Set a marker and name it', async (hand) => {
    await hand.press('m');
    await hand.twice(app.locator('.flags button'));
    await hand.type('Verse');
    await expect(app.locator('.flags button')).toHaveText('Verse');
  });
  await job('Export all stems as one zip', async (hand) => {
    await saved(async () => {
      await hand.press('Control+Shift+E');
      await hand.click(dialog.getByRole('button', { name: 'Export', exact: true }));
      await hand.click(dialog.getByRole('button', { name: 'Download as one zip' }));
    });
  });
  await job('Export a karaoke', async (hand) => {
    await saved(async () => {
      await hand.press('Control+Shift+E');
      await hand.click(dialog.getByLabel('Karaoke'));
      await hand.click(dialog.getByRole('button', { name: 'Export', exact: true }));
      await hand.click(dialog.getByRole('button', { name: 'Download', exact: true }));
    });
  });
  expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(promised()));
});
