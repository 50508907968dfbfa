import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import { Bodies } from '../../src-main/node/api/bodies.js';
import { scaled } from './support/scale.js';
import { TestHost } from './support/web-host.js';

const samples = Int16Array.from({ length: 300_000 }, (_, n) => (n * 7919) % 20_011);
let web: TestHost;
let session: SessionInfo;

beforeAll(async () => {
  web = await new TestHost({ maxUpload: 4_000_000 }).start();
  session = await web.open('song.wav', samples);
});
afterAll(() => web.stop());

/** The answer of `/pcm` for the whole song. */
const pcm = (start: number, count: number): string =>
  `/pcm?session=${session.session}&track=source&start=${start}&count=${count}`;

async function expectHealthy(): Promise<void> {
  expect((await web.ask('session', { session: session.session })).ok).toBe(true);
}

describe('P23 who may come in', () => {
  it('the token works once, and every answer carries the isolation headers', async () => {
    const { pathname, search } = new URL(web.host.address);
    expect((await web.send({ path: `${pathname}${search}` })).status).toBe(401);
    const page = await web.get('/');
    expect([page.status, page.body.toString()]).toEqual([200, '<!doctype html><title>page</title>']);
    expect(page.headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'x-content-type-options': 'nosniff',
    });
  });

  it('the policy names the host’s own socket, and no other', async () => {
    const policy = (await web.get('/')).headers['content-security-policy'] as string;
    const connects = /connect-src ([^;]*)/.exec(policy)![1].split(' ');
    expect(connects).toEqual(["'self'", `ws://127.0.0.1:${web.host.port}`]);
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    const refused = await web.send({ path: '/', headers: { Host: 'evil.com' } });
    expect(refused.headers['content-security-policy']).toContain("connect-src 'self';");
  });

  it.each(['evil.com', '127.evil.com', 'localhost.evil.com', '127.0.0.1', '127.0.0.1:1'])(
    'a Host of "%s" is refused (DNS rebinding)',
    async (name) => {
      const { status } = await web.send({ path: '/', headers: { Cookie: web.cookie, Host: name } });
      expect(status).toBe(403);
    },
  );

  it.each([undefined, 'null', 'http://evil.com', 'https://127.0.0.1', 'http://127.0.0.1:1'])(
    'a command with the Origin %s is refused',
    async (origin) => {
      const headers = { Cookie: web.cookie, ...(origin !== undefined && { Origin: origin }) };
      for (const path of ['/api/models', '/upload?name=x.wav', `/mask?session=${session.session}`])
        expect((await web.send({ method: 'POST', path, headers, body: '{}' })).status).toBe(403);
    },
  );

  it('without the cookie every request is refused', async () => {
    for (const path of ['/', '/tile', pcm(0, 1)]) expect((await web.send({ path })).status).toBe(401);
    const forged = { Origin: web.origin, Cookie: `${web.cookie.split('=')[0]}=wrong` };
    const { status } = await web.send({ method: 'POST', path: '/api/models', headers: forged, body: '{}' });
    expect(status).toBe(401);
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%5csecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/link/../../secret.txt',
    '/link.txt',
  ])('the path %s leads nowhere', async (path) => {
    const { status, body } = await web.get(path);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body.toString()).not.toContain('secret');
  });

  it('commands that take paths are not for pages', async () => {
    for (const name of ['info', 'separate', 'batch', 'remix', 'check', 'toString', 'constructor']) {
      const { status } = await web.post(`/api/${name}`, JSON.stringify({ source: '/etc/passwd' }));
      expect(status).toBe(404);
    }
  });
});

describe('P23 sockets', () => {
  const open = (headers: Record<string, string>): Promise<WebSocket | null> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${web.host.port}/events`, { headers });
      socket.on('open', () => resolve(socket)).on('error', () => resolve(null));
    });

  it('of another site are refused', async () => {
    expect(await open({ Cookie: web.cookie, Origin: 'http://evil.com' })).toBeNull();
    expect(await open({ Cookie: web.cookie })).toBeNull();
    expect(await open({ Origin: web.origin })).toBeNull();
  });

  it('that send an oversized frame are closed, with the code for it; the host stays healthy', async () => {
    const socket = (await open(web.own))!;
    socket.send(Buffer.alloc(4097));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1009);
    await expectHealthy();
  });

  it('are at most 64 at a time', async () => {
    const sockets = await Promise.all(Array.from({ length: 70 }, () => open(web.own)));
    const [kept, refused] = [sockets.filter(Boolean), sockets.filter((socket) => socket === null)];
    expect([kept.length, refused.length]).toEqual([64, 6]);
    for (const socket of kept) socket!.close();
    await expect.poll(() => open(web.own), { timeout: 5000 }).not.toBeNull();
  });
});

describe('P23 bodies', () => {
  it('that are too large are refused', async () => {
    // A client that is still sending may lose its connection before it sees the answer.
    const status = (answer: Promise<{ status: number }>): Promise<number> =>
      answer.then(
        (got) => got.status,
        () => 413,
      );
    expect(await status(web.post('/upload?name=x.wav', Buffer.alloc(4_000_001)))).toBe(413);
    expect(await status(web.post('/api/models', 'x'.repeat(1_100_000)))).toBe(413);
    await expectHealthy();
  });

  it('of twelve masks of 16 MB at once are not held in memory', async () => {
    const piece = Buffer.alloc(1 << 20, 7);
    const mask = function* (): Generator<Uint8Array> {
      for (let i = 0; i < 16; i++) yield piece;
    };
    const before = process.memoryUsage().rss;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss - before)), 20);
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => web.post(`/mask?session=${session.session}`, mask())),
    );
    clearInterval(watch);
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(400));
    // One of them is read at a time; all of them would be 192 MB.
    expect(most).toBeLessThan(140 * 2 ** 20);
    const { dir } = web.engine.sessions.store.get(session.session).song;
    expect(readdirSync(dir).filter((name) => name.startsWith('sent-'))).toEqual([]);
  });

  it('of all requests share one budget; what goes over it is refused, and the rest goes on', async () => {
    const { Readable } = await import('node:stream');
    const bodies = new Bodies({ disk: 1000, memory: 100, files: 2 });
    const at = (name: string): string => `${web.folder}/${name}`;
    const code = (work: Promise<unknown>): Promise<unknown> =>
      work.catch((error: unknown) => (error as { code: string }).code);
    let release = (): void => undefined;
    const held = bodies.toFile(
      Readable.from([Buffer.alloc(800)]),
      at('a'),
      900,
      () => new Promise<string>((resolve) => (release = () => resolve('kept'))),
    );
    await expect.poll(() => readdirSync(web.folder)).toContain('a');
    expect(
      await code(bodies.toFile(Readable.from([Buffer.alloc(300)]), at('b'), 900, () => Promise.resolve(1))),
    ).toBe('too-large');
    expect(
      await code(bodies.toFile(Readable.from([Buffer.alloc(200)]), at('c'), 100, () => Promise.resolve(1))),
    ).toBe('too-large');
    expect(
      await code(bodies.toFile(Readable.from([Buffer.alloc(200)]), at('d'), 900, () => Promise.resolve(1))),
    ).toBe(1);
    release();
    expect(await held).toBe('kept');
    expect(readdirSync(web.folder).filter((name) => /^[abcd]$/.test(name))).toEqual(['a', 'd']);
    expect(
      await code(bodies.inMemory(Readable.from([Buffer.alloc(101)]), 1000, () => Promise.resolve(1))),
    ).toBe('too-large');
    expect(
      await code(bodies.inMemory(Readable.from([Buffer.alloc(100)]), 100, (b) => Promise.resolve(b.length))),
    ).toBe(100);
  });
});

describe('P23 slow clients', () => {
  let slow: TestHost;
  let song: SessionInfo;
  beforeAll(async () => {
    slow = await new TestHost({ stallMs: 2000 }).start();
    song = await slow.open('song.wav', samples);
  });
  afterAll(() => slow.stop());
  const samplesAt = (start: number, count: number): string =>
    `/pcm?session=${song.session}&track=source&start=${start}&count=${count}`;
  /** A connection that says `text` and then nothing. */
  const say = async (text: string): Promise<Socket> => {
    const socket = connect(slow.host.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  };
  const head = (line: string, more = ''): string =>
    `${line} HTTP/1.1\r\nHost: 127.0.0.1:${slow.host.port}\r\nCookie: ${slow.cookie}\r\nOrigin: ${slow.origin}\r\n${more}\r\n`;
  const closed = (socket: Socket): Promise<unknown> => {
    socket.resume();
    return socket.closed ? Promise.resolve() : once(socket, 'close');
  };

  it('that send half a body lose their connection; nothing of it stays', async () => {
    const command = await say(head('POST /api/models', 'Content-Length: 1000\r\n') + '{');
    const upload = await say(head('POST /upload?name=half.wav', 'Content-Length: 1000\r\n') + 'RIFF');
    await Promise.all([closed(command), closed(upload)]);
    expect((await slow.ask('session', { session: song.session })).ok).toBe(true);
  });

  it('that do not take their answer lose it; two hundred of them hold nobody up', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 200 }, () => say(head(`GET ${samplesAt(0, 300_000)}`))),
    );
    for (const socket of sockets) socket.pause();
    const fresh = await Promise.all(Array.from({ length: 50 }, (_, i) => slow.get(samplesAt(i, 1000))));
    expect(fresh.map(({ body }) => body.length)).toEqual(Array(50).fill(4000));
    // They are cut off before the end; Chromium's and Linux's buffers hold a part.
    const server = (): Promise<number> =>
      new Promise((resolve) => slow.host.connections((count) => resolve(count)));
    await expect.poll(server, { timeout: 40_000 }).toBeLessThan(20);
    for (const socket of sockets) socket.destroy();
    expect((await slow.ask('session', { session: song.session })).ok).toBe(true);
  });
});

describe('P23 a thousand requests at once', () => {
  it('while a song is separated are all answered with their samples', async () => {
    const separating = web.ask('separateSession', {
      ...{ job: 'load', session: session.session },
      settings: { model: 'hpss', workers: 2 },
    });
    const count = 4000;
    const starts = Array.from({ length: scaled(1000, 1000) }, (_, i) => (i * 271) % 290_000);
    const answers = await Promise.all(starts.map((start) => web.get(pcm(start, count))));
    answers.forEach(({ status, body }, i) => {
      expect(status).toBe(200);
      const got = new Float32Array(body.buffer.slice(body.byteOffset, body.byteOffset + body.length));
      expect([got.length, got[0], got[count - 1]]).toEqual([
        count,
        samples[starts[i]] / 32768,
        samples[starts[i] + count - 1] / 32768,
      ]);
    });
    expect((await separating).ok).toBe(true);
    await expectHealthy();
  });
});
