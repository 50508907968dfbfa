import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { request, type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionInfo } from '../../../src-main/common/contract/session.js';
import { WebHost, type WebHostOptions } from '../../../src-main/hosts/web/server.js';
import { EngineApi } from '../../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../../src-main/node/api/host-services.js';
import { wavBytes } from '../../fixtures/audio/wav-bytes.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array | string | Iterable<Uint8Array>;
}

/** A real web host with its engine, in its own folders; requests by node:http, because fetch forges no Host. */
export class TestHost {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'unbraid-host-')));
  readonly engine: EngineApi;
  readonly host: WebHost;
  cookie = '';

  constructor(options: Omit<WebHostOptions, 'engine' | 'pageDir'> = {}) {
    const page = join(this.folder, 'page');
    mkdirSync(page);
    writeFileSync(join(page, 'index.html'), '<!doctype html><title>page</title>');
    writeFileSync(join(this.folder, 'secret.txt'), 'secret');
    symlinkSync(join(this.folder, 'secret.txt'), join(page, 'link.txt'));
    this.engine = new EngineApi({
      cacheDir: join(this.folder, 'cache'),
      stateDir: join(this.folder, 'state'),
      host: headlessServices('web'),
    });
    this.host = new WebHost({ engine: this.engine, pageDir: page, ...options });
  }

  /** Listens, and spends the token on a cookie. */
  async start(): Promise<this> {
    const { pathname, search } = new URL(await this.host.listen());
    const { headers } = await this.send({ path: `${pathname}${search}` });
    this.cookie = headers['set-cookie']![0].split(';')[0];
    return this;
  }

  async stop(): Promise<void> {
    await this.host.dispose();
    await this.engine.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get origin(): string {
    return `http://127.0.0.1:${this.host.port}`;
  }

  /** Headers of the host's own page. */
  get own(): Record<string, string> {
    return { Cookie: this.cookie, Origin: this.origin };
  }

  send({ method = 'GET', path, headers = {}, body }: Ask): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { port } = this.host;
      const call = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      });
      call.on('error', reject);
      if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) call.end(body);
      else {
        void (async () => {
          for (const piece of body) {
            if (call.destroyed) return;
            if (!call.write(piece)) await drained(call);
          }
          call.end();
        })();
      }
    });
  }

  get(path: string): Promise<Answer> {
    return this.send({ path, headers: { Cookie: this.cookie } });
  }

  post(path: string, body: NonNullable<Ask['body']>): Promise<Answer> {
    return this.send({ method: 'POST', path, headers: this.own, body });
  }

  /** A command as the page sends it: its answer as it came. */
  async ask(
    command: string,
    args: unknown,
  ): Promise<{ ok: boolean; value?: unknown; error?: { code: string } }> {
    const { body } = await this.post(`/api/${command}`, JSON.stringify(args));
    return JSON.parse(body.toString()) as never;
  }

  async upload(name: string, bytes: Uint8Array): Promise<string> {
    const { body } = await this.post(`/upload?name=${encodeURIComponent(name)}`, bytes);
    return (JSON.parse(body.toString()) as { upload: string }).upload;
  }

  /** Opens mono 16-bit samples as a song. */
  async open(name: string, samples: Int16Array, rate = 44_100): Promise<SessionInfo> {
    const data = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
    const upload = await this.upload(name, wavBytes({ format: 1, bits: 16, channels: 1, rate, data }));
    return (await this.ask('openUpload', { upload })).value as SessionInfo;
  }
}

/** Waits until more can be written, or nothing can any more. */
async function drained(call: ClientRequest): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(call, 'drain', { signal }), once(call, 'close', { signal })]).catch(
    () => undefined,
  );
  over.abort();
}
