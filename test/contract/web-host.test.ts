import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createClient, type EngineClient, type Transport } from '../../src-main/common/contract/client.js';
import type { EngineEvent } from '../../src-main/common/contract/commands.js';
import { tileSize, type SessionInfo } from '../../src-main/common/contract/session.js';
import { WebHost, addressKey, newAddressPath } from '../../src-main/hosts/web/server.js';
import { dataAnswer } from '../../src-main/node/api/data-answer.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { unpackZip } from '../fixtures/unpack.js';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import { noMarks } from '../../src-main/common/document/marks.js';
import { documentVersion } from '../../src-main/common/document/migrations.js';
import { wav16 } from '../e2e/support/wav.js';
import { cacheOf, planesOf } from '../fixtures/audio/caches.js';
import { png, taggedWav } from '../fixtures/id3.js';
import { errorDb, noise, sine } from '../fixtures/signals.js';

// The real server and engine; requests by node:http, because fetch refuses to forge Host and Origin.
const folder = mkdtempSync(join(tmpdir(), 'unbraid-web-test-'));
const pageDir = join(folder, 'page');
const rate = 44100;
const length = 2 * rate;
const planes = [sine(length, 1000, rate, 0.5), noise(length, 2).map((x) => 0.1 * x)];
let engine: EngineApi;
let host: WebHost;
let cookie = '';
let session: SessionInfo;
let codec: CodecClient;

interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: Buffer;
}

function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: Uint8Array | string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port: host.port, method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

const own = (): Record<string, string> => ({ Cookie: cookie, Origin: `http://127.0.0.1:${host.port}` });

const transport: Transport = {
  invoke: async (command, args) => {
    const { body } = await send('POST', `/api/${command}`, own(), JSON.stringify(args));
    const answer = JSON.parse(body.toString()) as { ok: boolean; value: unknown; error: unknown };
    if (!answer.ok) throw answer.error;
    return answer.value;
  },
  subscribe: () => () => undefined,
};
const client: EngineClient = createClient(transport);

async function openWav(): Promise<SessionInfo> {
  const path = join(folder, 'tone.wav');
  const output = {
    path,
    format: 'wav' as const,
    sample: 'f32' as const,
    inputs: [{ ref: cacheOf(folder, planes, rate), gain: 1 }],
    tags: { title: 'Tone' },
  };
  await codec.encodeSet({ outputs: [output], dither: 'none', seed: 1 });
  const { body } = await send('POST', '/upload?name=My%20%C3%BCber%20tone.wav', own(), readFileSync(path));
  const { upload } = JSON.parse(body.toString()) as { upload: string };
  return client.openUpload({ upload });
}

beforeAll(async () => {
  const { mkdirSync } = await import('node:fs');
  mkdirSync(pageDir);
  writeFileSync(join(pageDir, 'index.html'), '<!doctype html><title>page</title>');
  codec = new CodecClient();
  engine = new EngineApi({
    cacheDir: join(folder, 'cache'),
    stateDir: join(folder, 'state'),
    host: headlessServices('web'),
  });
  host = new WebHost({ engine, pageDir, maxUpload: 4_000_000 });
  const address = new URL(await host.listen());
  const entered = await send('GET', `${address.pathname}${address.search}`);
  expect(entered.status).toBe(303);
  cookie = String((entered.headers['set-cookie'] as string[])[0]).split(';')[0];
  session = await openWav();
});
afterAll(async () => {
  await host.dispose();
  await engine.dispose();
  codec.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('who may come in', () => {
  it('the cookie belongs to the state folder: another start of it lets the browser in, another folder does not', async () => {
    const key = cookie.slice(cookie.indexOf('=') + 1);
    const state = join(folder, 'state');
    expect(statSync(join(state, 'secret')).mode & 0o777).toBe(0o600);
    const statusFor = async (stateDir: string): Promise<(number | undefined)[]> => {
      const options = { cacheDir: join(folder, 'cache'), stateDir, host: headlessServices('web') };
      const other = new EngineApi(options);
      const again = new WebHost({ engine: other, pageDir });
      await again.listen();
      const call = (name: string): Promise<number | undefined> =>
        new Promise((resolve, reject) => {
          const headers = { Cookie: `unbraid-${again.port}=${name}` };
          const asked = request(
            { host: '127.0.0.1', port: again.port, path: '/', headers, agent: false },
            (answer) => {
              answer.resume();
              resolve(answer.statusCode);
            },
          );
          asked.on('error', reject).end();
        });
      try {
        return [await call(key), await call('x'.repeat(key.length))];
      } finally {
        await again.dispose();
        await other.dispose();
      }
    };
    expect(await statusFor(state)).toEqual([200, 401]);
    expect(await statusFor(join(folder, 'other state'))).toEqual([401, 401]);
  });

  it('whoever has the state folder gets a new one-time address; a page does not', async () => {
    expect((await send('POST', newAddressPath, own())).status).toBe(403);
    const headers = { authorization: addressKey(engine.secret) };
    const evil = { ...headers, Origin: 'http://evil.com' };
    expect((await send('POST', newAddressPath, evil)).status).toBe(403);
    const { status, body } = await send('POST', newAddressPath, headers);
    expect(status).toBe(200);
    const { pathname, search } = new URL((JSON.parse(body.toString()) as { address: string }).address);
    const entered = await send('GET', pathname + search);
    expect([entered.status, String((entered.headers['set-cookie'] as string[])[0]).split(';')[0]]).toEqual([
      303,
      cookie,
    ]);
    expect((await send('GET', pathname + search)).status).toBe(401);
  });
});

describe('events', () => {
  it('reach a page over its socket', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}/events`, { headers: own() });
    await once(socket, 'open');
    const events: EngineEvent[] = [];
    socket.on('message', (data: Buffer) => events.push(JSON.parse(data.toString()) as EngineEvent));
    await client.separateSession({
      job: 'events',
      session: session.session,
      settings: { model: 'hpss', workers: 1 },
    });
    socket.close();
    expect(events[0]).toEqual({ job: 'events', state: 'started' });
    expect(events.at(-2)).toMatchObject({
      job: 'events',
      session: session.session,
      progress: { phase: 'separate' },
    });
    expect(events.at(-1)).toEqual({ job: 'events', state: 'done' });
  });
});

describe('an open song', () => {
  it('is known by handle and name, never by path', async () => {
    const text = JSON.stringify(await client.session({ session: session.session }));
    expect(session).toMatchObject({ name: 'My über tone', sampleRate: rate, channels: 2, frames: length });
    expect(text).not.toContain(folder);
  });

  it('gives its samples, and silence outside', async () => {
    const path = `/pcm?session=${session.session}&track=source&start=${length - 10}&count=20`;
    const { body } = await send('GET', path, { Cookie: cookie });
    const got = new Float32Array(body.buffer.slice(body.byteOffset, body.byteOffset + body.length));
    expect([...got.subarray(0, 20)]).toEqual([...planes[0].subarray(length - 10), ...new Float32Array(10)]);
    expect([...got.subarray(20, 30)]).toEqual([...planes[1].subarray(length - 10)]);
  });

  it('gives tiles whose bright row is the tone, at the tone’s level', async () => {
    const query = `session=${session.session}&track=source&nFft=2048&hop=512&window=hann`;
    const { body } = await send('GET', `/tile?${query}&level=0&column=0&row=0`, { Cookie: cookie });
    expect(body.length).toBe(tileSize * tileSize);
    const frame = 60;
    const levels = Array.from({ length: tileSize }, (_, bin) => body[bin * tileSize + frame]);
    const loudest = levels.indexOf(Math.max(...levels));
    expect(loudest).toBe(Math.round((1000 * 2048) / rate));
    // 0.5 in one of two channels: −6 −3 dB, less up to 1.4 dB between two bins.
    const db = (levels[loudest] / 255) * 120 - 120;
    expect(db).toBeLessThan(-8.5);
    expect(db).toBeGreaterThan(-10.6);
    // A level up shows the same tone in half as many columns, each the larger of two.
    const up = (await send('GET', `/tile?${query}&level=1&column=0&row=0`, { Cookie: cookie })).body;
    expect(up[loudest * tileSize + frame / 2]).toBe(
      Math.max(body[loudest * tileSize + frame], body[loudest * tileSize + frame + 1]),
    );
  });

  it('gives the cover as a picture, of a project too; and nothing for a song without one', async () => {
    const open = async (name: string, cover: Buffer | null): Promise<SessionInfo> => {
      const file = taggedWav(wav16([new Float32Array(4410)], rate), { TIT2: 'Tune', TPE1: 'Ann' }, cover);
      const { body } = await send('POST', `/upload?name=${name}`, own(), file);
      return client.openUpload(JSON.parse(body.toString()) as { upload: string });
    };
    const song = await open('covered.wav', png);
    expect([song.hasCover, song.tags]).toEqual([true, { title: 'Tune', artist: 'Ann' }]);
    const answer = await send('GET', `/cover?session=${song.session}`, own());
    expect([answer.status, answer.headers['content-type'], answer.body]).toEqual([200, 'image/png', png]);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect((await send('GET', `/cover?session=${song.session}`)).status).toBe(401);
    const document = { document: 'unbraid', version: documentVersion, records: [] };
    const request = { session: song.session, document, history: noMarks, view: null, unnamed: true };
    await client.saveProject(request);
    const entry = async () => (await client.projects({})).projects.find(({ title }) => title === 'Tune');
    await expect.poll(async () => (await entry())?.cover).toMatch(/^[0-9a-f]{32}$/);
    const { cover, artist } = (await entry())!;
    expect([artist, (await send('GET', `/cover?file=${cover}`, own())).body]).toEqual(['Ann', png]);
    await client.closeSession({ session: song.session });
    const plain = await open('bare.wav', Buffer.from('<svg/>'));
    for (const query of [`session=${plain.session}`, `file=${'0'.repeat(32)}`])
      expect((await send('GET', `/cover?${query}`, own())).status).toBe(404);
    expect((await send('GET', '/cover?session=x', own())).status).toBe(400);
    await client.closeSession({ session: plain.session });
  });

  it('gives the peaks of each column', async () => {
    const { body } = await send('GET', `/peaks?session=${session.session}&track=source&columns=4`, {
      Cookie: cookie,
    });
    const got = new Float32Array(body.buffer.slice(body.byteOffset, body.byteOffset + body.length));
    expect(got.length).toBe(8);
    const part = planes.map((plane) => plane.subarray(length / 2, (3 * length) / 4));
    expect(got[5]).toBe(Math.max(...part.map((plane) => plane.reduce((a, b) => Math.max(a, b)))));
  });

  it.each(['level=-1', 'nFft=1000', 'window=none', 'session=00', 'count=99999999'])(
    'a request with %s is an error with a code',
    async (change) => {
      const query = new URLSearchParams(
        `session=${session.session}&track=source&nFft=2048&hop=512&window=hann&level=0&column=0&row=0&start=0&count=1`,
      );
      const [name, value] = change.split('=');
      query.set(name, value);
      const path = name === 'count' ? '/pcm' : '/tile';
      const { status, body } = await send('GET', `${path}?${query.toString()}`, { Cookie: cookie });
      expect(status).toBe(400);
      expect(JSON.parse(body.toString())).toMatchObject({ ok: false, error: { code: 'invalid-argument' } });
    },
  );

  it.each(['/tile', '/pcm', '/peaks'])('%s of a track that has gone says so', async (path) => {
    const query = 'nFft=2048&hop=512&window=hann&level=0&column=0&row=0&start=0&count=1&columns=4';
    const url = `${path}?session=${session.session}&track=vocals&${query}`;
    const { status, body } = await send('GET', url, { Cookie: cookie });
    expect(status).toBe(410);
    expect(JSON.parse(body.toString())).toMatchObject({ ok: false, error: { code: 'track-gone' } });
  });

  it('is separated and exported: the downloaded stems add up to the song', async () => {
    const separated = await client.separateSession({
      job: 's',
      session: session.session,
      settings: { model: 'hpss', workers: 1 },
    });
    expect(separated.tracks.map((track) => track.id)).toEqual(['source', 'harmonic', 'percussive']);
    expect(separated.separation?.nullDb).toBeLessThan(-120);
    const report = await client.exportSession({
      job: 'e',
      session: session.session,
      what: 'stems',
      settings: {},
    });
    const sum = planes.map((plane) => new Float32Array(plane.length));
    expect(report.files.at(-1)!.name).toMatch(/\.unbraid\.json$/);
    for (const [i, file] of report.files.slice(0, -1).entries()) {
      const { body, headers } = await send('GET', `/download/${file.download}`, { Cookie: cookie });
      expect(headers['content-disposition']).toContain(encodeURIComponent(file.name));
      const path = join(folder, `stem-${i}.wav`);
      writeFileSync(path, body);
      const decoded = await codec.decode({ path, dir: join(folder, `stem-${i}`) });
      planesOf(decoded.ref).forEach((plane, ch) => plane.forEach((x, n) => (sum[ch][n] += x)));
    }
    planes.forEach((plane, ch) => expect(errorDb(sum[ch], plane)).toBeLessThan(-120));
  });

  it('exports the mix as heard, of a selection only', async () => {
    const range = { start: 1000, count: 5000 };
    const mixer = { harmonic: { gainDb: -6 }, percussive: { gainDb: -6 } };
    const { files } = await client.exportSession({
      job: 'm',
      session: session.session,
      what: 'mix',
      mixer,
      range,
      settings: { depth: '32f' },
    });
    const { body } = await send('GET', `/download/${files[0].download}`, { Cookie: cookie });
    const path = join(folder, 'mix.wav');
    writeFileSync(path, body);
    const decoded = await codec.decode({ path, dir: join(folder, 'mix') });
    const expected = planes[0].subarray(1000, 6000).map((x) => x * 10 ** (-6 / 20));
    expect(errorDb(planesOf(decoded.ref)[0], expected)).toBeLessThan(-120);
  });

  it('a broken upload is one error that names the file as the user knows it', async () => {
    const { body } = await send('POST', '/upload?name=broken.mp3', own(), 'this is not audio');
    const { upload } = JSON.parse(body.toString()) as { upload: string };
    await expect(client.openUpload({ upload })).rejects.toMatchObject({
      file: 'broken.mp3',
      code: expect.stringMatching(/not-audio|damaged/) as unknown,
    });
  });

  it('after closing, its handle is worth nothing', async () => {
    const other = await openWav().catch(async () => {
      rmSync(join(folder, 'tone.wav'));
      return openWav();
    });
    await client.closeSession({ session: other.session });
    await expect(client.session({ session: other.session })).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });
});

describe('the host', () => {
  it('says what it is, and that it has no dialogs', async () => {
    expect(await client.hostInfo({})).toMatchObject({ kind: 'web', nativeDialogs: false });
    expect(await client.takeOpened({})).toEqual({ files: [] });
    expect(await client.menuState({ language: 'en', song: true, undo: null, redo: null })).toBeNull();
    for (const asked of [client.chooseSource({}), client.chooseFolder({})]) {
      await expect(asked).rejects.toMatchObject({
        code: 'not-in-this-host',
        hint: expect.any(String) as unknown,
      });
    }
  });

  it('remembers what was opened from this machine, and not what was uploaded', async () => {
    expect(await client.recentFiles({})).toEqual({ files: [] });
    const demo = await client.openDemo({});
    const { files } = await client.recentFiles({});
    expect(files.map(({ name }) => name)).toEqual(['Sodium (demo).ogg']);
    const again = await client.openHandle({ handle: files[0].handle });
    expect([again.name, again.frames]).toEqual([demo.name, demo.frames]);
    expect(again.session).not.toBe(demo.session);
    await client.forgetRecent({ handle: files[0].handle });
    expect(await client.recentFiles({})).toEqual({ files: [] });
  });

  it('knows no handle that it never gave', async () => {
    const handle = '0'.repeat(32);
    const code = { code: 'invalid-argument' };
    await expect(client.openHandle({ handle })).rejects.toMatchObject(code);
    await expect(client.showInFolder({ handle })).rejects.toMatchObject(code);
    await expect(client.dragDownloads({ downloads: [handle] })).rejects.toMatchObject({
      code: 'file-not-found',
    });
    await expect(client.saveDownloads({ downloads: [handle], folder: handle })).rejects.toMatchObject(code);
    await expect(client.openHandle({ handle: '../../etc/passwd' })).rejects.toMatchObject(code);
  });

  it('saves exports into a chosen folder under free names, and shows them by handle', async () => {
    const target = join(folder, 'target');
    const { mkdirSync, readdirSync } = await import('node:fs');
    mkdirSync(target);
    const [shown, dragged]: [string[], string[]] = [[], []];
    const native = new EngineApi({
      cacheDir: join(folder, 'cache'),
      stateDir: join(folder, 'state-2'),
      host: {
        ...headlessServices('library'),
        chooseFolder: () => Promise.resolve(target),
        showInFolder: (path) => shown.push(path),
        dragFiles: (paths) => dragged.push(...paths),
      },
    });
    const own = native.client();
    const song = await own.openDemo({});
    const settings = { model: 'hpss', workers: 1 };
    const range = { start: 0, count: 44_100 };
    await own.separateSession({ job: 's', session: song.session, settings });
    const { files } = await own.exportSession({
      job: 'e',
      session: song.session,
      what: 'stems',
      range,
      settings,
    });
    const downloads = files.map(({ download }) => download);
    const { folder: chosen } = await own.chooseFolder({});
    const saved = await own.saveDownloads({ downloads, folder: chosen!.handle });
    const twice = await own.saveDownloads({ downloads, folder: chosen!.handle });
    expect(saved.files.length).toBe(3);
    expect(twice.files[0].name).toBe(saved.files[0].name.replace('.wav', ' (2).wav'));
    const there = readdirSync(target, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.includes('.'),
    );
    expect(there.length).toBe(6);
    // The same as one zip, made as it is fetched; a name that is there twice gets a number.
    const { download } = await own.packDownloads({
      downloads: [...downloads, downloads[0]],
      name: 'all.zip',
    });
    const url = new URL(`http://127.0.0.1/download/${download}`);
    const zip = (await dataAnswer(native.sessions, { method: 'GET', url, body: () => Readable.from([]) }))!;
    expect(zip.headers['Content-Disposition']).toContain('all.zip');
    writeFileSync(join(folder, 'all.zip'), await buffer(zip.body as Readable));
    const unpacked = join(folder, 'unpacked');
    await unpackZip(join(folder, 'all.zip'), unpacked);
    const first = saved.files[0].name;
    // Both have the folder that the template names.
    const inside = 'Sodium (demo)';
    expect([readdirSync(unpacked), readdirSync(target)]).toEqual([[inside], [inside]]);
    expect(readdirSync(join(unpacked, inside)).sort()).toEqual(
      [...files.map(({ name }) => name), first.replace('.wav', ' (2).wav')].sort(),
    );
    expect(
      readFileSync(join(unpacked, inside, first)).equals(readFileSync(join(target, inside, first))),
    ).toBe(true);
    await expect(own.packDownloads({ downloads: ['0'.repeat(32)], name: 'x' })).rejects.toMatchObject({
      code: 'file-not-found',
    });
    await own.showInFolder({ handle: saved.files[0].handle });
    expect(shown.map((path) => readFileSync(path).length)).toEqual([files[0].bytes]);
    // What is dragged out is the file under its own name, each time.
    for (let i = 0; i < 2; i++) await own.dragDownloads({ downloads: downloads.slice(0, 2) });
    expect(dragged.map((path) => basename(path))).toEqual(
      [files[0], files[1], files[0], files[1]].map(({ name }) => name),
    );
    expect(readFileSync(dragged[0]).equals(readFileSync(join(target, inside, first)))).toBe(true);
    await expect(own.dragDownloads({ downloads: ['0'.repeat(32)] })).rejects.toMatchObject({
      code: 'file-not-found',
    });
    await native.dispose();
  });
});
