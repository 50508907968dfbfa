// Starts the packed main process (argument: its folder) under Node, opens the demo song as its page would, separates
// it, and prints what came of it as one line of JSON.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { app, seen } from 'electron';

process.resourcesPath = process.argv[2];
await import(pathToFileURL(join(process.argv[2], 'out/electron/main.js')).href);
while (seen.windows.length === 0 || seen.handlers.size === 0) await new Promise((go) => setTimeout(go, 20));

const sender = { senderFrame: { origin: 'unbraid-app://app', parent: null } };
const [handler] = seen.handlers.values();
async function ask(command, args) {
  const answer = await handler(sender, { kind: 'command', command, args });
  if (!answer.ok) throw new Error(`${command}: ${JSON.stringify(answer.error)}`);
  return answer.value;
}
async function get(path) {
  const { Request } = globalThis;
  const answer = await seen.schemes.get('unbraid-app')(new Request(`unbraid-app://app${path}`));
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}

const page = await get('/');
const script = /<script[^>]+src="\.?([^"]+)"/.exec(page.text)[1];
const code = await get(script);
const { session } = await ask('openDemo', {});
const owner = '0'.repeat(32);
await ask('claimSession', { session, page: owner });
const info = await ask('separateSession', { job: 'a', session, page: owner, settings: {} });
const check = await ask('checkModel', { id: 'unbraid-fast', device: 'cpu' });
const { options, address } = seen.windows[0];
console.log(
  JSON.stringify({
    ...{
      page: page.status,
      code: [code.status, code.type],
      address,
      preload: options.webPreferences.preload,
    },
    ...{
      frames: info.frames,
      tracks: info.tracks.map(({ id }) => id),
      nullDb: info.separation.nullDb,
      check,
    },
  }),
);
app.quit();
while (!seen.quit) await new Promise((go) => setTimeout(go, 20));
