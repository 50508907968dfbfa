import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import sirv from 'sirv';
import { WebSocketServer } from 'ws';
import { UnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { isPageCommand, longestArgument } from '../../common/contract/commands.js';
import { dataAnswer, errorAnswer, jsonAnswer, type DataAnswer } from '../../node/api/data-answer.js';
import type { EngineApi } from '../../node/api/engine-api.js';
import { answerCommand, pageFile, securityHeaders } from '../../node/api/page-policy.js';
import { derivedKey, type HostSecret } from '../../node/state/host-secret.js';
import { Gate, sameText } from './security.js';

export interface WebHostOptions {
  readonly engine: EngineApi;
  /** The built page. */
  readonly pageDir: string;
  /** 0 takes any free port. */
  readonly port?: number;
  /** Largest upload, bytes. */
  readonly maxUpload?: number;
  /** How long a client may give or take nothing, ms. */
  readonly stallMs?: number;
}

/** Where whoever has the state folder's key gets a new one-time address: another start of the program. */
export const newAddressPath = '/new-address';

export function addressKey(secret: HostSecret): string {
  return derivedKey(secret, 'web address');
}

/** What all clients together may hold (P23): more than any page needs, less than would harm the machine. */
const limits = {
  connections: 2048,
  /** WebSockets; a page has one. */
  sockets: 64,
  /** The page sends nothing over it but closing frames. */
  frameBytes: 4096,
  /** A client that takes or gives nothing for so long loses its request, ms. */
  stallMs: 30_000,
} as const;

/** The engine behind loopback HTTP and WebSocket, for a browser on this machine. */
export class WebHost implements Disposable {
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: limits.frameBytes });
  private readonly gate: Gate;
  private readonly page: ReturnType<typeof sirv>;
  private unsubscribe: () => void = () => undefined;

  constructor(private readonly options: WebHostOptions) {
    this.gate = new Gate(() => this.port, derivedKey(options.engine.secret, 'web cookie'));
    this.page = sirv(options.pageDir, { dev: false, etag: true, single: false });
    this.server = createServer(
      // A connection that is closed while its client sends the next request costs that request.
      {
        ...{ headersTimeout: 30_000, requestTimeout: 300_000, connectionsCheckingInterval: 5_000 },
        keepAliveTimeout: 10_000,
      },
      (request, response) => void this.handle(request, response),
    );
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.server.maxConnections = limits.connections;
  }

  get port(): number {
    return (this.server.address() as AddressInfo | null)?.port ?? 0;
  }

  /** Tells how many connections there are now. */
  connections(tell: (count: number) => void): void {
    this.server.getConnections((_, count) => tell(count));
  }

  /** The address with its one-time token, which stays the same until it was used. */
  get address(): string {
    return `http://127.0.0.1:${this.port}/?token=${this.gate.token}`;
  }

  private get newAddressHint(): string {
    return `It works once: run “unbraid serve --port ${this.port}” again for a new one.`;
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
        // A page that does not read gets no memory: it misses events, and asks for the state again.
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
    if (this.sockets.clients.size >= limits.sockets) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => client.terminate());
    });
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host = '' } = request.headers;
    const sockets = this.gate.hostAllowed(request.headers) ? [`ws://${host}`] : [];
    for (const [name, value] of Object.entries(securityHeaders(sockets))) response.setHeader(name, value);
    this.limitStalls(request, response);
    try {
      const url = new URL(request.url ?? '/', 'http://loopback');
      if (!this.gate.hostAllowed(request.headers) || !this.gate.siteAllowed(request.headers)) {
        return refuse(response, 403, 'This address is not for other sites');
      }
      if (request.method === 'POST' && url.pathname === newAddressPath)
        return await this.renew(request, response);
      if (url.pathname === '/' && url.searchParams.has('token')) return this.enter(url, request, response);
      if (!this.gate.hasSession(request.headers)) {
        return refuse(response, 401, `Open the address that Unbraid printed. ${this.newAddressHint}`);
      }
      if (request.method === 'POST') return await this.post(url, request, response);
      if (request.method === 'GET' || request.method === 'HEAD')
        return await this.get(url, request, response);
      return refuse(response, 405, 'Not allowed');
    } catch (error) {
      if (response.headersSent || response.destroyed) response.destroy();
      // A client that is gone has nobody to tell.
      else await send(request, response, errorAnswer(error)).catch(() => response.destroy());
    }
  }

  /** A new one-time address for another start of the program, which has the state folder's key; no page has it. */
  private async renew(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!sameText(request.headers.authorization ?? '', addressKey(this.options.engine.secret)))
      return refuse(response, 403, 'This address is not for pages');
    this.gate.renew();
    await send(request, response, jsonAnswer(200, { address: this.address }));
  }

  /** A request whose body stands still, or whose answer nobody takes, ends; the work in between may take its time. */
  private limitStalls(request: IncomingMessage, response: ServerResponse): void {
    const { stallMs = limits.stallMs } = this.options;
    const { socket } = request;
    if (request.method === 'POST') {
      socket.setTimeout(stallMs);
      request.once('end', () => socket.setTimeout(response.headersSent ? stallMs : 0));
    }
    response.once('pipe', () => socket.setTimeout(stallMs));
  }

  private enter(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const cookie = this.gate.redeem(url.searchParams.get('token') ?? '');
    if (cookie) response.setHeader('Set-Cookie', cookie);
    else if (!this.gate.hasSession(request.headers)) {
      return refuse(response, 401, `This address was used already. ${this.newAddressHint}`);
    }
    url.searchParams.delete('token');
    response.writeHead(303, { Location: `/${url.search}`, 'Cache-Control': 'no-store' }).end();
  }

  private async post(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.gate.originAllowed(request.headers))
      return refuse(response, 403, 'This address is not for other sites');
    if (url.pathname === '/upload' || url.pathname === '/mask')
      return void (await this.data(url, request, response));
    const command = /^\/api\/([A-Za-z]+)$/.exec(url.pathname)?.[1];
    if (command === undefined || !isPageCommand(command))
      return refuse(response, 404, 'There is no such command');
    const { endpoints, sessions } = this.options.engine;
    // The answer of a command is its result or its error, and both are answers: 200.
    const answer = await sessions.bodies.inMemory(request, longestArgument(command), async (body) =>
      jsonAnswer(200, await answerCommand(endpoints, command, parsed(body))),
    );
    await send(request, response, answer);
  }

  private async get(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (await this.data(url, request, response)) return;
    if (pageFile(this.options.pageDir, url.pathname) === null)
      return refuse(response, 404, 'There is nothing here');
    this.page(request, response, () => refuse(response, 404, 'There is nothing here'));
  }

  /** Sends what the data endpoints answer; false for any other address. */
  private async data(url: URL, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const { engine, maxUpload } = this.options;
    const asked = { method: request.method ?? 'GET', url, body: () => request };
    const answer = await dataAnswer(engine.sessions, asked, maxUpload);
    if (answer) await send(request, response, answer);
    return answer !== undefined;
  }
}

async function send(
  { method }: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: DataAnswer,
): Promise<void> {
  // What fails before its first byte is an answer like any other, not a connection that breaks.
  if (!(body instanceof Uint8Array) && method !== 'HEAD') await begun(body);
  response.writeHead(status, headers);
  if (method === 'HEAD') {
    if (!(body instanceof Uint8Array)) body.destroy();
    response.end();
  } else await pipeline(body instanceof Uint8Array ? Readable.from([body]) : body, response);
}

/** Until something can be read of a stream, or its end. Rejects with its error. */
function begun(body: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      for (const name of ['readable', 'end', 'close']) body.off(name, done);
      resolve();
    };
    for (const name of ['readable', 'end', 'close']) body.on(name, done);
    // It stays: an error before the pipeline listens would end the host.
    body.on('error', reject);
  });
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8') || '{}');
  } catch {
    throw new UnbraidError('invalid-argument', 'The body is not JSON');
  }
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response
    .writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' })
    .end(`${message}\n`);
}

/** Whether the page has been built. */
export function pageBuilt(dir: string): boolean {
  return existsSync(`${dir}/index.html`);
}
