import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const start = fileURLToPath(new URL('../../out/hosts/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'unbraid-start-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  /** What it has printed once `until` is in it. */
  readonly text: string;
  stop(): Promise<void>;
}

/** Runs `unbraid open` with a folder in place of Electron's own. */
async function run(dist: string, until: RegExp, env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const child = spawn(process.execPath, [start, 'open', '--no-open'], {
    env: { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: dist, UNBRAID_STATE: folder, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let text = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString();
      if (until.test(text)) resolve();
    });
    child.once('exit', () => reject(new Error(`It ended with: ${text}`)));
  });
  return {
    text,
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

it('without Electron’s program it says so in one line, and serves the page', async () => {
  const { text, stop } = await run(join(folder, 'none'), /token=\S+\n/);
  const lines = text.trim().split('\n');
  expect(lines.length).toBe(2);
  expect(lines[0]).toBe(
    "No desktop window: Electron's program is not installed; opening the editor in the browser.",
  );
  expect(lines[1]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+$/);
  const page = await fetch(lines[1], { redirect: 'manual' });
  expect(page.status).toBe(303);
  await stop();
  await expect(fetch(lines[1])).rejects.toThrow();
});

/** Whether something answers at this address. */
const answers = (address: string): Promise<boolean> =>
  fetch(address, { redirect: 'manual' }).then(
    () => true,
    () => false,
  );

describe.runIf(process.platform !== 'win32')('the host that npx started', () => {
  const main = fileURLToPath(new URL('../../out/hosts/cli/main.js', import.meta.url));

  /** As npx does: a shell between the package runner and the program. */
  async function serve(env: NodeJS.ProcessEnv) {
    const line = `"${process.execPath}" "${main}" serve --no-open & echo "$!"; wait`;
    const shell = spawn('/bin/sh', ['-c', line], {
      env: { ...process.env, npm_command: undefined, UNBRAID_STATE: folder, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    await new Promise<void>((resolve) =>
      shell.stdout.on('data', (data: Buffer) => {
        text += data.toString();
        if (/token=\S+\n/.test(text)) resolve();
      }),
    );
    const [pid, address] = text.trim().split('\n');
    return { shell, address, program: Number(pid) };
  }

  it('ends when npx is gone', async () => {
    const { shell, address } = await serve({ npm_command: 'exec' });
    expect(await answers(address)).toBe(true);
    shell.kill('SIGKILL');
    while (await answers(address)) await new Promise((resolve) => setTimeout(resolve, 50));
  });

  it('stays when a shell that started it ends', async () => {
    const { shell, address, program } = await serve({});
    shell.kill('SIGKILL');
    // Twice as long as it takes to notice.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await answers(address)).toBe(true);
    process.kill(program, 'SIGTERM');
    while (await answers(address)) await new Promise((resolve) => setTimeout(resolve, 50));
  });
});

it.runIf(process.platform === 'linux')('with it, it starts it with this folder', async () => {
  const dist = join(folder, 'dist');
  mkdirSync(dist);
  writeFileSync(join(dist, 'electron'), '#!/bin/sh\necho "started: $1"\nexec sleep 60\n');
  chmodSync(join(dist, 'electron'), 0o755);
  const { text, stop } = await run(dist, /\n/, { DISPLAY: ':99' });
  expect(text).toBe(`started: ${fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')}\n`);
  await stop();
  const without = await run(dist, /token=\S+\n/, { DISPLAY: '', WAYLAND_DISPLAY: '' });
  expect(without.text).toContain('No desktop window: there is no display;');
  await without.stop();
});
