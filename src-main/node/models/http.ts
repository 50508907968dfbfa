import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { UnbraidError } from '../../common/base/errors.js';
import { Incoming } from './incoming.js';

/** How long a server may be silent, ms: before its answer, and between two pieces of it. */
export interface Patience {
  readonly connectMs: number;
  readonly silentMs: number;
}

const defaultPatience: Patience = { connectMs: 20_000, silentMs: 30_000 };

/** Redirects that are followed. */
const mostRedirects = 10;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Incoming;
  /** Where the answer came from, redirects followed. */
  readonly url: URL;
}

/** Names of this machine. */
const isLoopback = ({ hostname }: URL): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname.toLowerCase());

/**
 * Asks servers for files, through the proxies that the environment names (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`),
 * and follows redirects by rules: not in circles, not from https to plain http (this machine excepted), and only to
 * http and https. Another host is allowed; the caller says where the bytes come from.
 */
export class HttpClient {
  private agent: EnvHttpProxyAgent | undefined;

  constructor(
    private readonly patience: Patience = defaultPatience,
    private readonly env: NodeJS.ProcessEnv = process.env,
  ) {}

  /** Throws `download-failed` (worth another try), `download-refused` (not worth one), `timeout`, `cancelled`. */
  async get(
    address: string,
    headers: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const seen = new Set<string>();
    let url = parse(address);
    for (let hops = 0; hops <= mostRedirects; hops++) {
      if (seen.has(url.href)) throw refused(url, 'The server redirects in a circle');
      seen.add(url.href);
      const answer = await this.ask(url, headers, signal);
      let next: URL | null;
      try {
        next = redirectOf(answer, url);
      } catch (error) {
        answer.body.dispose();
        throw error;
      }
      if (!next) return { ...answer, url };
      answer.body.dispose();
      if (url.protocol === 'https:' && next.protocol === 'http:' && !isLoopback(next)) {
        throw refused(url, `The server redirects to ${next.host} without encryption`);
      }
      url = next;
    }
    throw refused(url, `The server redirects more than ${mostRedirects} times`);
  }

  /** Ends open connections. */
  async dispose(): Promise<void> {
    await this.agent?.destroy();
    this.agent = undefined;
  }

  private async ask(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<Omit<Answer, 'url'>> {
    try {
      const {
        statusCode,
        headers: answered,
        body,
      } = await request(url, {
        method: 'GET',
        // Bytes as they are stored: hashes and ranges are about them.
        headers: { 'user-agent': 'unbraid', accept: '*/*', 'accept-encoding': 'identity', ...headers },
        dispatcher: this.dispatcher(),
        headersTimeout: this.patience.silentMs,
        bodyTimeout: this.patience.silentMs,
        signal: signal ?? null,
      });
      return { status: statusCode, headers: answered, body: new Incoming(body) };
    } catch (error) {
      throw networkError(error, url, signal);
    }
  }

  private dispatcher(): Dispatcher {
    const { env } = this;
    const of = (name: string): string | undefined => env[name.toLowerCase()] || env[name] || undefined;
    const http = of('HTTP_PROXY');
    const https = of('HTTPS_PROXY');
    return (this.agent ??= new EnvHttpProxyAgent({
      connectTimeout: this.patience.connectMs,
      // An empty text means none; left out, the process's own environment would be asked.
      httpProxy: http ?? '',
      httpsProxy: https ?? '',
      // A proxy cannot know this machine.
      noProxy: [of('NO_PROXY'), 'localhost', '127.0.0.1', '[::1]'].filter(Boolean).join(','),
    }));
  }
}

function parse(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new UnbraidError(
    'download-refused',
    `This is not an http or https address: ${address.slice(0, 200)}`,
  );
}

function redirectOf({ status, headers }: Omit<Answer, 'url'>, from: URL): URL | null {
  if (![301, 302, 303, 307, 308].includes(status)) return null;
  const to = headers['location'];
  if (typeof to !== 'string') throw refused(from, 'The server redirects to nowhere');
  if (!URL.canParse(to, from.href))
    throw refused(from, 'The server redirects to something that is not an address');
  const url = new URL(to, from);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refused(from, `The server redirects to "${url.protocol}", which is not the web`);
  }
  return url;
}

function refused(url: URL, message: string): UnbraidError {
  return new UnbraidError('download-refused', `${message} (${url.host})`, {
    hint: 'Fetch the file with a browser, and import it.',
  });
}

/** What undici and the system call the ways in which a connection can fail. */
const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name of the server is not known; perhaps this computer is offline',
  EAI_AGAIN: 'the name of the server cannot be looked up; perhaps this computer is offline',
  ENETUNREACH: 'there is no network',
  EHOSTUNREACH: 'the server cannot be reached',
  ECONNREFUSED: 'the server refuses connections',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the connection was cut',
  CERT_HAS_EXPIRED: 'the certificate of the server has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate of the server is not signed by anybody known',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate of the server is not signed by anybody known',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate of the server cannot be checked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate belongs to another server',
};

const silent = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
]);

/** A failed connection as a typed error; `cancelled` when it was the signal. */
export function networkError(error: unknown, url: URL, signal?: AbortSignal): UnbraidError {
  if (error instanceof UnbraidError) return error;
  if (signal?.aborted) return new UnbraidError('cancelled', 'Cancelled');
  const code = codeOf(error);
  if (silent.has(code)) {
    return new UnbraidError('timeout', `${url.host} does not answer`, {
      hint: 'Try again later; what has come is kept.',
      cause: error,
    });
  }
  const why = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  return new UnbraidError('download-failed', `${url.host} cannot be read: ${why}`, {
    hint: 'Check the connection (and HTTPS_PROXY, if you need one), then try again; what has come is kept.',
    cause: error,
  });
}

function codeOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (code !== undefined) return code;
  }
  return '';
}
