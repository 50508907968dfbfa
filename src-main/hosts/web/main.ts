import { parseArgs } from 'node:util';
import { EngineApi } from '../../node/api/engine-api.js';
import { headlessServices } from '../../node/api/host-services.js';
import { startWebHost } from './start.js';

// The web host alone, for tests and services: prints its address and runs until it is stopped.
const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const engine = new EngineApi({ host: headlessServices('web') });
const host = await startWebHost(engine, Number(values.port));
console.log(host.address);

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) process.exit(130);
  stopping = true;
  await host.stop();
  await engine.dispose();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
