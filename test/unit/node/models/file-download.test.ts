import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CatalogueFile } from '../../../../src-main/common/models/catalogue.js';
import {
  downloadFile,
  type TransferNews,
  type TransferOptions,
} from '../../../../src-main/node/models/file-download.js';
import { HttpClient } from '../../../../src-main/node/models/http.js';
import { FileServer } from '../../../fixtures/models/file-server.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-download-test-'));
let server: FileServer;
let http: HttpClient;
beforeAll(async () => {
  server = await FileServer.start();
  http = new HttpClient({ connectMs: 2000, silentMs: 1000 }, {});
});
afterAll(async () => {
  await http.dispose();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** 300 kB that no cut or repetition leaves as they are. */
const content = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8) * 7) & 0xff));
const other = Buffer.from(content).reverse();
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const hash = sha256(content);

let count = 0;
function fresh(): { dir: string; path: string } {
  const dir = mkdtempSync(join(folder, 'one-'));
  return { dir, path: `/file-${count++}` };
}

function file(urls: string[], parts: Partial<CatalogueFile> = {}): CatalogueFile {
  return { name: 'model.onnx', bytes: content.length, sha256: hash, urls, derived: false, ...parts };
}

async function fetchTo(dir: string, wanted: CatalogueFile, options: Partial<TransferOptions> = {}) {
  const news: TransferNews[] = [];
  const got = await downloadFile(wanted, dir, {
    ...{ http, retryMs: 1, onNews: (one: TransferNews) => void news.push(one) },
    ...options,
  });
  return { got, news, bytes: readFileSync(join(dir, wanted.name)) };
}

describe('a download', () => {
  it('brings the bytes, their hash and where they came from', async () => {
    const { dir, path } = fresh();
    const url = server.set(path, { bytes: content });
    const { got, bytes } = await fetchTo(dir, file([url]));
    expect(bytes).toEqual(content);
    expect(got).toEqual({ name: 'model.onnx', bytes: content.length, sha256: hash, url, from: url });
    expect(existsSync(join(dir, 'model.onnx.part'))).toBe(false);
  });

  it('goes on where a cut connection ended, with the ETag as the condition', async () => {
    const { dir, path } = fresh();
    const url = server.set(path, { bytes: content, cutAfter: 100_000 });
    const { bytes } = await fetchTo(dir, file([url]));
    expect(bytes).toEqual(content);
    const asked = server.asked.filter((one) => one.path === path);
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(asked[1].ifRange).toMatch(/^"[0-9a-f]{32}"$/);
    const starts = asked.slice(1).map(({ range }) => Number(/bytes=(\d+)-/.exec(range ?? '')?.[1]));
    // Each answer went on behind the last one.
    expect([...starts].sort((a, b) => a - b)).toEqual(starts);
    expect(starts[0]).toBeGreaterThan(0);
  });

  it('goes on after a stall, and says that it does', async () => {
    const { dir, path } = fresh();
    const url = server.set(path, { bytes: content, stallAfter: 120_000, times: 1 });
    const { bytes, news } = await fetchTo(dir, file([url]));
    expect(bytes).toEqual(content);
    expect(news.find((one) => one.news === 'again')).toMatchObject({ error: { code: 'timeout' } });
    expect(server.ranges(path)[1]).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it('goes on in another run with the same hash; a file that changed meanwhile is fetched from the beginning', async () => {
    const { dir, path } = fresh();
    const url = server.set(path, { bytes: other, cutAfter: 100_000 });
    const controller = new AbortController();
    const unknown = file([url], { sha256: null, bytes: null });
    const first = fetchTo(dir, unknown, {
      signal: controller.signal,
      onNews: (news) => news.news === 'again' && controller.abort(),
    });
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    const kept = readFileSync(join(dir, 'model.onnx.part'));
    expect(kept).toEqual(other.subarray(0, kept.length));
    expect(kept.length).toBeGreaterThan(0);
    server.set(path, { bytes: content });
    const { got, bytes } = await fetchTo(dir, unknown);
    // It asked for the rest, was told that the file is another one, and has nothing of the old one.
    expect(server.ranges(path).at(-1)).toBe(`bytes=${kept.length}-`);
    expect(bytes).toEqual(content);
    expect(got.sha256).toBe(hash);
  });

  it.each([
    { what: 'the ETag', etag: undefined, bytes: content },
    { what: 'the length', etag: null, bytes: Buffer.concat([content, other]) },
  ])('a server that sends the rest of another file is found out by $what', async ({ etag, bytes: later }) => {
    const { dir, path } = fresh();
    const url = server.set(path, { bytes: other, cutAfter: 100_000, etag: etag === null ? '"same"' : etag });
    const controller = new AbortController();
    const unknown = file([url], { sha256: null, bytes: null });
    const onNews = (news: TransferNews): void => void (news.news === 'again' && controller.abort());
    await fetchTo(dir, unknown, { signal: controller.signal, onNews }).catch(() => undefined);
    expect(readFileSync(join(dir, 'model.onnx.part')).length).toBeGreaterThan(0);
    server.set(path, { bytes: later, ignoreIfRange: true, etag: etag === null ? '"same"' : etag });
    const { bytes, news } = await fetchTo(dir, unknown);
    expect(bytes).toEqual(later);
    expect(news.find((one) => one.news === 'again')).toMatchObject({
      error: {
        code: 'download-failed',
        message: expect.stringContaining('another file under this name') as string,
      },
    });
  });

  it.each(['ENOSPC', 'EIO'])(
    '%s when the disk is asked for certainty is about the disk, and no try more',
    async (code) => {
      const { dir, path } = fresh();
      const url = server.set(path, { bytes: content });
      const probe = await open(join(dir, 'probe'), 'w');
      const sync = vi
        .spyOn(Object.getPrototypeOf(probe) as FileHandle, 'sync')
        .mockRejectedValue(Object.assign(new Error(`${code}: fsync`), { code, syscall: 'fsync' }));
      await probe.close();
      try {
        const wanted = { code: code === 'ENOSPC' ? 'disk-full' : 'io-error' };
        await expect(fetchTo(dir, file([url]))).rejects.toMatchObject(wanted);
      } finally {
        sync.mockRestore();
      }
      expect(server.ranges(path)).toEqual([undefined]);
    },
  );

  it('without a validator and without a known hash begins again', async () => {
    const { dir, path } = fresh();
    const url = server.set(path, { bytes: content, etag: null, cutAfter: 100_000, times: 1 });
    const { bytes } = await fetchTo(dir, file([url], { sha256: null }));
    expect(bytes).toEqual(content);
    expect(server.ranges(path)).toEqual([undefined, undefined]);
  });

  it('a part that is wrong on disk is noticed by the hash and fetched again', async () => {
    const { dir, path } = fresh();
    const url = server.set(path, { bytes: other, etag: null, cutAfter: 100_000 });
    const controller = new AbortController();
    const onNews = (news: TransferNews): void => void (news.news === 'again' && controller.abort());
    await fetchTo(dir, file([url]), { signal: controller.signal, onNews }).catch(() => undefined);
    server.set(path, { bytes: content, etag: null });
    const { bytes } = await fetchTo(dir, file([url]));
    expect(bytes).toEqual(content);
    const last = server.ranges(path).slice(-2);
    expect(last[0]).toMatch(/^bytes=/);
    expect(last[1]).toBeUndefined();
  });

  it('takes a server that ignores ranges', async () => {
    const { dir, path } = fresh();
    const url = server.set(path, { bytes: content, ignoreRange: true, cutAfter: 100_000, times: 1 });
    expect((await fetchTo(dir, file([url]))).bytes).toEqual(content);
  });

  it('counts what comes from a slow server', async () => {
    const { dir, path } = fresh();
    const url = server.set(path, { bytes: content, slow: { piece: 30_000, pieceMs: 5 } });
    const { news } = await fetchTo(dir, file([url]));
    const counted = news.flatMap((one) => (one.news === 'bytes' ? [one.bytes] : []));
    expect(counted.length).toBeGreaterThanOrEqual(5);
    expect([...counted].sort((a, b) => a - b)).toEqual(counted);
    expect(counted.at(-1)).toBe(content.length);
  });

  it('takes a file of unknown length', async () => {
    const { dir, path } = fresh();
    const url = server.set(path, { bytes: content, chunked: true });
    expect((await fetchTo(dir, file([url], { bytes: null }))).bytes).toEqual(content);
  });

  it('waits as long as a busy server asks, then goes on', async () => {
    const { dir, path } = fresh();
    const url = server.set(path, { bytes: content, status: 503, retryAfter: 0.05, times: 2 });
    const { bytes, news } = await fetchTo(dir, file([url]));
    expect(bytes).toEqual(content);
    expect(news.flatMap((one) => (one.news === 'again' ? [one.ms] : []))).toEqual([50, 50]);
  });

  it('gives up after some tries that bring nothing, and keeps what came', async () => {
    const { dir, path } = fresh();
    const url = server.set(path, { status: 500 });
    await expect(fetchTo(dir, file([url]))).rejects.toMatchObject({ code: 'download-failed' });
    expect(server.ranges(path)).toHaveLength(4);
  });
});

describe('what is not the file', () => {
  const refusals: [string, object, Partial<CatalogueFile>, object][] = [
    [
      'a web page',
      { bytes: Buffer.from('<html>sign in'), type: 'text/html' },
      {},
      { code: 'download-refused' },
    ],
    [
      'a web page that calls itself bytes',
      { bytes: Buffer.from('<!DOCTYPE html>…'), chunked: true },
      {},
      { code: 'download-refused', message: expect.stringContaining('web page') as string },
    ],
    [
      '403',
      { status: 403 },
      {},
      { code: 'download-refused', message: expect.stringContaining('403') as string },
    ],
    ['another length', { bytes: content.subarray(1) }, {}, { code: 'model-file-invalid' }],
    [
      'more bytes than the catalogue says',
      { bytes: Buffer.concat([content, content]), chunked: true },
      {},
      { code: 'too-large' },
    ],
    ['other bytes of the same length', { bytes: other }, {}, { code: 'model-hash-mismatch' }],
    [
      'a Git LFS pointer',
      { bytes: Buffer.from('version https://git-lfs.github.com/spec/v1') },
      { bytes: null },
      { code: 'model-hash-mismatch', message: expect.stringContaining('LFS pointer') as string },
    ],
  ];
  it.each(refusals)('%s is refused, and nothing of it stays', async (_, behaviour, parts, error) => {
    const { dir, path } = fresh();
    const url = server.set(path, behaviour);
    await expect(fetchTo(dir, file([url], parts))).rejects.toMatchObject(error);
    expect(existsSync(join(dir, 'model.onnx'))).toBe(false);
    if (existsSync(join(dir, 'model.onnx.part')))
      expect(readFileSync(join(dir, 'model.onnx.part'))).toHaveLength(0);
  });

  it('a length that is a lie ends in a failure, not in a cut file', async () => {
    const { dir, path } = fresh();
    const url = server.set(path, { bytes: content, lieLength: content.length + 5000, ignoreRange: true });
    const wanted = file([url], { bytes: null, sha256: null });
    await expect(fetchTo(dir, wanted)).rejects.toMatchObject({ code: 'download-failed' });
    expect(existsSync(join(dir, 'model.onnx'))).toBe(false);
  });

  it('the next address is asked when one does not have it, and goes on with what the first brought', async () => {
    const { dir, path } = fresh();
    const gone = server.at('/gone');
    const broken = server.set(`${path}-broken`, { bytes: content, cutAfter: 50_000, times: 1 });
    server.set(path, { bytes: content });
    const { got, bytes } = await fetchTo(dir, file([gone, broken, server.at(path)]));
    expect(bytes).toEqual(content);
    expect(got.url).toBe(broken);
    const { dir: dir2, path: path2 } = fresh();
    const wrong = server.set(`${path2}-wrong`, { bytes: other });
    const right = server.set(path2, { bytes: content });
    expect((await fetchTo(dir2, file([wrong, right]))).got.url).toBe(right);
  });

  it('what has no room is refused before it comes', async () => {
    const { dir, path } = fresh();
    const url = server.set(path, { bytes: content });
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
    const asked: number[] = [];
    const checkRoom = (bytes: number): void => {
      asked.push(bytes);
      throw full;
    };
    await expect(fetchTo(dir, file([url, url], { bytes: null }), { checkRoom })).rejects.toMatchObject({
      code: 'disk-full',
    });
    expect(asked).toEqual([content.length]);
  });
});

describe('redirects', () => {
  it('to another host are followed, and the host that answered is named', async () => {
    const { dir, path } = fresh();
    server.set(path, { bytes: content });
    const url = server.set(`${path}-moved`, { redirect: server.at(path, 'localhost') });
    const { got, news } = await fetchTo(dir, file([url]));
    expect(got.from).toBe(server.at(path, 'localhost'));
    expect(news.findLast((one) => one.news === 'bytes')).toMatchObject({ host: `localhost:${server.port}` });
  });

  it.each([
    ['in a circle', (path: string) => `${path}-b`, /circle/],
    ['to itself', (path: string) => path, /circle/],
    ['to a file', () => 'file:///etc/passwd', /not the web/],
    ['to nothing that is an address', () => 'http://[', /not an address/],
  ])('%s are refused', async (_, to, message) => {
    const { dir, path } = fresh();
    server.set(`${path}-b`, { redirect: path });
    const url = server.set(path, { redirect: to(path) });
    await expect(fetchTo(dir, file([url]))).rejects.toMatchObject({
      code: 'download-refused',
      message: expect.stringMatching(message) as string,
    });
  });

  it('too many are refused', async () => {
    const { dir, path } = fresh();
    for (let i = 0; i < 20; i++) server.set(`${path}-${i}`, { redirect: `${path}-${i + 1}` });
    await expect(fetchTo(dir, file([server.at(`${path}-0`)]))).rejects.toThrow(/more than 10 times/);
  });
});

describe('the network', () => {
  it('a server that is not there is named, with what to do', async () => {
    const { dir } = fresh();
    await expect(fetchTo(dir, file(['http://127.0.0.1:9/model']))).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('127.0.0.1:9') as string,
      hint: expect.stringContaining('HTTPS_PROXY') as string,
    });
  });

  it('goes through the proxy of the environment, but not to this machine', async () => {
    const { dir, path } = fresh();
    server.set(path, { bytes: content });
    const proxied = new HttpClient(undefined, { HTTP_PROXY: server.at('') });
    const through = `http://models.example.test:8080${path}`;
    const { bytes } = await fetchTo(dir, file([through]), { http: proxied });
    expect(bytes).toEqual(content);
    expect(server.tunnels).toEqual(['models.example.test:8080']);
    await fetchTo(fresh().dir, file([server.at(path)]), { http: proxied });
    expect(server.tunnels).toHaveLength(1);
    await proxied.dispose();
  });

  it('can be cancelled in the middle; what came is kept', async () => {
    const { dir, path } = fresh();
    const url = server.set(path, { bytes: content, slow: { piece: 20_000, pieceMs: 20 } });
    const controller = new AbortController();
    const onNews = (news: TransferNews): void => void (news.news === 'bytes' && controller.abort());
    await expect(fetchTo(dir, file([url]), { signal: controller.signal, onNews })).rejects.toMatchObject({
      code: 'cancelled',
    });
    const kept = readFileSync(join(dir, 'model.onnx.part'));
    expect(kept).toEqual(content.subarray(0, kept.length));
    expect(kept.length).toBeGreaterThan(0);
  });
});
