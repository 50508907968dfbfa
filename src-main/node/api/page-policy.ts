import { realpathSync } from 'node:fs';
import { basename, isAbsolute, join, sep } from 'node:path';
import { toUnbraidError, type WireError } from '../../common/base/errors.js';
import type { CommandAnswer } from '../../common/contract/bridge.js';
import type { Endpoints } from '../../common/contract/commands.js';
import { dispatch } from '../../common/contract/dispatch.js';

/**
 * Headers of every answer: cross-origin isolation (for SharedArrayBuffer), and a page that loads nothing else.
 * `sockets` are the addresses of the host's own WebSocket, for browsers whose 'self' does not mean them.
 */
export function securityHeaders(sockets: readonly string[] = []): Readonly<Record<string, string>> {
  const connect = ["'self'", ...sockets].join(' ');
  return {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Content-Security-Policy':
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
      `img-src 'self' data: blob:; connect-src ${connect}; worker-src 'self'; object-src 'none'; ` +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    // Browsers name outputs for sound only where microphones are not ruled out; the page never asks for one.
    'Permissions-Policy':
      'camera=(), display-capture=(), geolocation=(), hid=(), midi=(), payment=(), serial=(), usb=()',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  };
}

/** The page knows files by their names: paths of this machine stay here. */
export function withoutPaths(error: WireError): WireError {
  const message = error.message.replace(/(?:\/|[A-Za-z]:\\)(?:[^\s:'"()]+[/\\])+[^\s:'"()]*/g, '…');
  const file = error.file !== undefined && isAbsolute(error.file) ? basename(error.file) : error.file;
  return { ...error, message, ...(file !== undefined && { file }) };
}

/** The answer of a page's command: its result, or its error without paths. */
export async function answerCommand(
  endpoints: Endpoints,
  command: string,
  args: unknown,
): Promise<CommandAnswer> {
  try {
    return { ok: true, value: await dispatch(endpoints, command, args) };
  } catch (error) {
    return { ok: false, error: withoutPaths(toUnbraidError(error).toWire()) };
  }
}

/**
 * The real path of a page's file, links followed; null when it is not inside the page's folder. What does not
 * exist keeps its plain path, and the server refuses it.
 */
export function pageFile(pageDir: string, pathname: string): string | null {
  const root = realpathSync(pageDir);
  let wanted: string;
  try {
    wanted = join(root, decodeURIComponent(pathname));
  } catch {
    return null;
  }
  if (wanted !== root && !wanted.startsWith(root + sep)) return null;
  try {
    const real = realpathSync(wanted);
    return real === root || real.startsWith(root + sep) ? real : null;
  } catch {
    return wanted;
  }
}
