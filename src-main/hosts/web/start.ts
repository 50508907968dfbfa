import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UnbraidError } from '../../common/base/errors.js';
import type { EngineApi } from '../../node/api/engine-api.js';
import { WebHost, addressKey, newAddressPath, pageBuilt } from './server.js';
import { makeFolder } from '../../node/files/make-folder.js';

/** A web host that listens. */
export interface StartedWebHost {
  /** With a one-time token. */
  readonly address: string;
  /** One of the same state folder had the port already: this is a new address of that. */
  readonly runs: boolean;
  /** Whether a page is let in again, without a new address, after a restart on the same port. */
  readonly lasts: boolean;
  stop(): Promise<void>;
}

/**
 * Serves the built page; port 0 takes the one that was used last, or any that is free. A port that another host of
 * this state folder has gives a new address of that host, for a browser that has lost its cookie. Throws
 * `file-not-found` when the page has not been built, `io-error` for a port that another program has.
 */
export async function startWebHost(engine: EngineApi, port: number): Promise<StartedWebHost> {
  const pageDir = fileURLToPath(new URL('../../renderer/', import.meta.url));
  if (!pageBuilt(pageDir)) {
    throw new UnbraidError('file-not-found', 'The page is not built', {
      file: pageDir,
      hint: 'Run `npm run build`.',
    });
  }
  const { lasts } = engine.secret;
  const remembered = join(engine.stateDir, 'web-port');
  const ports = port === 0 ? [lastPort(remembered), 0] : [port];
  for (const wanted of ports) {
    if (wanted === null) continue;
    const host = new WebHost({ engine, pageDir, port: wanted });
    try {
      const address = await host.listen();
      rememberPort(remembered, host.port);
      return { address, lasts, runs: false, stop: () => host.dispose() };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      if (port === 0) continue;
      const address = await askNewAddress(engine, wanted);
      if (address !== null) return { address, lasts, runs: true, stop: () => Promise.resolve() };
      throw new UnbraidError('io-error', `Port ${wanted} is used by another program`, {
        hint: 'Name another one with --port.',
      });
    }
  }
  throw new UnbraidError('io-error', 'There is no free port');
}

/** A new one-time address of the host of this state folder that has a port; null without one. */
async function askNewAddress(engine: EngineApi, port: number): Promise<string | null> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${newAddressPath}`, {
      method: 'POST',
      headers: { authorization: addressKey(engine.secret) },
      signal: AbortSignal.timeout(3000),
    });
    const { address } = (await answer.json()) as { address?: unknown };
    return answer.ok && typeof address === 'string' ? address : null;
  } catch {
    return null;
  }
}

function lastPort(file: string): number | null {
  try {
    const port = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65536 ? port : null;
  } catch {
    return null;
  }
}

function rememberPort(file: string, port: number): void {
  try {
    makeFolder(dirname(file));
    writeFileSync(file, String(port));
  } catch {
    // The next start takes any free port.
  }
}
