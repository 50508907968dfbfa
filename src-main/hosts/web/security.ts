import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Only the browser that opened the loopback server with the one-time token in its address may talk to it. The token is
 * spent on a cookie; Host and Origin must be this server's own, so neither another site nor a rebound DNS name
 * gets through.
 */
export class Gate {
  /** For the address that is printed; good for one page. */
  readonly token = randomBytes(24).toString('base64url');
  private readonly secret = randomBytes(24).toString('base64url');
  private spent = false;

  constructor(private readonly port: () => number) {}

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
      (cookie) => cookie.startsWith(prefix) && equal(cookie.slice(prefix.length), this.secret),
    );
  }

  /** Spends the token; the cookie to set, or null for a wrong or used one. */
  redeem(token: string): string | null {
    if (this.spent || !equal(token, this.token)) return null;
    this.spent = true;
    return `${this.cookieName}=${this.secret}; HttpOnly; SameSite=Strict; Path=/`;
  }

  private names(): string[] {
    return ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${this.port()}`);
  }
}

function equal(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
