import { fileURLToPath } from 'node:url';
import { UnbraidError } from '../../common/base/errors.js';
import type { EngineApi } from '../../node/api/engine-api.js';
import { WebHost, pageBuilt } from './server.js';

/** Serves the built page. Throws `file-not-found` when it has not been built. */
export async function startWebHost(
  engine: EngineApi,
  port: number,
): Promise<{ readonly address: string; stop(): Promise<void> }> {
  const pageDir = fileURLToPath(new URL('../../renderer/', import.meta.url));
  if (!pageBuilt(pageDir)) {
    throw new UnbraidError('file-not-found', 'The page is not built', {
      file: pageDir,
      hint: 'Run `npm run build`.',
    });
  }
  const host = new WebHost({ engine, pageDir, port });
  const address = await host.listen();
  return { address, stop: () => host.dispose() };
}
