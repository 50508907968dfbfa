import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Electron from 'electron';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { utilitySpawner } from '../../../src-main/electron/utility-spawner.js';
import { CodecClient } from '../../../src-main/node/audio/codec-client.js';
import { resourcePath } from '../../../src-main/node/process/resources.js';
import { wavBytes } from '../../fixtures/audio/wav-bytes.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-utility-test-'));
const song = join(folder, 'song.wav');
const shim = new URL('./utility-port.mjs', import.meta.url).href;

/** A Node process that looks like a utility process from both sides. */
const forked = vi.fn((path: string, args: string[] = [], options: Electron.ForkOptions = {}) => {
  const child = fork(path, args, {
    execArgv: ['--import', shim],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: options.env as NodeJS.ProcessEnv,
  });
  const seen = Object.assign(new EventEmitter(), {
    pid: child.pid,
    stderr: child.stderr,
    postMessage: (message: unknown) => child.send(message as object),
    kill: () => child.kill('SIGKILL'),
  });
  child.on('message', (message) => seen.emit('message', message));
  child.on('exit', (code) => seen.emit('exit', code ?? 1));
  return seen as unknown as Electron.UtilityProcess;
});

beforeAll(() => {
  const data = Buffer.alloc(2 * 8000);
  writeFileSync(song, wavBytes({ format: 1, bits: 16, channels: 1, rate: 8000, data }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the codec works as a utility process; ended once it is tried again, ended twice the call rejects', async () => {
  const codec = new CodecClient(utilitySpawner(forked));
  expect(await codec.probe(song)).toMatchObject({ sampleRate: 8000, channels: 1 });
  expect(forked.mock.calls[0][0]).toMatch(/[\\/]out[\\/]node[\\/]audio[\\/]codec-process\.js$/);
  expect(forked.mock.calls[0][2]).toMatchObject({ stdio: ['ignore', 'ignore', 'pipe'] });
  const child = (n: number): Electron.UtilityProcess =>
    forked.mock.results[n].value as Electron.UtilityProcess;
  // Held, so that it cannot answer before it is killed.
  process.kill(child(0).pid!, 'SIGSTOP');
  const again = codec.probe(song);
  child(0).kill();
  expect(await again).toMatchObject({ sampleRate: 8000 });
  expect(forked).toHaveBeenCalledTimes(2);
  process.kill(child(1).pid!, 'SIGSTOP');
  const pending = codec.probe(song);
  child(1).kill();
  await vi.waitFor(() => expect(forked).toHaveBeenCalledTimes(3), 10_000);
  process.kill(child(2).pid!, 'SIGSTOP');
  child(2).kill();
  await expect(pending).rejects.toMatchObject({ code: 'process-died' });
  codec.dispose();
});

it('what ships is found beside the archive of a packaged program', () => {
  const root = new URL('file:///opt/Unbraid/resources/app.asar/');
  expect(resourcePath('models/weights', root)).toBe(
    '/opt/Unbraid/resources/app.asar.unpacked/models/weights',
  );
  expect(resourcePath('assets', new URL('file:///home/my.app.asar-tests/'))).toBe(
    '/home/my.app.asar-tests/assets',
  );
});
