import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../src-main/common/contract/client.js';
import { isSessionEvent } from '../../src-main/common/contract/commands.js';
import type { SessionEvent, SessionInfo } from '../../src-main/common/contract/session.js';
import { settingsSchema } from '../../src-main/common/jobs/settings.js';
import { fillRectangle } from '../../src-main/common/separation/edits/shapes.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { WebHost } from '../../src-main/hosts/web/server.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import { cacheOf } from '../fixtures/audio/caches.js';
import { errorDb, noise, sine } from '../fixtures/signals.js';
import { Listener } from '../cli/support/songs.js';

// Masks and edits through the real server.
const folder = mkdtempSync(join(tmpdir(), 'unbraid-edit-contract-'));
const frames = 3 * 44_100;
const planes = [sine(frames, 1000, 44_100, 0.4), noise(frames, 2).map((x) => 0.1 * x)];
let engine: EngineApi;
let host: WebHost;
let headers: Record<string, string>;
let session: SessionInfo;
const listener = new Listener(folder);
const progress: SessionEvent[] = [];

const address = (path: string): string => `http://127.0.0.1:${host.port}${path}`;

async function post(
  path: string,
  body: Uint8Array<ArrayBuffer> | string,
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(address(path), { method: 'POST', headers, body });
  return { status: answer.status, body: await answer.json().catch(() => null) };
}

const client = createClient({
  invoke: async (command, args) => {
    const { body } = await post(`/api/${command}`, JSON.stringify(args));
    const answer = body as { ok: boolean; value: unknown; error: unknown };
    if (!answer.ok) throw answer.error;
    return answer.value;
  },
  subscribe: () => () => undefined,
});

async function samples(track: string): Promise<Float32Array[]> {
  const query = `session=${session.session}&track=${track}&start=0&count=${frames}`;
  const all = new Float32Array(await (await fetch(address(`/pcm?${query}`), { headers })).arrayBuffer());
  return [all.subarray(0, frames), all.subarray(frames)];
}

function mask(): Uint8Array<ArrayBuffer> {
  const made = new TileMask({ nFft: 4096, hop: 1024 });
  fillRectangle(made, { start: 30, end: 90, low: 60, high: 130 });
  return made.encode() as Uint8Array<ArrayBuffer>;
}

async function sendMask(): Promise<string> {
  const { body } = await post(`/mask?session=${session.session}`, mask());
  return (body as { mask: string }).mask;
}

beforeAll(async () => {
  mkdirSync(join(folder, 'page'));
  writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html><title>page</title>');
  engine = new EngineApi({
    cacheDir: join(folder, 'cache'),
    stateDir: join(folder, 'state'),
    host: headlessServices('web'),
  });
  engine.client().subscribe((event) => void (isSessionEvent(event) && progress.push(event)));
  host = new WebHost({ engine, pageDir: join(folder, 'page'), maxUpload: 4_000_000 });
  const entrance = await fetch(await host.listen(), { redirect: 'manual' });
  const cookie = entrance.headers.get('set-cookie')?.split(';')[0] ?? '';
  headers = { Cookie: cookie, Origin: `http://127.0.0.1:${host.port}` };
  const codec = new CodecClient();
  const path = join(folder, 'tone.wav');
  const inputs = [{ ref: cacheOf(folder, planes, 44_100), gain: 1 }];
  await codec.encodeSet({
    outputs: [{ path, format: 'wav', sample: 'f32', inputs, tags: {} }],
    dither: 'none',
    seed: 1,
  });
  codec.dispose();
  const { body } = await post('/upload?name=tone.wav', new Uint8Array(readFileSync(path)));
  const opened = await client.openUpload(body as { upload: string });
  session = await client.separateSession({
    job: 'separate',
    session: opened.session,
    settings: settingsSchema.parse({ model: 'hpss' }),
  });
});
afterAll(async () => {
  await host.dispose();
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('edits of an open song', () => {
  it('move what the mask covers, report where, and keep the sum', async () => {
    const before = await samples('harmonic');
    const sum = (await samples('percussive')).map((plane, ch) => plane.map((x, i) => x + before[ch][i]));
    const edit = { id: 'a', kind: 'move' as const, sources: ['harmonic'], target: 'percussive', strength: 1 };
    const hash = await sendMask();
    const report = await client.editSession({
      job: 'edit',
      session: session.session,
      edits: [{ ...edit, mask: hash }],
    });
    expect(report.skipped).toEqual([]);
    expect(Object.keys(report.changed).sort()).toEqual(['harmonic', 'percussive']);
    const [harmonic, percussive] = [await samples('harmonic'), await samples('percussive')];
    const inside = (plane: Float32Array): Float32Array => plane.subarray(36 * 1024, 84 * 1024);
    expect(errorDb(inside(percussive[0]), inside(planes[0]))).toBeLessThan(-30);
    for (const ch of [0, 1]) {
      expect(
        errorDb(
          harmonic[ch].map((x, i) => x + percussive[ch][i]),
          sum[ch],
        ),
      ).toBeLessThan(-120);
    }
    const peak = report.info.tracks.find(({ id }) => id === 'percussive')?.peak ?? 0;
    expect(peak).toBe(
      Math.max(...percussive.map((plane) => plane.reduce((a, x) => Math.max(a, Math.abs(x)), 0))),
    );
    const back = await client.editSession({ job: 'edit', session: session.session, edits: [] });
    expect(back.info.tracks).toEqual(session.tracks);
    expect(await samples('harmonic')).toEqual(before);
  });

  it('a mask comes back as it was sent; one of another session or none at all is refused', async () => {
    const hash = await sendMask();
    const query = `session=${session.session}&mask=${hash}`;
    const bytes = new Uint8Array(await (await fetch(address(`/mask?${query}`), { headers })).arrayBuffer());
    expect(bytes).toEqual(new Uint8Array(mask()));
    const unknown = `session=${session.session}&mask=${'0'.repeat(64)}`;
    expect((await fetch(address(`/mask?${unknown}`), { headers })).status).toBe(400);
    expect((await post(`/mask?session=${'0'.repeat(32)}`, mask())).status).toBe(400);
    expect((await post(`/mask?session=${session.session}`, 'no mask at all')).status).toBe(400);
    headers = { ...headers, Origin: 'http://elsewhere.example' };
    expect((await post(`/mask?session=${session.session}`, mask())).status).toBe(403);
    headers = { ...headers, Origin: `http://127.0.0.1:${host.port}` };
  });

  it('what does not fit the schema, or names a mask that never came, is refused', async () => {
    const edit = { id: 'a', kind: 'move', sources: ['harmonic'], target: 'percussive', strength: 1 };
    const phases = [
      { phase: { method: 'guess', iterations: 3 } },
      { phase: { method: 'misi', iterations: 0 } },
    ];
    for (const wrong of [{ strength: 2 }, { sources: [] }, { kind: 'steal' }, { mask: 'x' }, ...phases]) {
      const edits = [{ ...edit, mask: '1'.repeat(64), ...wrong }];
      const asked = client.editSession({ job: 'e', session: session.session, edits } as never);
      await expect(asked).rejects.toMatchObject({ code: 'invalid-argument' });
    }
    const asked = client.editSession({
      job: 'e',
      session: session.session,
      edits: [{ ...edit, kind: 'move', mask: '1'.repeat(64) }],
    });
    await expect(asked).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('reports which edits name a stem that the song does not have', async () => {
    const edit = { id: 'lost', kind: 'move' as const, sources: ['vocals'], target: 'harmonic', strength: 1 };
    const edits = [{ ...edit, mask: await sendMask() }];
    const report = await client.editSession({ job: 'e', session: session.session, edits });
    expect(report.skipped).toEqual(['lost']);
    expect(report.changed).toEqual({});
  });

  it('with another phase report their progress, and keep the sum', async () => {
    const [harmonic, percussive] = [await samples('harmonic'), await samples('percussive')];
    const edit = { id: 'p', kind: 'move' as const, sources: ['harmonic'], target: 'percussive', strength: 1 };
    const mask = await sendMask();
    await client.editSession({ job: 'plain', session: session.session, edits: [{ ...edit, mask }] });
    const plain = await samples('harmonic');
    const report = await client.editSession({
      job: 'phase',
      session: session.session,
      edits: [{ ...edit, mask, phase: { method: 'misi', iterations: 2 } }],
    });
    expect(Object.keys(report.changed).sort()).toEqual(['harmonic', 'percussive']);
    const after = [await samples('harmonic'), await samples('percussive')];
    expect(
      errorDb(
        after[0][0].map((x, i) => x + after[1][0][i]),
        harmonic[0].map((x, i) => x + percussive[0][i]),
      ),
    ).toBeLessThan(-120);
    const done = progress.filter(({ job }) => job === 'phase').map((event) => event.progress.done);
    expect(done.length).toBeGreaterThan(0);
    expect(done.at(-1)).toBeCloseTo(session.frames / session.sampleRate);
    expect(after[0]).not.toEqual(plain);
    await client.editSession({ job: 'again', session: session.session, edits: [{ ...edit, mask }] });
    expect(await samples('harmonic')).toEqual(plain);
    await client.editSession({ job: 'back', session: session.session, edits: [] });
    expect(await samples('harmonic')).toEqual(harmonic);
  });

  it('may be thousands: their list is longer than other commands are allowed to be', async () => {
    const edit = { kind: 'move' as const, sources: ['vocals'], target: 'harmonic', strength: 1 };
    const mask = await sendMask();
    const edits = Array.from({ length: 8000 }, (_, i) => ({ ...edit, id: `edit:${i}`, mask }));
    expect(JSON.stringify(edits).length).toBeGreaterThan(1 << 20);
    const report = await client.editSession({ job: 'many', session: session.session, edits });
    expect(report.skipped.length).toBe(8000);
  });

  it('the karaoke of a song whose voice lost a part has none of it; naming the track brings it back', async () => {
    const edit = { id: 'k', kind: 'attenuate' as const, sources: ['harmonic'], target: null, strength: 1 };
    const edits = [{ ...edit, mask: await sendMask() }];
    await client.editSession({ job: 'take away', session: session.session, edits });
    const removed = await samples('removed');
    expect(removed[0].some((x) => Math.abs(x) > 0.01)).toBe(true);
    const percussive = await samples('percussive');
    const mixOf = async (mixer: Record<string, { mute?: boolean }>): Promise<Float32Array[]> => {
      const { files } = await client.exportSession({
        ...{ job: crypto.randomUUID(), session: session.session, what: 'mix', mixer },
        settings: { model: 'hpss', format: 'wav', depth: '32f' },
      });
      const { path } = engine.sessions.download(files[0].download);
      return listener.read(path).then(({ planes: read }) => read.map((plane) => Float32Array.from(plane)));
    };
    const karaoke = await mixOf({ harmonic: { mute: true } });
    karaoke.forEach((plane, ch) => expect(errorDb(plane, percussive[ch])).toBe(-Infinity));
    const asked = await mixOf({ harmonic: { mute: true }, removed: {} });
    const both = percussive.map((plane, ch) => plane.map((x, i) => x + removed[ch][i]));
    asked.forEach((plane, ch) => expect(errorDb(plane, both[ch])).toBeLessThan(-120));
    await client.editSession({ job: 'back', session: session.session, edits: [] });
  });
});
