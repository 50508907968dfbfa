import { afterAll, beforeAll, expect, it } from 'vitest';
import { Fuzzer, fuzzableCommands, refusals, type Pools } from './support/fuzz.js';
import { chances, scaled } from './support/scale.js';
import { TestHost, type Answer, type Ask } from './support/web-host.js';

const samples = Int16Array.from({ length: 30_000 }, (_, n) => 8000 * Math.sin(n / 9));
const random = chances();
let web: TestHost;
let fuzzer: Fuzzer;
const pools: Pools = {
  ...{ session: [], upload: [], mask: [], project: [], entry: [] },
  ...{ page: ['1'.repeat(32), '2'.repeat(32)], track: ['source', 'harmonic', 'percussive'] },
};
const names = fuzzableCommands;

beforeAll(async () => {
  web = await new TestHost({ maxUpload: 1_000_000 }).start();
  fuzzer = new Fuzzer(random, pools);
  for (const name of ['a.wav', 'b.wav']) pools.session.push((await web.open(name, samples)).session);
});
afterAll(() => web.stop());

const oddValues = [
  '',
  '0',
  '-1',
  '1e99',
  'NaN',
  '../..',
  '%00',
  'source',
  '512',
  'hann',
  '🎵',
  '9'.repeat(400),
];

/** A read of samples, tiles, peaks or masks, or something that looks like one. */
function read(): Ask {
  const query = new URLSearchParams({
    ...{ session: fuzzer.pick(pools.session), track: fuzzer.pick(pools.track), start: '0', count: '100' },
    ...{ nFft: '2048', hop: '512', window: 'hann', level: '0', column: '0', row: '0', columns: '10' },
    ...{ mask: pools.mask.at(-1) ?? '0'.repeat(64) },
  });
  const keys = [...query.keys()];
  if (fuzzer.chance(0.4)) query.set(fuzzer.pick(keys), fuzzer.pick(oddValues));
  const path = fuzzer.pick([
    '/pcm',
    '/tile',
    '/peaks',
    '/mask',
    '/',
    '/download/x',
    '/%2e%2e/x',
    '/api/models',
  ]);
  const method = fuzzer.pick(['GET', 'GET', 'GET', 'HEAD', 'DELETE', 'OPTIONS', 'PUT']);
  return { method, path: `${path}?${query.toString()}`, headers: { Cookie: web.cookie } };
}

/** An upload or a mask of random bytes. */
function sent(): Ask {
  const bytes = Buffer.from(Array.from({ length: Math.floor(2000 * random()) }, () => 256 * random()));
  const path = fuzzer.pick([
    `/mask?session=${fuzzer.pick(pools.session)}`,
    '/upload?name=x.wav',
    '/upload',
    '/mask',
  ]);
  return { method: 'POST', path, headers: web.own, body: bytes };
}

/** A command that is not even JSON. */
function garbled(): Ask {
  const body = fuzzer.pick([
    '',
    '{',
    '[1,',
    '"',
    'null',
    '{"a":1}}',
    '\u0000',
    `{"job":"${'['.repeat(5000)}`,
  ]);
  return {
    method: 'POST',
    path: `/api/${fuzzer.pick([...names, 'batch', '__proto__', ''])}`,
    headers: web.own,
    body,
  };
}

function judge(ask: Ask, { status, body }: Answer): void {
  const text = body.length < 100_000 ? body.toString() : '';
  const what = `${ask.method} ${ask.path} ${String(ask.body).slice(0, 500)}: ${status} ${text.slice(0, 500)}`;
  expect([what, status < 500]).toEqual([what, true]);
  expect([what, text.includes(web.folder)]).toEqual([what, false]);
  if (!text.startsWith('{"ok":false')) return;
  const { error } = JSON.parse(text) as { error: { code: string } };
  if (!refusals.has(error.code)) throw new Error(what);
}

it('P23 random requests are answered or refused, with deep states reached, and the host stays healthy', async () => {
  const done = new Map<string, number>();
  let left = scaled(800, 10_000);
  const tryCommand = async (command: (typeof names)[number]): Promise<void> => {
    if (command === 'closeSession' && pools.session.length < 2) return;
    const args = fuzzer.argument(command);
    const ask = { method: 'POST', path: `/api/${command}`, headers: web.own, body: JSON.stringify(args) };
    const answer = await web.send(ask);
    judge(ask, answer);
    const { ok, value } = JSON.parse(answer.body.toString()) as {
      ok: boolean;
      value?: Record<string, never>;
    };
    if (!ok) return;
    done.set(command, (done.get(command) ?? 0) + 1);
    if (command === 'closeSession') {
      pools.session = pools.session.filter((id) => id !== (args as { session: string }).session);
      if (pools.session.length < 2) pools.session.push((await web.open('c.wav', samples)).session);
    }
    const { entries, projects, mask } = (value ?? {}) as {
      entries?: { id: string }[];
      projects?: { handle: string }[];
      mask?: string;
    };
    if (entries) pools.entry = entries.map(({ id }) => id);
    if (projects) pools.project = projects.map(({ handle }) => handle);
    if (mask !== undefined) pools.mask.push(mask);
  };
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      if (random() >= 0.25) {
        await tryCommand(fuzzer.pick(names));
        continue;
      }
      const ask = fuzzer.pick([read, read, read, sent, garbled])();
      judge(ask, await web.send(ask));
    }
  };
  await Promise.all(Array.from({ length: 6 }, client));
  // What chance has not brought about yet is tried on its own.
  for (const name of ['separateSession', 'exportSession', 'pickMask', 'saveProject'] as const) {
    for (let i = 0; i < 500 && !done.has(name); i++) await tryCommand(name);
    expect([name, (done.get(name) ?? 0) > 0]).toEqual([name, true]);
  }
  const session = (await web.open('last.wav', samples)).session;
  const { status, body } = await web.get(`/pcm?session=${session}&track=source&start=0&count=30000`);
  expect([status, body.length]).toEqual([200, 120_000]);
});
