import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EngineApi } from '../../node/api/engine-api.js';
import { WebHost, pageBuilt } from './server.js';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const pageDir = fileURLToPath(new URL('../../renderer/', import.meta.url));
if (!pageBuilt(pageDir)) {
  console.error('The page is not built. Run `npm run build`.');
  process.exit(1);
}
const engine = new EngineApi();
const host = new WebHost({ engine, pageDir, port: Number(values.port) });
console.log(await host.listen());

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) process.exit(130);
  stopping = true;
  await host.dispose();
  await engine.dispose();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
