import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test as base, type Page } from '@playwright/test';
import { startElectron } from './electron.js';

const main = fileURLToPath(new URL('../../../out/hosts/web/main.js', import.meta.url));

interface HostFixture {
  /** Where the page is, without a token. */
  readonly origin: string;
  /** The folder of models. */
  readonly models: string;
  readonly cookie: { readonly name: string; readonly value: string };
}

/** Starts the real web host, and spends its one-time token for all pages of the worker. */
async function startHost(): Promise<{ readonly host: HostFixture; stop(): Promise<void> }> {
  const state = mkdtempSync(join(tmpdir(), 'unbraid-e2e-'));
  const models = join(state, 'models');
  mkdirSync(models);
  const child = spawn(process.execPath, [main, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UNBRAID_STATE: state, UNBRAID_MODELS: models },
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The web host ended with code ${code}`)));
  });
  const answer = await fetch(address, { redirect: 'manual' });
  const [name, value] = (answer.headers.getSetCookie()[0] ?? '').split(';')[0].split('=');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await gone;
    rmSync(state, { recursive: true, force: true });
  };
  return { host: { origin: new URL(address).origin, models, cookie: { name, value } }, stop };
}

/** Deletes what earlier tests have left: the same file would be opened as they left it. */
async function forgetSongs({ origin, cookie }: HostFixture): Promise<void> {
  const call = async (command: string, args: object): Promise<{ value?: unknown }> => {
    const headers = { Cookie: `${cookie.name}=${cookie.value}`, Origin: origin };
    const answer = await fetch(`${origin}/api/${command}`, {
      ...{ method: 'POST', headers },
      body: JSON.stringify(args),
    });
    return (await answer.json()) as { value?: unknown };
  };
  const { projects } = (await call('projects', {})).value as {
    projects: { handle: string; named: boolean }[];
  };
  for (const { handle, named } of projects) if (!named) await call('deleteProject', { project: handle });
}

/**
 * The page says that it goes. One whose requests a test has routed cannot when it is closed, and would have its song for ten
 * minutes more: then it could not be deleted, and would be opened in place of another test's same file.
 */
async function leave(page: Page): Promise<void> {
  try {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await Promise.all([
      page.waitForResponse('**/api/pageGone', { timeout: 1000 }),
      // As text: this file is also checked where no page is known.
      page.evaluate("void dispatchEvent(new Event('pagehide'))"),
    ]);
  } catch {
    // Another page than the program's, or none any more.
  }
}

export interface ProjectOptions {
  /** Path of Electron's program in the project that runs in its window; null in the browser's. */
  electron: string | null;
}

export const test = base.extend<{ app: Page }, { host: HostFixture } & ProjectOptions>({
  electron: [null, { option: true, scope: 'worker' }],
  host: [
    // The runner wants an object pattern here, even an empty one.
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const { host, stop } = await startHost();
      await use(host);
      await stop();
    },
    { scope: 'worker' },
  ],
  /** The welcome view; the test fails when the page logs an error or breaks its content policy. */
  app: async ({ page: browserPage, context, host, electron }, use) => {
    const problems: string[] = [];
    const desktop = electron === null ? null : await startElectron(electron);
    const page = desktop?.page ?? browserPage;
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      // Chromium logs every answer with an error status; what a command answers, or sending its mask, the page itself shows.
      const ofCommand = /\/(api\/|mask\?)/.test(message.location().url);
      // Stems go before the page hears of it: that they are gone is an answer to what it asked in between.
      const ofGone =
        /\/(tile|pcm|peaks)\?|\/download\//.test(message.location().url) && message.text().includes(' 410 ');
      if (message.type() === 'error' && !ofCommand && !ofGone) problems.push(message.text());
    });
    if (!desktop) {
      await context.addCookies([{ ...host.cookie, url: host.origin }]);
      // The tour is for a first start, and has a spec: elsewhere it was left.
      await context.addInitScript({
        content: `localStorage.getItem('unbraid.preferences') ?? localStorage.setItem('unbraid.preferences', '{"toured":true}')`,
      });
      await forgetSongs(host);
      await page.goto(`${host.origin}/?debug`);
    }
    await use(page);
    if (!desktop) await leave(page);
    await desktop?.stop();
    expect(problems).toEqual([]);
  },
});

export { expect };
