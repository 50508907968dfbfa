import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import { isSessionEvent } from '../../src-main/common/contract/commands.js';
import type { ExportReport, SessionInfo } from '../../src-main/common/contract/session.js';
import { settingsSchema } from '../../src-main/common/jobs/settings.js';
import { npyHeader, npyValues, readNpyHeader } from '../../src-main/common/separation/edits/npy.js';
import { fillRectangle } from '../../src-main/common/separation/edits/shapes.js';
import { TileMask, maskGrid } from '../../src-main/common/separation/edits/tile-mask.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import { cacheOf } from '../fixtures/audio/caches.js';
import { errorDb } from '../fixtures/signals.js';
import { pcmOf } from '../support/pcm.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-selection-contract-'));
const rate = 44_100;
const { hop, nFft } = maskGrid;
/** Some 13 s: several of the blocks that are worked on at once. */
const frames = 560 * hop;
const bin = 100;
const hertz = (bin * rate) / nFft;
/** Both tones sound from and to the middles between two frames of the grid. */
const [from, to] = [100.5 * hop, 400.5 * hop];

const tone = (hz: number, level: number, i: number): number =>
  i >= from && i < to ? level * Math.sin((2 * Math.PI * hz * i) / rate) : 0;
const low = Float32Array.from({ length: frames }, (_, i) => tone(hertz, 0.4, i));
const high = Float32Array.from({ length: frames }, (_, i) => tone(2.5 * hertz, 0.2, i));
const song = low.map((x, i) => x + high[i]);

let engine: EngineApi;
let client: EngineClient;
let session: SessionInfo;

/** The frames of a bin that a mask covers. */
function covered(mask: TileMask, at: number): readonly [first: number, end: number, count: number] {
  const on = Array.from({ length: 560 }, (_, t) => t).filter((t) => mask.get(t, at) === 1);
  return [on[0] ?? -1, (on.at(-1) ?? -1) + 1, on.length];
}

function binsOf(mask: TileMask, frame: number): number[] {
  return Array.from({ length: mask.bins }, (_, f) => f).filter((f) => mask.get(frame, f) > 0);
}

async function pick(
  request: Omit<Parameters<EngineClient['pickMask']>[0], 'job' | 'session'>,
): Promise<TileMask> {
  const { mask } = await client.pickMask({ job: 'pick', session: session.session, ...request });
  return TileMask.decode(readFileSync(engine.sessions.store.get(session.session).edits.maskFile(mask)));
}

function samples(track: string, start: number, count: number): Float32Array {
  return pcmOf(engine, { session: session.session, track, start, count });
}

function addMask(mask: TileMask): string {
  return engine.sessions.store.get(session.session).edits.addMask(mask.encode());
}

/** Around the low tone, from a frame to another one. */
function aroundLow(start: number, end: number): TileMask {
  const mask = new TileMask(maskGrid);
  fillRectangle(mask, { start, end, low: bin - 20, high: bin + 21 });
  return mask;
}

beforeAll(async () => {
  engine = new EngineApi({
    cacheDir: join(folder, 'cache'),
    stateDir: join(folder, 'state'),
    host: headlessServices('library'),
  });
  client = engine.client();
  const codec = new CodecClient();
  const path = join(folder, 'tones.wav');
  const inputs = [{ ref: cacheOf(folder, [song], rate), gain: 1 }];
  await codec.encodeSet({
    outputs: [{ path, format: 'wav', sample: 'f32', inputs, tags: {} }],
    dither: 'none',
    seed: 1,
  });
  codec.dispose();
  session = await engine.sessions.openPath(path, 'tones.wav');
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('a wand', () => {
  const seed = { kind: 'wand', track: 'source', frame: 250 * hop, hertz, below: 20 } as const;

  it('takes the three bins of a tone while it sounds, and not the tone beside it', async () => {
    const mask = await pick({ pick: seed });
    expect(binsOf(mask, 250)).toEqual([bin - 1, bin, bin + 1]);
    expect(binsOf(mask, 300)).toEqual([bin - 1, bin, bin + 1]);
    const [first, end, count] = covered(mask, bin);
    expect(count).toBe(end - first);
    // A tone is heard in half a frame before and behind it at the least, in two at the most.
    expect(Math.abs(first - 100)).toBeLessThanOrEqual(1);
    expect(Math.abs(end - 401)).toBeLessThanOrEqual(1);
  });

  it('stays inside of a range and a band, and takes more with a lower level', async () => {
    const range = { start: 200 * hop, count: 100 * hop };
    expect(covered(await pick({ pick: seed, range }), bin)).toEqual([200, 300, 100]);
    const band = { low: hertz, high: 1.005 * hertz };
    expect(binsOf(await pick({ pick: seed, band }), 250)).toEqual([bin, bin + 1]);
    expect(binsOf(await pick({ pick: { ...seed, below: 3 } }), 250)).toEqual([bin]);
  });

  it('finds nothing in silence and outside of its range', async () => {
    expect((await pick({ pick: { ...seed, frame: 20 * hop } })).empty).toBe(true);
    expect((await pick({ pick: seed, range: { start: 0, count: 50 * hop } })).empty).toBe(true);
  });
});

describe('a selection that is rendered', () => {
  it('is the masked part of the track sample by sample, over many blocks, and silent elsewhere', async () => {
    const part = await client.renderSelection({
      job: 'render',
      session: session.session,
      track: 'source',
      mask: addMask(aroundLow(0, 560)),
    });
    const heard = samples(part.track, 0, frames);
    const inner = (plane: Float32Array): Float32Array => plane.subarray(from + 3 * hop, to - 3 * hop);
    expect(errorDb(inner(heard), inner(low))).toBeLessThan(-70);
    expect(part.peak).toBe(heard.reduce((a, x) => Math.max(a, Math.abs(x)), 0));
    // A second one takes the first one's place, at half the strength and over its own frames only.
    const second = await client.renderSelection({
      job: 'render',
      session: session.session,
      track: 'source',
      mask: addMask(aroundLow(200, 300)),
      strength: 0.5,
    });
    expect([second.start, second.count]).toEqual([200 * hop - nFft / 2, 99 * hop + nFft]);
    const half = samples(second.track, 0, frames);
    const middle = (plane: Float32Array): Float32Array => plane.subarray(204 * hop, 296 * hop);
    expect(
      errorDb(
        middle(half),
        middle(low).map((x) => 0.5 * x),
      ),
    ).toBeLessThan(-70);
    expect(half.subarray(0, second.start).every((x) => x === 0)).toBe(true);
    expect(half.subarray(second.start + second.count).every((x) => x === 0)).toBe(true);
    expect(() => samples(part.track, 0, 10)).toThrow(/no track/);
  });

  it('is what an edit takes away', async () => {
    const settings = settingsSchema.parse({ model: 'hpss' });
    await client.separateSession({ job: 'separate', session: session.session, settings });
    const mask = addMask(aroundLow(150, 460));
    const part = { session: session.session, track: 'harmonic', mask, strength: 0.8 };
    const { track } = await client.renderSelection({ job: 'render', ...part });
    const heard = samples(track, 0, frames);
    const edit = {
      id: 'a',
      kind: 'attenuate',
      sources: ['harmonic'],
      target: null,
      strength: 0.8,
      mask,
    } as const;
    await client.editSession({
      job: 'edit',
      session: session.session,
      edits: [{ ...edit, sources: ['harmonic'] }],
    });
    expect(errorDb(heard, samples('removed', 0, frames))).toBeLessThan(-120);
    await client.editSession({ job: 'edit', session: session.session, edits: [] });
  });

  it('is exported as a file named by its stem; an empty one and an unknown mask are refused', async () => {
    const settings = settingsSchema.parse({ format: 'wav', depth: '32f' });
    const part = { job: 'export', session: session.session, track: 'harmonic', settings };
    const mask = addMask(aroundLow(200, 300));
    const { files } = await client.exportSelection({ ...part, mask });
    expect(files.map(({ name }) => name)).toEqual(['tones [harmonic selection].wav']);
    const { path } = engine.sessions.download(files[0].download);
    const bytes = readFileSync(path);
    const data = new Float32Array(bytes.buffer.slice(bytes.indexOf('data') + 8 + bytes.byteOffset)).subarray(
      0,
    );
    const rendered = { job: 'render', session: session.session, track: 'harmonic', mask };
    const { track, start, count } = await client.renderSelection(rendered);
    expect(errorDb(data.subarray(0, count), samples(track, start, count))).toBeLessThan(-140);
    expect(data.length).toBe(count);
    for (const wrong of ['0'.repeat(64), addMask(new TileMask(maskGrid))]) {
      const asked = client.exportSelection({ ...part, mask: wrong });
      await expect(asked).rejects.toMatchObject({ code: 'invalid-argument' });
    }
  });
});

describe('repairs', () => {
  const request = { job: 'find', track: 'harmonic' } as const;

  it('take the overtones of a tone along', async () => {
    const mask = addMask(aroundLow(200, 210));
    const found = await pick({ pick: { kind: 'overtones', track: 'source', mask, count: 3 } });
    const inside = Array.from({ length: 41 }, (_, i) => bin - 20 + i);
    const bins = [1, 2, 3].flatMap((n) => inside.map((f) => f + (n - 1) * bin));
    expect(binsOf(found, 205)).toEqual([...new Set(bins)].sort((a, b) => a - b));
    expect(binsOf(found, 212)).toEqual([]);
  });

  it('find what is like a selection, also when an edit took it away; one that is too long is refused', async () => {
    // Where the tones begin: the only place like it is itself.
    const find = (mask: string, least: number): ReturnType<EngineClient['findSimilar']> =>
      client.findSimilar({ ...request, session: session.session, mask, least });
    const beginning = addMask(aroundLow(95, 110));
    expect((await find(beginning, 0.9)).places).toEqual([]);
    // The middle of a tone is like all of its middle.
    const middle = addMask(aroundLow(200, 220));
    const { places } = await find(middle, 0.9);
    expect(places.length).toBeGreaterThan(0);
    expect(places.every(({ later }) => later % hop === 0 && 200 + later / hop >= 95)).toBe(true);
    const away = { id: 'a', kind: 'attenuate', sources: ['harmonic'], target: null, strength: 1 } as const;
    const edits = [{ ...away, sources: ['harmonic'], mask: middle }];
    await client.editSession({ job: 'edit', session: session.session, edits });
    expect((await find(middle, 0.9)).places).toEqual(places);
    await client.editSession({ job: 'edit', session: session.session, edits: [] });
    await expect(find(addMask(aroundLow(0, 2000)), 0.9)).rejects.toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
  });

  it('are refused where they miss what they need', async () => {
    const mask = addMask(aroundLow(200, 210));
    const edit = { id: 'a', kind: 'heal', sources: ['harmonic'], target: null, strength: 1, mask } as const;
    const edits = [{ ...edit, sources: ['harmonic'] }];
    await expect(client.editSession({ job: 'edit', session: session.session, edits })).rejects.toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  });
});

describe('bleed', () => {
  it('is found in a stem, as masks of the stems that dominate it; less of it with a smaller amount', async () => {
    const mask = addMask(aroundLow(150, 460));
    const move = { id: 'a', kind: 'move', sources: ['harmonic'], target: 'percussive', mask } as const;
    // A twentieth of the tone: 25.6 dB below the rest.
    const edits = [{ ...move, sources: ['harmonic'], strength: 0.05 }];
    await client.editSession({ job: 'edit', session: session.session, edits });
    const find = (track: string, amount: number): ReturnType<EngineClient['findBleed']> =>
      client.findBleed({ job: 'bleed', session: session.session, track, mask, amount });
    const { parts } = await find('percussive', 0.5);
    expect(parts.map(({ track }) => track)).toEqual(['harmonic']);
    const { edits: held } = engine.sessions.store.get(session.session);
    const found = TileMask.decode(readFileSync(held.maskFile(parts[0].mask)));
    expect(found.get(250, bin)).toBe(1);
    expect([found.get(250, bin + 30), found.get(140, bin)]).toEqual([0, 0]);
    const covers = (all: typeof parts): boolean =>
      all.some((part) => TileMask.decode(readFileSync(held.maskFile(part.mask))).get(250, bin) > 0);
    expect(covers((await find('percussive', 0.1)).parts)).toBe(false);
    await expect(find('source', 0.5)).rejects.toThrow(/not a stem/);
    await client.editSession({ job: 'edit', session: session.session, edits: [] });
  });
});

describe('select by stem', () => {
  it('takes the bins of whose power a stem has its share, in a range; shares of one half split the song', async () => {
    const range = { start: 200 * hop, count: 50 * hop };
    const of = (track: string, share: number): Promise<TileMask> =>
      pick({ pick: { kind: 'stem', track, share }, range });
    const [harmonic, percussive] = [await of('harmonic', 0.5), await of('percussive', 0.5)];
    expect(harmonic.frameRange()).toEqual([200, 250]);
    expect(harmonic.get(225, bin)).toBe(1);
    expect(percussive.get(225, bin)).toBe(0);
    expect((await of('percussive', 1)).get(225, bin)).toBe(0);
    // What lies behind the song's end or above its band is nothing, and no failure.
    const beyond = { pick: { kind: 'stem', track: 'percussive', share: 0.99 } as const };
    const far = await pick({
      ...beyond,
      range: { start: 10 * frames, count: 5 },
      band: { low: 1e5, high: 2e5 },
    });
    expect(far.frameRange()).toBeNull();
    await expect(of('source', 0.5)).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});

describe('masks as files', () => {
  /** Sends a file as a page does; its handle. */
  function upload(name: string, from: string): string {
    const { handle, path } = engine.sessions.newUpload(name);
    copyFileSync(from, path);
    return handle;
  }
  const fileOf = (files: ExportReport['files'], ending: string): string =>
    engine.sessions.download(files.find(({ name }) => name.endsWith(ending))!.download).path;

  it.each(['npy', 'png'] as const)('go out as .%s with a side file, and come in again', async (format) => {
    const mask = addMask(aroundLow(100, 300));
    const { files } = await client.exportMask({ job: 'e', session: session.session, mask, format });
    expect(files.map(({ name }) => name)).toEqual([
      `tones [selection mask].${format}`,
      'tones [selection mask].json',
    ]);
    const [path, side] = [fileOf(files, format), fileOf(files, 'json')];
    expect(JSON.parse(readFileSync(side, 'utf8'))).toMatchObject({
      ...{ n_fft: nFft, hop_length: hop, sample_rate: rate, frames: 561, bins: 2049, stem: null },
      value_range: format === 'npy' ? [0, 1] : [0, 65535],
    });
    const sent = { upload: upload(`m.${format}`, path), side: upload('m.json', side) };
    const back = await client.importMask({ job: 'i', session: session.session, ...sent });
    expect(back.mask).toBe(mask);
    // Uploads are gone once they were taken in.
    const again = client.importMask({ job: 'i', session: session.session, ...sent });
    await expect(again).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('of another song or STFT are refused by the name of the file, with what was expected', async () => {
    const path = join(folder, 'other.npy');
    writeFileSync(path, npyHeader('<f4', [12, 2049]));
    const asked = client.importMask({
      job: 'i',
      session: session.session,
      upload: upload('other.npy', path),
    });
    await expect(asked).rejects.toMatchObject({
      code: 'invalid-argument',
      file: 'other.npy',
      message: expect.stringContaining('[12, 2049]; this song needs [561, 2049]') as string,
    });
  });

  it('of another STFT come in with the help of their side file', async () => {
    // 22,050 Hz, a hop of 128: frames four times as dense, bins twice as narrow, none above 11,025 Hz.
    const grid = { n_fft: 4096, hop_length: 128, sample_rate: 22_050 };
    const [count, wide] = [Math.floor(frames / 2 / 128) + 1, 2049];
    const values = new Float32Array(count * wide);
    for (let t = 400; t < 1200; t++) values.fill(1, t * wide + 2 * (bin - 20), t * wide + 2 * (bin + 21));
    const [path, beside] = [join(folder, 'dense.npy'), join(folder, 'dense.json')];
    writeFileSync(path, Buffer.concat([npyHeader('<f4', [count, wide]), Buffer.from(values.buffer)]));
    writeFileSync(beside, JSON.stringify(grid));
    const { mask } = await client.importMask({
      ...{ job: 'i', session: session.session },
      ...{ upload: upload('dense.npy', path), side: upload('dense.json', beside) },
    });
    const found = TileMask.decode(
      readFileSync(engine.sessions.store.get(session.session).edits.maskFile(mask)),
    );
    // A frame at the rim covers four of the dense ones, not all of them within.
    expect(covered(found, bin)).toEqual([101, 300, 199]);
    expect([99, 100, 300, 301].map((t) => Math.round(8 * found.get(t, bin)))).toEqual([0, 5, 3, 0]);
    expect(binsOf(found, 200)).toEqual(Array.from({ length: 42 }, (_, i) => bin - 20 + i));
    // They cover the rectangle by three and by one quarter.
    expect([found.get(200, bin - 20), found.get(200, bin + 21)]).toEqual([191 / 255, 64 / 255]);
  });

  it('go out and come in with progress, and leave nothing behind when they are cancelled', async () => {
    const id = session.session;
    const { dir } = engine.sessions.store.get(id).song;
    const exports = (): string[] => readdirSync(dir).filter((name) => name.startsWith('export-'));
    const mask = addMask(aroundLow(100, 300));
    const { files } = await client.exportMask({ job: 'e', session: id, mask, format: 'npy' });
    const path = fileOf(files, 'npy');
    const before = exports();
    const uploads: string[] = [];
    const sent = (): string => {
      uploads.push(upload('m.npy', path));
      return uploads.at(-1)!;
    };
    const orders: readonly [phase: string, (job: string) => Promise<unknown>][] = [
      ['write', (job) => client.exportMask({ job, session: id, mask, format: 'png' })],
      ['write', (job) => client.exportStemMasks({ job, session: id })],
      ['read', (job) => client.importMask({ job, session: id, upload: sent() })],
    ];
    for (const [phase, order] of orders) {
      for (const cancelled of [true, false]) {
        const told: number[] = [];
        const unsubscribe = client.subscribe((event) => {
          if (!isSessionEvent(event) || event.job !== 'masks') return;
          expect(event.progress).toMatchObject({ phase, total: frames / rate });
          told.push(event.progress.done);
          if (cancelled) void client.cancel({ job: 'masks' });
        });
        if (cancelled) await expect(order('masks')).rejects.toMatchObject({ code: 'cancelled' });
        else await order('masks');
        unsubscribe();
        if (cancelled) expect(exports()).toEqual(before);
        else expect(told.length).toBeGreaterThanOrEqual(3);
        expect(told).toEqual([...told].sort((a, b) => a - b));
      }
      before.splice(0, Infinity, ...exports());
    }
    // What was sent is not kept either.
    for (const handle of uploads)
      await expect(client.importMask({ job: 'i', session: id, upload: handle })).rejects.toMatchObject({
        code: 'invalid-argument',
      });
  });

  it('are made of every stem: shares that add up to 1', async () => {
    const { files } = await client.exportStemMasks({ job: 'e', session: session.session });
    expect(files.map(({ name }) => name)).toEqual(
      ['npy', 'json'].flatMap((ending) =>
        ['harmonic', 'percussive'].map((stem) => `tones [${stem} mask].${ending}`),
      ),
    );
    const [harmonic, percussive] = files.slice(0, 2).map(({ download }) => {
      const bytes = readFileSync(engine.sessions.download(download).path);
      const header = readNpyHeader(bytes);
      expect(header.shape).toEqual([561, 2049]);
      return npyValues(header.type, bytes.subarray(header.offset));
    });
    const at = 250 * 2049 + bin;
    expect(harmonic[at]).toBeGreaterThan(0.9);
    expect(Math.abs(harmonic[at] + percussive[at] - 1)).toBeLessThan(1e-6);
  });
});
