import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { UnbraidError, toUnbraidError, type ErrorCode } from '../../common/base/errors.js';
import { binaryAnswer } from './binary.js';
import { maxMaskBytes } from '../../common/contract/session.js';
import { readSmallFile } from '../files/file-bytes.js';
import { newHandle } from '../files/handle.js';
import { maxCoverBytes, pictureKind } from '../files/picture-type.js';
import { streamZip } from '../files/zip-file.js';
import type { HandledFile } from './handles.js';
import { takeSentMask } from '../session/session-masks.js';
import { withoutPaths } from './page-policy.js';
import type { SessionsApi } from './sessions-api.js';

/** A request for bytes, whatever carries it: loopback HTTP or an app scheme. */
export interface DataRequest {
  readonly method: string;
  readonly url: URL;
  /** What the page sends; read by uploads only. */
  readonly body: () => Readable;
}

export interface DataAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | Readable;
}

const defaultMaxUpload = 4 * 2 ** 30;
const jsonType = { 'Content-Type': 'application/json' };

const statuses: Partial<Record<ErrorCode, number>> = {
  'file-not-found': 404,
  'too-large': 413,
  'track-gone': 410,
};

/** A JSON answer with its length. */
export function jsonAnswer(status: number, value: unknown): DataAnswer {
  const body = Buffer.from(JSON.stringify(value));
  return { status, headers: { ...jsonType, 'Content-Length': String(body.length) }, body };
}

/** An error as an answer, with its code and without paths. */
export function errorAnswer(error: unknown): DataAnswer {
  const typed = toUnbraidError(error);
  return jsonAnswer(statuses[typed.code] ?? 400, { ok: false, error: withoutPaths(typed.toWire()) });
}

/**
 * Answers `GET /tile`, `/pcm`, `/peaks`, `/mask`, `/cover`, `/download/{handle}`, `POST /mask` (see contract/session.ts) and
 * `POST /upload?name=`, whose answer is `{ upload: handle }`; undefined for anything else. Throws typed errors; `maxUpload` in bytes.
 */
export async function dataAnswer(
  sessions: SessionsApi,
  request: DataRequest,
  maxUpload: number = defaultMaxUpload,
): Promise<DataAnswer | undefined> {
  const { method, url } = request;
  if (method === 'POST') {
    if (url.pathname === '/mask') return takeMask(sessions, request);
    return url.pathname === '/upload' ? upload(sessions, request, maxUpload) : undefined;
  }
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  if (url.pathname === '/cover') return cover(sessions, url.searchParams);
  const answer = await binaryAnswer(url.pathname, url.searchParams, () => sessions.store);
  if (answer) {
    const headers = { ...binaryHeaders(answer.bytes), 'Cache-Control': 'no-store' };
    return { status: 200, headers, body: answer.body };
  }
  const handle = /^\/download\/([0-9a-f]{32})$/.exec(url.pathname)?.[1];
  return handle === undefined ? undefined : download(sessions, handle);
}

function binaryHeaders(length: number): Record<string, string> {
  return { 'Content-Type': 'application/octet-stream', 'Content-Length': String(length) };
}

/** A picture goes out as what its bytes say it is, and nothing else does. */
async function cover(sessions: SessionsApi, query: URLSearchParams): Promise<DataAnswer> {
  const file = query.get('file');
  const path =
    file === null
      ? await sessions.store.cover(sessions.store.get(query.get('session') ?? ''))
      : sessions.download(file).path;
  const body = path === null ? null : readSmallFile(path, maxCoverBytes);
  const kind = body && pictureKind(body);
  if (!kind) throw new UnbraidError('file-not-found', 'This song has no cover picture');
  const headers = {
    ...{ 'Content-Type': kind.type, 'Content-Length': String(body.length) },
    'Cache-Control': 'no-store',
  };
  return { status: 200, headers, body };
}

async function download(sessions: SessionsApi, handle: string): Promise<DataAnswer> {
  const pack = sessions.packs.get(handle);
  if (pack) {
    const files = pack.downloads.map((one) => sessions.download(one));
    return { status: 200, headers: attachment(pack.name), body: streamZip(numbered(files)) };
  }
  const { path, name } = sessions.download(handle);
  const headers = { ...binaryHeaders((await stat(path)).size), ...attachment(name) };
  return { status: 200, headers, body: createReadStream(path) };
}

function attachment(name: string): Record<string, string> {
  return {
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
  };
}

/** The files as they are called in a zip: a name that is taken gets a number. */
function numbered(files: readonly HandledFile[]): { readonly name: string; readonly file: string }[] {
  const taken = new Set<string>();
  return files.map(({ name: own, folders = [], path: file }) => {
    const name = [...folders, own].join('/');
    const at = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length;
    let free = name;
    for (let number = 2; taken.has(free.toLowerCase()); number++)
      free = `${name.slice(0, at)} (${number})${name.slice(at)}`;
    taken.add(free.toLowerCase());
    return { name: free, file };
  });
}

/** A mask through a file of the song: it is checked and encoded again before it is kept. */
async function takeMask(sessions: SessionsApi, request: DataRequest): Promise<DataAnswer> {
  const session = sessions.store.get(request.url.searchParams.get('session') ?? '');
  const path = join(session.song.dir, `sent-${newHandle()}`);
  const mask = await sessions.bodies.toFile(request.body(), path, maxMaskBytes, async () => {
    const hash = await takeSentMask(session, path);
    await rm(path, { force: true });
    return hash;
  });
  return jsonAnswer(200, { mask });
}

async function upload(sessions: SessionsApi, request: DataRequest, limit: number): Promise<DataAnswer> {
  const { handle, path } = sessions.newUpload(request.url.searchParams.get('name') ?? 'upload');
  await sessions.uploads.receive(handle, () =>
    sessions.bodies.toFile(request.body(), path, limit, () => Promise.resolve()),
  );
  return jsonAnswer(200, { upload: handle });
}
