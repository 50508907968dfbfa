import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type BrowserServer, type Page } from '@playwright/test';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import browserConfig from '../../playwright.config.js';
import { cacheOf } from '../fixtures/audio/caches.js';
import { benchSong } from './song.js';

/** What the page's functions below see of a browser; the bench itself runs in Node. */
interface Canvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, w: number, h: number): { readonly data: Uint8ClampedArray };
  };
}
declare const document: {
  querySelector(selector: string): Canvas | null;
  querySelectorAll(selector: string): ArrayLike<unknown>;
};

export const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

export interface Bench {
  readonly host: ChildProcess;
  readonly server: BrowserServer;
  open(): Promise<Page>;
  stop(): Promise<void>;
}

/** A folder for what a bench needs, and what deletes it. */
export function benchFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'unbraid-bench-page-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** The real web host, and a browser whose processes can be weighed. */
export async function startBench(folder: string): Promise<Bench> {
  const entry = fileURLToPath(new URL('../../out/hosts/web/main.js', import.meta.url));
  const env = { ...process.env, UNBRAID_STATE: join(folder, 'state') };
  const host = spawn(process.execPath, [entry, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'], env });
  const address = await new Promise<string>((resolve) =>
    host.stdout.once('data', (data: Buffer) => resolve(data.toString().trim())),
  );
  const entrance = await fetch(address, { redirect: 'manual' });
  const [name, value] = (entrance.headers.getSetCookie()[0] ?? '').split(';')[0].split('=');
  const { origin } = new URL(address);
  const { args } = browserConfig.use?.launchOptions ?? {};
  const server = await chromium.launchServer({ executablePath, args: args ?? [] });
  const browser = await chromium.connect(server.wsEndpoint());
  return {
    host,
    server,
    open: async () => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
      await context.addCookies([{ name, value, url: origin }]);
      const page = await context.newPage();
      await page.goto(`${origin}/?debug`);
      return page;
    },
    stop: async () => {
      await server.close();
      host.kill('SIGTERM');
    },
  };
}

/** The bench's song as FLAC. */
export async function songFile(folder: string, seconds: number): Promise<string> {
  const path = join(folder, `${seconds}.flac`);
  if (existsSync(path)) return path;
  const codec = new CodecClient();
  const inputs = [{ ref: cacheOf(folder, benchSong(seconds), 44_100), gain: 1 }];
  await codec.encodeSet({
    outputs: [{ path, format: 'flac', sample: 's16', inputs, tags: {} }],
    dither: 'tpdf',
    seed: 1,
  });
  codec.dispose();
  return path;
}

export const now = (): number => performance.now() / 1000;

/** Seconds to the opened editor, to the first pixels of a spectrogram after that, and to all tiles in view. */
export async function timeOpening(
  page: Page,
  path: string,
): Promise<{ open: number; first: number; all: number }> {
  const start = now();
  await page.locator('input[type=file][accept]').setInputFiles(path);
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  const opened = now();
  await page.waitForFunction(() => {
    const canvas = document.querySelector('canvas[data-track=source]');
    if (!canvas || canvas.width < 2) return false;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 400) if (data[i] + data[i + 1] + data[i + 2] > 200) return true;
    return false;
  });
  const drawn = now();
  await page.waitForFunction(() => document.querySelectorAll('.waiting').length === 0);
  return { open: opened - start, first: drawn - opened, all: now() - opened };
}
