import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IpcMainInvokeEvent } from 'electron';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandAnswer } from '../../../src-main/common/contract/bridge.js';
import { tileSize, type SessionInfo } from '../../../src-main/common/contract/session.js';
import { schemeHandler } from '../../../src-main/electron/app-scheme.js';
import { invokeChannel } from '../../../src-main/electron/channels.js';
import { serveIpc } from '../../../src-main/electron/ipc.js';
import { EngineApi } from '../../../src-main/node/api/engine-api.js';
import { wavBytes } from '../../fixtures/audio/wav-bytes.js';
import { handlers, ipcMain, ownFrame } from './fakes.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-ipc-test-'));
const pageDir = join(folder, 'page');
const rate = 44_100;
const samples = Int16Array.from({ length: 44_100 }, (_, n) => 8000 * Math.sin(n / 7));
let engine: EngineApi;
let scheme: (request: Request) => Promise<Response>;
let session: SessionInfo;

const ask = async (request: unknown, event = ownFrame): Promise<CommandAnswer> =>
  (await handlers.get(invokeChannel)!(event, request)) as CommandAnswer;
const get = (path: string, init?: RequestInit): Promise<Response> =>
  scheme(new Request(`unbraid-app://app${path}`, init));

beforeAll(async () => {
  mkdirSync(pageDir);
  writeFileSync(join(pageDir, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(pageDir, 'notes.txt'), 'no type for this');
  writeFileSync(join(folder, 'secret.js'), 'secret');
  symlinkSync(join(folder, 'secret.js'), join(pageDir, 'link.js'));
  mkdirSync(join(folder, 'songs', 'empty'), { recursive: true });
  writeFileSync(
    join(folder, 'songs', 'tone.wav'),
    wavBytes({ format: 1, bits: 16, channels: 1, rate, data: Buffer.from(samples.buffer) }),
  );
  engine = new EngineApi({ cacheDir: join(folder, 'cache'), stateDir: join(folder, 'state') });
  serveIpc({ ipcMain, endpoints: engine.endpoints, adopt: (paths) => engine.files.adopt(paths) });
  scheme = schemeHandler(pageDir, engine.sessions);
  const adopted = await ask({ kind: 'adopt', path: join(folder, 'songs') });
  const { files } = (adopted as { value: { files: { handle: string; name: string }[] } }).value;
  expect(files.map(({ name }) => name)).toEqual(['tone.wav']);
  const answer = await ask({ kind: 'command', command: 'openHandle', args: { handle: files[0].handle } });
  session = (answer as { value: SessionInfo }).value;
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('requests of the page', () => {
  const models = { kind: 'command', command: 'models', args: {} };

  it.each([
    ['another origin', { origin: 'https://evil.com', parent: null }],
    ['a look-alike', { origin: 'unbraid-app://app.evil.com', parent: null }],
    ['a file', { origin: 'file://', parent: null }],
    ['a frame inside the page', { origin: 'unbraid-app://app', parent: {} }],
    ['a frame that is gone', null],
  ])('are refused from %s, with a code', async (_, senderFrame) => {
    expect(await ask(models, { senderFrame } as IpcMainInvokeEvent)).toMatchObject({
      ok: false,
      error: { code: 'permission-denied' },
    });
  });

  it.each([
    [null],
    ['models'],
    [{ kind: 'command', command: 'models', args: {}, more: 1 }],
    [{ kind: 'adopt', path: 7 }],
    [{ kind: 'command', command: 'models', args: { unknown: true } }],
    [{ kind: 'command', command: 'session', args: { session: '../../etc' } }],
    [{ kind: 'command', command: 'constructor', args: {} }],
    [{ kind: 'command', command: 'openHandle', args: { handle: '0'.repeat(32) } }],
    [{ kind: 'command', command: 'info', args: { source: '/etc/passwd' } }],
    [{ kind: 'command', command: 'batch', args: {} }],
  ])('%j is refused with a code', async (request) => {
    expect(await ask(request)).toMatchObject({ ok: false, error: { code: 'invalid-argument' } });
  });

  it('are answered, and songs of the list are opened without a path reaching the page', async () => {
    expect(await ask(models)).toMatchObject({ ok: true });
    expect(session).toMatchObject({ name: 'tone', frames: samples.length });
    const recent = await ask({ kind: 'command', command: 'recentFiles', args: {} });
    expect(recent).toMatchObject({ ok: true, value: { files: [{ name: 'tone.wav' }] } });
    expect(JSON.stringify([recent, session])).not.toContain(folder);
  });

  it('a File that is not from a disk has no handle; a folder without songs and a lost file are errors', async () => {
    expect(await ask({ kind: 'adopt', path: '' })).toEqual({ ok: true, value: { files: [] } });
    for (const name of [join('songs', 'empty'), 'lost.wav']) {
      const answer = await ask({ kind: 'adopt', path: join(folder, name) });
      expect(answer).toMatchObject({ ok: false, error: { code: 'file-not-found' } });
      expect(JSON.stringify(answer)).not.toContain(folder);
    }
  });
});

describe('the app scheme', () => {
  it('serves the page, isolated and with its policy', async () => {
    const page = await get('/');
    expect([page.status, await page.text()]).toEqual([200, '<!doctype html><title>page</title>']);
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'content-security-policy': expect.stringContaining("script-src 'self' 'wasm-unsafe-eval'") as unknown,
    });
  });

  it.each([
    '/..%2fsecret.js',
    '/%2e%2e%2fsecret.js',
    '/..%5csecret.js',
    '/link.js',
    '/notes.txt',
    '/lost.js',
    '/%zz',
  ])('answers %s with nothing', async (path) => {
    const answer = await get(path);
    expect([answer.status, await answer.text()]).toEqual([404, 'There is nothing here\n']);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
  });

  it('answers no other host of the scheme, and no other method', async () => {
    expect((await scheme(new Request('unbraid-app://other/'))).status).toBe(404);
    expect((await get('/', { method: 'DELETE' })).status).toBe(405);
    expect((await get('/api/models', { method: 'POST', body: '{}' })).status).toBe(405);
  });

  it('gives tiles and samples with their length', async () => {
    const at = `session=${session.session}&track=source`;
    const tile = await get(`/tile?${at}&nFft=2048&hop=512&window=hann&level=0&column=0&row=0`);
    expect(tile.headers.get('content-length')).toBe(String(tileSize * tileSize));
    const bytes = new Uint8Array(await tile.arrayBuffer());
    expect(Math.max(...bytes.subarray(0, 200 * tileSize))).toBeGreaterThan(200);
    const pcm = new Float32Array(await (await get(`/pcm?${at}&start=100&count=3`)).arrayBuffer());
    expect([...pcm]).toEqual([...samples.subarray(100, 103)].map((x) => x / 32768));
    const wrong = await get(`/pcm?${at}&start=0&count=99999999`);
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({ ok: false, error: { code: 'invalid-argument' } });
  });

  it('takes an upload and sends a finished export', async () => {
    const body = wavBytes({ format: 1, bits: 16, channels: 1, rate, data: Buffer.from(samples.buffer) });
    const answer = await get('/upload?name=up.wav', { method: 'POST', body });
    const { upload } = (await answer.json()) as { upload: string };
    expect(await engine.client().openUpload({ upload })).toMatchObject({
      name: 'up',
      frames: samples.length,
    });
    const client = engine.client();
    const settings = { model: 'hpss', workers: 1 };
    await client.separateSession({ job: 's', session: session.session, settings });
    const { files } = await client.exportSession({
      job: 'e',
      session: session.session,
      what: 'stems',
      settings,
    });
    // Two stems and the sidecar that proves them.
    expect(files.length).toBe(3);
    for (const file of files) {
      const sent = await get(`/download/${file.download}`);
      expect(sent.headers.get('content-disposition')).toContain(encodeURIComponent(file.name));
      expect((await sent.arrayBuffer()).byteLength).toBe(file.bytes);
    }
    expect((await get(`/download/${'0'.repeat(32)}`)).status).toBe(404);
  });
});
