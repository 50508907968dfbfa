import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Only the browser that opened the loopback server with the one-time token in its address may talk to it. The token is
 * spent on a cookie; Host and Origin must be this server's own, so neither another site nor a rebound DNS name
 * gets through. The cookie is `key`, which belongs to the state folder: a browser that has it is let in again when the
 * server is started again on the same port.
 */
export class Gate {
  private unspent: string | null = newToken();

  constructor(
    private readonly port: () => number,
    private readonly key: string,
  ) {}

  /** For the address that is printed; good for one page. Empty once it was used. */
  get token(): string {
    return this.unspent ?? '';
  }

  /** Another one-time token, for a browser that has lost its cookie; an earlier one is no longer good. */
  renew(): void {
    this.unspent = newToken();
  }

  private get cookieName(): string {
    // Cookies ignore ports, so two servers on one machine need two names.
    return `unbraid-${this.port()}`;
  }

  /** Exactly one of the loopback names with this port. */
  hostAllowed(headers: IncomingHttpHeaders): boolean {
    return this.names().includes(headers.host ?? '');
  }

  /** A page of this server itself; required where something changes. */
  originAllowed(headers: IncomingHttpHeaders): boolean {
    return this.names().some((name) => headers.origin === `http://${name}`);
  }

  /** A fetch by this page, or an address typed in; not one that another site makes. */
  siteAllowed(headers: IncomingHttpHeaders): boolean {
    const site = headers['sec-fetch-site'];
    const own = site === undefined || site === 'same-origin' || site === 'none';
    return own && (headers.origin === undefined || this.originAllowed(headers));
  }

  hasSession(headers: IncomingHttpHeaders): boolean {
    const prefix = `${this.cookieName}=`;
    const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
    return cookies.some(
      (cookie) => cookie.startsWith(prefix) && sameText(cookie.slice(prefix.length), this.key),
    );
  }

  /** Spends the token; the cookie to set, or null for a wrong or used one. */
  redeem(token: string): string | null {
    if (this.unspent === null || !sameText(token, this.unspent)) return null;
    this.unspent = null;
    return `${this.cookieName}=${this.key}; HttpOnly; SameSite=Strict; Path=/`;
  }

  private names(): string[] {
    return ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${this.port()}`);
  }
}

function newToken(): string {
  return randomBytes(24).toString('base64url');
}

/** Compares in a time that does not tell where texts differ. */
export function sameText(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
