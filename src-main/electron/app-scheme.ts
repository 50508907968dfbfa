import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import type { CustomScheme } from 'electron';
import { dataAnswer, errorAnswer, type DataAnswer } from '../node/api/data-answer.js';
import { pageFile, securityHeaders } from '../node/api/page-policy.js';
import type { SessionsApi } from '../node/api/sessions-api.js';
import { appOrigin, appScheme } from './channels.js';

/** Registered before the app is ready: a separate origin, secure (for SharedArrayBuffer), with fetch and streams. */
export const schemeRegistration: CustomScheme = {
  scheme: appScheme,
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
};

const mimeTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.map': 'application/json',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/** Serves the built page and the engine's binary data under the app scheme: what the web host does over HTTP. */
export function schemeHandler(
  pageDir: string,
  sessions: SessionsApi,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    try {
      if (`${url.protocol}//${url.host}` !== appOrigin) return respond(nothing);
      const body = (): Readable =>
        request.body ? Readable.fromWeb(request.body as NodeStream<Uint8Array>) : Readable.from([]);
      const answer = await dataAnswer(sessions, { method: request.method, url, body });
      return respond(answer ?? (await pageAnswer(pageDir, request.method, url.pathname)));
    } catch (error) {
      return respond(errorAnswer(error));
    }
  };
}

const nothing: DataAnswer = {
  status: 404,
  headers: { 'Content-Type': 'text/plain; charset=utf-8' },
  body: Buffer.from('There is nothing here\n'),
};

async function pageAnswer(pageDir: string, method: string, pathname: string): Promise<DataAnswer> {
  if (method !== 'GET' && method !== 'HEAD') return { ...nothing, status: 405 };
  const file = pageFile(pageDir, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
  const type = file === null ? undefined : mimeTypes[extname(file)];
  if (file === null || type === undefined || !(await isFile(file))) return nothing;
  const body = await readFile(file);
  return { status: 200, headers: { 'Content-Type': type, 'Content-Length': String(body.length) }, body };
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

function respond({ status, headers, body }: DataAnswer): Response {
  type Content = ConstructorParameters<typeof Response>[0];
  // Node's web streams and those of fetch are the same thing with two types.
  const content = body instanceof Readable ? (Readable.toWeb(body) as unknown as Content) : body;
  return new Response(content, { status, headers: { ...headers, ...securityHeaders() } });
}

/** The page's address; `query` without its question mark. */
export function pageAddress(query = ''): string {
  return `${appOrigin}/${query && `?${query}`}`;
}

/** The folder of the built page beside the built shell. */
export function builtPage(shellDir: string): string {
  return join(shellDir, '../renderer');
}
