import { createReadStream, createWriteStream, existsSync, realpathSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, isAbsolute, join, sep } from 'node:path';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Transform } from 'node:stream';
import sirv from 'sirv';
import { WebSocketServer } from 'ws';
import { UnbraidError, toUnbraidError, type WireError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { dispatch } from '../../common/contract/dispatch.js';
import { commandSchemas, type CommandName } from '../../common/contract/commands.js';
import type { EngineApi } from '../../node/api/engine-api.js';
import { binaryAnswer } from './binary.js';
import { Gate, securityHeaders } from './security.js';

export interface WebHostOptions {
  readonly engine: EngineApi;
  /** The built page. */
  readonly pageDir: string;
  /** 0 takes any free port. */
  readonly port?: number;
  /** Largest upload, bytes. */
  readonly maxUpload?: number;
}

/** Commands with paths are for the command line; a page has handles only. */
const pathCommands: ReadonlySet<CommandName> = new Set(['info', 'separate', 'batch', 'remix']);

const maxCommandBytes = 1 << 20;
const defaultMaxUpload = 4 * 2 ** 30;

/** The engine behind loopback HTTP and WebSocket, for a browser on this machine. */
export class WebHost implements Disposable {
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: 4096 });
  private readonly gate = new Gate(() => this.port);
  private readonly page: ReturnType<typeof sirv>;
  private unsubscribe: () => void = () => undefined;

  constructor(private readonly options: WebHostOptions) {
    this.page = sirv(options.pageDir, { dev: false, etag: true, single: false });
    this.server = createServer((request, response) => void this.handle(request, response));
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.server.headersTimeout = 10_000;
  }

  get port(): number {
    return (this.server.address() as AddressInfo | null)?.port ?? 0;
  }

  /** The address with its one-time token. */
  get address(): string {
    return `http://127.0.0.1:${this.port}/?token=${this.gate.token}`;
  }

  /** Listens on the loopback interface only. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.options.port ?? 0, '127.0.0.1', resolve);
    });
    this.unsubscribe = this.options.engine.client().subscribe((event) => {
      const text = JSON.stringify(event);
      for (const socket of this.sockets.clients) {
        // A page that does not read is not worth memory: it misses events, and asks for the state again.
        if (socket.readyState === socket.OPEN && socket.bufferedAmount < 1 << 20) socket.send(text);
      }
    });
    return this.address;
  }

  async dispose(): Promise<void> {
    this.unsubscribe();
    for (const socket of this.sockets.clients) socket.terminate();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { headers } = request;
    const allowed =
      request.url === '/events' &&
      this.gate.hostAllowed(headers) &&
      this.gate.originAllowed(headers) &&
      this.gate.hasSession(headers);
    if (!allowed) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => client.terminate());
    });
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    try {
      const url = new URL(request.url ?? '/', 'http://loopback');
      if (!this.gate.hostAllowed(request.headers) || !this.gate.siteAllowed(request.headers)) {
        return refuse(response, 403, 'This address is not for other sites');
      }
      if (url.pathname === '/' && url.searchParams.has('token')) return this.enter(url, request, response);
      if (!this.gate.hasSession(request.headers)) {
        return refuse(response, 401, 'Open the address that Unbraid printed; it works once');
      }
      if (request.method === 'POST') return await this.post(url, request, response);
      if (request.method === 'GET' || request.method === 'HEAD')
        return await this.get(url, request, response);
      return refuse(response, 405, 'Not allowed');
    } catch (error) {
      const typed = toUnbraidError(error);
      const status = typed.code === 'file-not-found' ? 404 : typed.code === 'too-large' ? 413 : 400;
      if (response.headersSent) response.destroy();
      else json(response, status, { ok: false, error: withoutPaths(typed.toWire()) });
    }
  }

  private enter(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const cookie = this.gate.redeem(url.searchParams.get('token') ?? '');
    if (cookie) response.setHeader('Set-Cookie', cookie);
    else if (!this.gate.hasSession(request.headers)) {
      return refuse(response, 401, 'This address was used already; start Unbraid again for a new one');
    }
    url.searchParams.delete('token');
    response.writeHead(303, { Location: `/${url.search}`, 'Cache-Control': 'no-store' }).end();
  }

  private async post(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.gate.originAllowed(request.headers))
      return refuse(response, 403, 'This address is not for other sites');
    if (url.pathname === '/upload') return this.upload(url, request, response);
    const command = /^\/api\/([A-Za-z]+)$/.exec(url.pathname)?.[1];
    if (
      command === undefined ||
      !Object.hasOwn(commandSchemas, command) ||
      pathCommands.has(command as CommandName)
    ) {
      return refuse(response, 404, 'There is no such command');
    }
    const body = await readBody(request, maxCommandBytes);
    let args: unknown;
    try {
      args = JSON.parse(body.toString('utf8') || '{}');
    } catch {
      throw new UnbraidError('invalid-argument', 'The body is not JSON');
    }
    // The answer of a command is its result or its error, and both are answers: 200.
    try {
      json(response, 200, { ok: true, value: await dispatch(this.options.engine.endpoints, command, args) });
    } catch (error) {
      json(response, 200, { ok: false, error: withoutPaths(toUnbraidError(error).toWire()) });
    }
  }

  private async upload(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const limit = this.options.maxUpload ?? defaultMaxUpload;
    const { handle, path } = this.options.engine.sessions.newUpload(url.searchParams.get('name') ?? 'upload');
    let bytes = 0;
    const counter = new Transform({
      transform(chunk: Buffer, _, done) {
        bytes += chunk.length;
        done(
          bytes > limit ? new UnbraidError('too-large', `The upload is larger than ${limit} bytes`) : null,
          chunk,
        );
      },
    });
    try {
      await pipeline(request, counter, createWriteStream(path));
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
    json(response, 200, { upload: handle });
  }

  private async get(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const store = (): EngineApi['sessions']['store'] => this.options.engine.sessions.store;
    const binary = await binaryAnswer(url.pathname, url.searchParams, store);
    if (binary) {
      response.writeHead(200, {
        'Content-Type': 'application/octet-stream',
        'Content-Length': binary.byteLength,
        'Cache-Control': 'no-store',
      });
      response.end(binary);
      return;
    }
    const handle = /^\/download\/([0-9a-f]{32})$/.exec(url.pathname)?.[1];
    if (handle) return this.sendDownload(handle, response);
    if (!this.insidePage(url.pathname)) return refuse(response, 404, 'There is nothing here');
    this.page(request, response, () => refuse(response, 404, 'There is nothing here'));
  }

  /** Whether a path ends inside the page's folder, links followed; what does not exist is the server's to refuse. */
  private insidePage(pathname: string): boolean {
    const root = realpathSync(this.options.pageDir);
    try {
      const real = realpathSync(join(root, decodeURIComponent(pathname)));
      return real === root || real.startsWith(root + sep);
    } catch {
      return true;
    }
  }

  private async sendDownload(handle: string, response: ServerResponse): Promise<void> {
    const { path, name } = this.options.engine.sessions.download(handle);
    response.writeHead(200, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': statSync(path).size,
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    });
    await pipeline(createReadStream(path), response);
  }
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response
    .writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' })
    .end(`${message}\n`);
}

/** The page knows files by their names: paths of this machine stay here. */
function withoutPaths(error: WireError): WireError {
  const message = error.message.replace(/(?:\/|[A-Za-z]:\\)(?:[^\s:'"()]+[/\\])+[^\s:'"()]*/g, '…');
  const file = error.file !== undefined && isAbsolute(error.file) ? basename(error.file) : error.file;
  return { ...error, message, ...(file !== undefined && { file }) };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': bytes.length });
  response.end(bytes);
}

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > limit) throw new UnbraidError('too-large', `The request is larger than ${limit} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** Whether the page has been built. */
export function pageBuilt(dir: string): boolean {
  return existsSync(`${dir}/index.html`);
}
