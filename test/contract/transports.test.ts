import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IpcMain } from 'electron';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { UnbraidError } from '../../src-main/common/base/errors.js';
import type { CommandAnswer } from '../../src-main/common/contract/bridge.js';
import { createClient, type EngineClient } from '../../src-main/common/contract/client.js';
import type { EngineEvent } from '../../src-main/common/contract/commands.js';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import { documentVersion } from '../../src-main/common/document/migrations.js';
import { newTrack, recordSchema } from '../../src-main/common/document/records.js';
import { schemeHandler } from '../../src-main/electron/app-scheme.js';
import { serveIpc } from '../../src-main/electron/ipc.js';
import { WebHost } from '../../src-main/hosts/web/server.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { wavBytes } from '../fixtures/audio/wav-bytes.js';
import { entryFor, smallModel, writeCatalogue } from '../fixtures/models/catalogues.js';
import { FileServer } from '../fixtures/models/file-server.js';
import { familyNetworks } from '../fixtures/family-networks.js';
import { onnxModel } from '../fixtures/onnx.js';
import { ownFrame } from '../unit/electron/fakes.js';

// One suite for every way to the engine; the engine, the server and the files are real, Electron's pipe is not.
const folder = mkdtempSync(join(tmpdir(), 'unbraid-transports-'));
const rate = 44_100;
const tone = Int16Array.from({ length: rate }, (_, n) => 9000 * Math.sin(n / 9));
const song = wavBytes({ format: 1, bits: 16, channels: 1, rate, data: Buffer.from(tone.buffer) });

interface Route {
  readonly engine: EngineApi;
  readonly client: EngineClient;
  /** Whether commands with paths are reachable. */
  readonly trusted: boolean;
  /** A request to the data endpoints. */
  fetch(path: string, init?: { method: string; body: Uint8Array<ArrayBuffer> }): Promise<Response>;
  stop(): Promise<void>;
}

function engineIn(name: string): EngineApi {
  const dir = join(folder, name);
  const services = headlessServices('web');
  return new EngineApi({ cacheDir: join(dir, 'cache'), stateDir: join(dir, 'state'), host: services });
}

function unwrap(answer: CommandAnswer): unknown {
  if (!answer.ok) throw UnbraidError.fromWire(answer.error);
  return answer.value;
}

/** The engine in this process; its data through the handler that both page hosts use. */
function inProcess(): Promise<Route> {
  const engine = engineIn('direct');
  const handler = schemeHandler(folder, engine.sessions);
  return Promise.resolve({
    engine,
    client: engine.client(),
    trusted: true,
    fetch: (path, init) => handler(new Request(`unbraid-app://app${path}`, { ...init, duplex: 'half' })),
    stop: () => engine.dispose(),
  });
}

async function overWeb(): Promise<Route> {
  const engine = engineIn('web');
  const host = new WebHost({ engine, pageDir: folder, maxUpload: 1_000_000 });
  const entrance = await fetch(await host.listen(), { redirect: 'manual' });
  const Cookie = entrance.headers.get('set-cookie')?.split(';')[0] ?? '';
  const headers = { Cookie, Origin: `http://127.0.0.1:${host.port}` };
  const at = (path: string): string => `http://127.0.0.1:${host.port}${path}`;
  const client = createClient({
    invoke: async (command, args) => {
      const answer = await fetch(at(`/api/${command}`), {
        method: 'POST',
        headers,
        body: JSON.stringify(args),
      });
      if (!answer.ok) throw new UnbraidError('invalid-argument', `status ${answer.status}`);
      return unwrap((await answer.json()) as CommandAnswer);
    },
    subscribe: (listener) => {
      const socket = new WebSocket(at('/events').replace('http', 'ws'), { headers });
      socket.on('message', (data: Buffer) => listener(JSON.parse(data.toString()) as EngineEvent));
      return () => socket.close();
    },
  });
  const stop = async (): Promise<void> => {
    await host.dispose();
    await engine.dispose();
  };
  return {
    engine,
    client,
    trusted: false,
    fetch: (path, init) => fetch(at(path), { ...init, headers }),
    stop,
  };
}

/** Electron's: the shell's own IPC and scheme handlers, with a pipe of one function. */
function overIpc(): Promise<Route> {
  const engine = engineIn('ipc');
  let ask: Parameters<IpcMain['handle']>[1] | undefined;
  const ipcMain = {
    handle: (_: string, handler: Parameters<IpcMain['handle']>[1]) => void (ask = handler),
    removeHandler: () => undefined,
  };
  serveIpc({ ipcMain, endpoints: engine.endpoints, adopt: (paths) => engine.files.adopt(paths) });
  const handler = schemeHandler(folder, engine.sessions);
  const client = createClient({
    invoke: async (command, args) =>
      // What crosses the pipe is cloned.
      unwrap((await ask!(ownFrame, structuredClone({ kind: 'command', command, args }))) as CommandAnswer),
    subscribe: (listener) => engine.client().subscribe((event) => listener(structuredClone(event))),
  });
  return Promise.resolve({
    engine,
    client,
    trusted: false,
    fetch: (path, init) => handler(new Request(`unbraid-app://app${path}`, { ...init, duplex: 'half' })),
    stop: () => engine.dispose(),
  });
}

// One small model that can be fetched from this machine.
const small = smallModel('small');
const models = join(folder, 'models');
let server: FileServer;

beforeAll(async () => {
  mkdirSync(models, { recursive: true });
  server = await FileServer.start();
  const url = server.set('/small.onnx', { bytes: small.bytes });
  writeCatalogue(models, [entryFor('small', { bytes: small.bytes, url }, { manifest: small.manifest })]);
  vi.stubEnv('UNBRAID_MODELS', models);
  vi.stubEnv('UNBRAID_STATE', join(folder, 'state'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>page</title>');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  ['in process', inProcess],
  ['over the web', overWeb],
  ['over Electron’s IPC', overIpc],
] as const)('the engine %s', (_, start) => {
  let route: Route;
  let session: SessionInfo;
  const events: EngineEvent[] = [];
  beforeAll(async () => {
    route = await start();
    route.client.subscribe((event) => void events.push(event));
    const sent = await route.fetch('/upload?name=tone.wav', { method: 'POST', body: new Uint8Array(song) });
    session = await route.client.openUpload((await sent.json()) as { upload: string });
  });
  afterAll(() => route.stop());

  it('opens a song: its facts are those of the file, its samples those of the tone', async () => {
    expect(session).toMatchObject({ name: 'tone', sampleRate: rate, channels: 1, frames: rate });
    const answer = await route.fetch(`/pcm?session=${session.session}&track=source&start=100&count=500`);
    const samples = new Float32Array(await answer.arrayBuffer());
    samples.forEach((x, i) => expect(x).toBe(tone[100 + i] / 32768));
    expect(JSON.stringify(session)).not.toContain(folder);
  });

  it('separates with events on the way, and exports stems that add up', async () => {
    const info = await route.client.separateSession({
      job: 'one',
      session: session.session,
      settings: { model: 'hpss' },
    });
    expect(info.tracks.map(({ id }) => id)).toEqual(['source', 'harmonic', 'percussive']);
    const report = await route.client.exportSession({
      job: 'two',
      session: session.session,
      what: 'stems',
      settings: { format: 'wav' },
    });
    expect(report.files.at(-1)!.name).toMatch(/\.unbraid\.json$/);
    const files = await Promise.all(
      report.files
        .slice(0, -1)
        .map(async ({ download }) =>
          Buffer.from(await (await route.fetch(`/download/${download}`)).arrayBuffer()),
        ),
    );
    const stems = files.map(
      (file) => new Int16Array(new Uint8Array(file.subarray(file.length - 2 * rate)).buffer),
    );
    tone.forEach((x, i) => {
      if (stems[0][i] + stems[1][i] !== x)
        expect(`sample ${i}: ${stems[0][i]} + ${stems[1][i]}`).toBe(String(x));
    });
    await expect
      .poll(() => events.some((event) => 'session' in event && event.session === session.session))
      .toBe(true);
  });

  it('carries a document of two MiB, and what can be undone in it, there and back', async () => {
    const { client } = route;
    const track = recordSchema.parse(newTrack('harmonic', 0));
    const points = Array.from({ length: 1000 }, (_, frame) => ({ frame, db: -(frame % 50) - 0.25 }));
    const regions = Array.from({ length: 90 }, (_, i) =>
      recordSchema.parse({
        ...{ type: 'automation', id: `automation:${i}`, track: track.id, kind: 'gain' },
        ...{ start: 0, end: 1000, points },
      }),
    );
    const document = { document: 'unbraid', version: documentVersion, records: [track, ...regions] };
    expect(JSON.stringify(document).length).toBeGreaterThan(2 << 20);
    const added = Object.fromEntries(regions.map((record) => [record.id, record]));
    const mark = { name: { text: 'step.region.gain' }, diff: { added, updated: {}, removed: {} } };
    const request = { session: session.session, document, history: { done: [mark], undone: [] }, view: null };
    const [zip] = (await client.collectProject({ ...request, job: 'three' })).files;
    expect(zip.name).toBe('tone.unbraid.zip');
    await client.saveProject(request);
    const diff = { added: {}, updated: {}, removed: added };
    const changes = [{ kind: 'quiet', diff } as const, { kind: 'quiet', diff: mark.diff } as const];
    await client.appendJournal({ session: session.session, changes: [...changes, { kind: 'undo' }] });
    const { projects } = await client.projects({});
    const opened = await client.openProject({ project: projects[0].handle });
    expect(opened.document.records).toEqual([track]);
    expect(opened.history).toEqual({ done: [], undone: [mark] });
    const wrong = { text: 'no step' };
    const refused = client.appendJournal({
      session: opened.info.session,
      changes: [{ kind: 'step', name: wrong, diff: { added: {}, updated: {}, removed: {} } }],
    });
    await expect(refused).rejects.toMatchObject({ code: 'invalid-argument' });
    await client.closeSession({ session: opened.info.session });
  });

  it('fetches a model after its licence was accepted, tries it on the song, checks and deletes it', async () => {
    const { client } = route;
    const of = async () =>
      (await client.modelCatalogue({})).models.find(({ entry }) => entry.id === 'small')!;
    const before = await of();
    expect(before).toMatchObject({ availability: 'download', installed: null, bytes: small.bytes.length });
    const unread = client.modelGet({ id: 'small', accepted: 'MIT' });
    await expect(unread).rejects.toMatchObject({ code: 'licence-not-accepted' });
    await client.modelGet({ id: 'small', accepted: before.licence });
    const told = () =>
      events.flatMap((event) => ('models' in event && event.models === 'download' ? [event.download] : []));
    await expect
      .poll(() => told().at(-1)?.state, { timeout: 60_000 })
      .toEqual({ state: 'done', problem: null, recorded: false });
    expect(told().map(({ state }) => state.state)).toContain('installing');
    expect(await of()).toMatchObject({ installed: 'small', problem: null });
    const { separators } = await client.models({});
    expect(separators.find(({ id }) => id === 'small')).toMatchObject({ installed: true, removable: true });

    const trial = await client.modelTry({
      ...{ job: 'trial', session: session.session, models: ['small', 'hpss'], start: 0.25, seconds: 1 },
    });
    expect(trial.models.map(({ id, error }) => [id, error])).toEqual([
      ['small', null],
      ['hpss', null],
    ]);
    const vocals = trial.models[0].stems.find(({ name }) => name === 'vocals')!;
    const wav = Buffer.from(await (await route.fetch(`/download/${vocals.download}`)).arrayBuffer());
    // The model gives a quarter of the song; float samples at the end of the file, after 0.25 s of the tone.
    const frames = Math.round(0.75 * rate);
    const samples = new Float32Array(new Uint8Array(wav.subarray(wav.length - 4 * frames)).buffer);
    samples.forEach((x, n) => {
      const wanted = (0.25 * tone[Math.round(0.25 * rate) + n]) / 32768;
      if (Math.abs(x - wanted) > 1e-5) expect(`sample ${n}: ${x}`).toBe(String(wanted));
    });

    expect(await client.modelVerify({ job: 'verify', ids: ['small'] })).toEqual([
      { id: 'small', files: [{ name: 'small.onnx', state: 'right', recorded: false }] },
    ]);
    await client.modelRemove({ id: 'small' });
    expect(await of()).toMatchObject({ installed: null });
    expect((await client.modelCatalogue({})).downloads).toEqual([]);
    const outside = client.modelRemove({ id: '../models' });
    await expect(outside).rejects.toMatchObject({ code: 'model-not-found' });
  });

  it('says of an uploaded model file what it is, asks what it does not say, and lets go of it', async () => {
    const [{ graph }] = familyNetworks['mdx-net'];
    const body = new Uint8Array(onnxModel(graph));
    const sent = await route.fetch('/upload?name=net.onnx', { method: 'POST', body });
    const { upload } = (await sent.json()) as { upload: string };
    const uploads = [upload];
    const asked = await route.client.recogniseModel({ uploads, answers: { nFft: '6144' } });
    expect(asked).toMatchObject({ state: 'questions', preset: 'mdx-net', questions: [{ key: 'stems' }] });
    const answers = { nFft: '6144', stems: 'vocals' };
    const known = await route.client.recogniseModel({ uploads, answers });
    expect(known).toMatchObject({ state: 'ready', model: { stems: ['vocals'], files: ['net.onnx'] } });
    await route.client.dropModelUploads({ uploads });
    await expect(route.client.recogniseModel({ uploads })).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });

  it('refuses with the same codes', async () => {
    const lost = route.client.session({ session: '0'.repeat(32) });
    await expect(lost).rejects.toMatchObject({ code: 'invalid-argument' });
    const wrong = route.client.exportSession({ job: 'x', session: session.session, what: 'all' } as never);
    await expect(wrong).rejects.toMatchObject({ code: 'invalid-argument' });
    expect((await route.fetch('/pcm?session=x')).status).toBe(400);
    expect((await route.fetch('/../package.json')).status).toBe(404);
  });

  it('keeps commands with paths from pages', async () => {
    const source = join(folder, 'song.wav');
    writeFileSync(source, song);
    const asked = route.client.info({ source, loudness: false });
    if (route.trusted) await expect(asked).resolves.toMatchObject({ sampleRate: rate });
    else await expect(asked).rejects.toMatchObject({ code: 'invalid-argument' });
    expect(readFileSync(source)).toEqual(song);
  });
});
