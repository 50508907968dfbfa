import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
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
}

/** Where whoever has the state folder's key gets a new one-time address: another start of the program. */
export const newAddressPath = '/new-address';

export function addressKey(secret: HostSecret): string {
  return derivedKey(secret, 'web address');
}

/** The engine behind loopback HTTP and WebSocket, for a browser on this machine. */
export class WebHost implements Disposable {
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: 4096 });
  private readonly gate: Gate;
  private readonly page: ReturnType<typeof sirv>;
  private unsubscribe: () => void = () => undefined;

  constructor(private readonly options: WebHostOptions) {
    this.gate = new Gate(() => this.port, derivedKey(options.engine.secret, 'web cookie'));
    this.page = sirv(options.pageDir, { dev: false, etag: true, single: false });
    this.server = createServer((request, response) => void this.handle(request, response));
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.server.headersTimeout = 10_000;
  }

  get port(): number {
    return (this.server.address() as AddressInfo | null)?.port ?? 0;
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
      if (response.headersSent) response.destroy();
      else await send(response, errorAnswer(error));
    }
  }

  /** A new one-time address for another start of the program, which has the state folder's key; no page has it. */
  private async renew({ headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!sameText(headers.authorization ?? '', addressKey(this.options.engine.secret)))
      return refuse(response, 403, 'This address is not for pages');
    this.gate.renew();
    await send(response, jsonAnswer(200, { address: this.address }));
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
    const body = await readBody(request, longestArgument(command));
    let args: unknown;
    try {
      args = JSON.parse(body.toString('utf8') || '{}');
    } catch {
      throw new UnbraidError('invalid-argument', 'The body is not JSON');
    }
    // The answer of a command is its result or its error, and both are answers: 200.
    await send(response, jsonAnswer(200, await answerCommand(this.options.engine.endpoints, command, args)));
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
    if (answer) await send(response, answer);
    return answer !== undefined;
  }
}

async function send(response: ServerResponse, answer: DataAnswer): Promise<void> {
  response.writeHead(answer.status, answer.headers);
  if (answer.body instanceof Uint8Array) response.end(answer.body);
  else await pipeline(answer.body, response);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response
    .writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' })
    .end(`${message}\n`);
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
