import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';

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

describe.runIf(process.platform !== 'win32')('the host that a package runner started', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));

  /** Starts in a new process group, which is ended after the test. */
  async function serve(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(program, args, {
      cwd: root,
      detached: true,
      env: { ...process.env, npm_command: undefined, UNBRAID_STATE: folder, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // All of it has ended.
      }
    });
    let text = '';
    await new Promise<void>((resolve) =>
      child.stdout.on('data', (data: Buffer) => {
        text += data.toString();
        if (/token=\S+\n/.test(text)) resolve();
      }),
    );
    const [pid, address] = ['0', ...text.trim().split('\n')].slice(-2);
    expect(await answers(address)).toBe(true);
    return { child, address, program: Number(pid) };
  }

  const silent = async (address: string): Promise<void> => {
    while (await answers(address)) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  // `npx unbraid serve` runs the same processes: npm, a shell, the program.
  it.each(['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)('ends when only the runner gets %s', async (signal) => {
    const { child, address } = await serve('npm', ['run', '--silent', 'cli', 'serve', '--', '--no-open']);
    child.kill(signal);
    await silent(address);
  });

  it('ends with the SIGINT that Ctrl+C sends to all of them', async () => {
    const { child, address } = await serve('npm', ['run', '--silent', 'cli', 'serve', '--', '--no-open']);
    process.kill(-child.pid!, 'SIGINT');
    await silent(address);
  });

  const line = `"${process.execPath}" "${start}" serve --no-open & echo "$!"; wait`;

  it('ends when the shell in between is gone', async () => {
    const { child, address } = await serve('/bin/sh', ['-c', line], { npm_command: 'exec' });
    child.kill('SIGKILL');
    await silent(address);
  });

  it('stays when a shell that started it ends', async () => {
    const { child, address, program } = await serve('/bin/sh', ['-c', line]);
    child.kill('SIGKILL');
    // Twice as long as it takes to notice.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await answers(address)).toBe(true);
    process.kill(program, 'SIGTERM');
    await silent(address);
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
