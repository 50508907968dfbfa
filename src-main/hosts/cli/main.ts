#!/usr/bin/env node
import { EngineApi } from '../../node/api/engine-api.js';
import { headlessServices } from '../../node/api/host-services.js';
import { whenRunnerGone } from '../../node/process/parent.js';
import { startWebHost } from '../web/start.js';
import { runCli } from './program.js';
import { processTerminal } from './terminal.js';

// If the reader goes away (`unbraid models | head`), there should be no stack trace.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const engine = new EngineApi({ host: headlessServices('web') });
const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // The second signal ends the program at once; the next run cleans up temporary files.
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
  });
}
// Started by npx or `npm run`. A shell may end before what it started; a package runner waits for it.
if (process.env.npm_command !== undefined) whenRunnerGone(() => interrupt.abort());

try {
  process.exitCode = await runCli(
    process.argv.slice(2),
    engine.client(),
    processTerminal,
    interrupt.signal,
    (port) => startWebHost(engine, port),
    async (folders, signal) => (await import('../mcp/server.js')).serveMcp(engine, folders, signal),
  );
} finally {
  await engine.dispose();
}
// Helper processes are gone; anything that still holds the loop must not keep the shell waiting.
process.exit();
