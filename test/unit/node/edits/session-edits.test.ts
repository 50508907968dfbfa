import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { fillRectangle } from '../../../../src-main/common/separation/edits/shapes.js';
import { TileMask, maskGrid } from '../../../../src-main/common/separation/edits/tile-mask.js';
import type { ActiveEdit } from '../../../../src-main/node/edits/edit-layer.js';
import type { EditedTrack } from '../../../../src-main/node/edits/edit-worker.js';
import { SessionEdits } from '../../../../src-main/node/edits/session-edits.js';
import { cacheOf, planesOf } from '../../../fixtures/audio/caches.js';
import { errorDb, noise } from '../../../fixtures/signals.js';

// The real thread with real files.
const folder = mkdtempSync(join(tmpdir(), 'unbraid-session-edits-'));
const open: SessionEdits[] = [];
afterEach(() => {
  for (const edits of open.splice(0)) edits.dispose();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const frames = 200_000;
const planes = [noise(frames, 1), noise(frames, 2)].map((plane) => plane.map((x) => 0.4 * x));
const stems = ['vocals', 'drums'].map((name, s) => ({ name, ref: cacheOf(folder, [planes[s]], 44100) }));
let count = 0;
const drop = (dir: string): void => rmSync(dir, { recursive: true, force: true });

function session(): SessionEdits {
  const made = new SessionEdits(join(folder, `session-${count++}`), drop);
  made.rebase(stems);
  open.push(made);
  return made;
}

function mask(start: number, end: number): Uint8Array {
  const made = new TileMask({ nFft: 1024, hop: 256 });
  fillRectangle(made, { start, end, low: 0, high: 513 });
  return made.encode();
}

function move(id: string, hash: string, target = 'drums'): ActiveEdit {
  return { id, kind: 'move', sources: ['vocals'], target, strength: 1, mask: hash };
}

const samplesOf = (tracks: readonly EditedTrack[], name: string): Float32Array =>
  planesOf(tracks.find((track) => track.name === name)!.ref)[0];

describe('the edits of a session', () => {
  it('render in a thread: samples, ranges and peaks are those of the edit', async () => {
    const edits = session();
    const hash = edits.addMask(mask(200, 300));
    const { tracks, changed, skipped } = await edits.apply([move('a', hash)]);
    expect(skipped).toEqual([]);
    expect([...changed.keys()].sort()).toEqual(['drums', 'vocals']);
    const [from, to] = [201 * 256 + 512, 298 * 256 - 512];
    const [vocals, drums] = ['vocals', 'drums'].map((name) => samplesOf(tracks, name));
    const both = planes[0].map((x, i) => x + planes[1][i]);
    expect(errorDb(drums.subarray(from, to), both.subarray(from, to))).toBeLessThan(-120);
    expect(Math.max(...vocals.subarray(from, to).map(Math.abs))).toBeLessThan(1e-6);
    for (const { name, peak } of tracks) {
      expect(peak).toBe(Math.fround(samplesOf(tracks, name).reduce((a, x) => Math.max(a, Math.abs(x)), 0)));
    }
    const back = await edits.apply([]);
    expect(samplesOf(back.tracks, 'vocals')).toEqual(planes[0]);
    expect(back.tracks.map(({ peak }) => peak)).toEqual(
      planes.map((plane) => plane.reduce((a, x) => Math.max(a, Math.abs(x)), 0)),
    );
  });

  it('equal masks are one; bytes that are not a mask and masks that never came are refused', async () => {
    const edits = session();
    expect(edits.addMask(mask(0, 10))).toBe(edits.addMask(mask(0, 10)));
    expect(() => edits.addMask(new Uint8Array(100))).toThrow(/not a mask/);
    await expect(edits.apply([move('a', '0'.repeat(64))])).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });

  it('a cancelled change leaves the stems as they were', async () => {
    const edits = session();
    const first = move('a', edits.addMask(mask(10, 20)));
    const before = await edits.apply([first]);
    const was = samplesOf(before.tracks, 'vocals');
    const many = Array.from({ length: 40 }, (_, i) =>
      move(`m${i}`, edits.addMask(mask(30 + 10 * i, 200 + 10 * i))),
    );
    const stop = new AbortController();
    const running = edits.apply([first, ...many], {
      signal: stop.signal,
      onProgress: (fraction) => {
        if (fraction > 0.1) stop.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    const now = await edits.apply([first]);
    expect(samplesOf(now.tracks, 'vocals')).toEqual(was);
  });

  it.each(['griffin-lim', 'misi'] as const)(
    'a search over four minutes (%s) stops within 2 s, and leaves all as it was',
    { timeout: 120_000 },
    async (method) => {
      const long = Float32Array.from({ length: 240 * 44_100 }, (_, i) => planes[0][i % frames]);
      const refs = ['vocals', 'drums'].map((name) => ({ name, ref: cacheOf(folder, [long, long], 44_100) }));
      const edits = new SessionEdits(join(folder, `long-${method}`), drop);
      open.push(edits);
      edits.rebase(refs);
      const first = move('a', edits.addMask(mask(10, 20)));
      const before = await edits.apply([first]);
      const whole = new TileMask(maskGrid);
      fillRectangle(whole, { start: 0, end: Math.floor(long.length / maskGrid.hop), low: 200, high: 900 });
      const search = { ...move('b', edits.addMask(whole.encode())), phase: { method, iterations: 64 } };
      const stop = new AbortController();
      const running = edits.apply([first, search], { signal: stop.signal });
      const outcome = expect(running).rejects.toMatchObject({ code: 'cancelled' });
      // The search of a piece is under way by then, and far from its end.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const asked = performance.now();
      stop.abort();
      await outcome;
      expect(performance.now() - asked).toBeLessThan(2000);
      const now = await edits.apply([first]);
      expect(now.changed).toEqual(new Map());
      expect(now.tracks).toEqual(before.tracks);
      const [vocals, was] = [now, before].map(({ tracks }) => samplesOf(tracks, 'vocals'));
      expect(errorDb(was, vocals)).toBe(-Infinity);
    },
  );

  it('edits outlive a separation; those of stems that are gone are left out and named', async () => {
    const edits = session();
    const hash = edits.addMask(mask(100, 200));
    await edits.apply([move('a', hash), move('b', hash, 'drums')]);
    edits.rebase([
      { name: 'vocals', ref: stems[1].ref },
      { name: 'other', ref: stems[0].ref },
    ]);
    const { tracks, skipped } = await edits.apply([move('a', hash), move('b', hash, 'other')]);
    expect(skipped).toEqual(['a']);
    const other = samplesOf(tracks, 'other');
    const sum = planes[0].map((x, i) => x + planes[1][i]);
    const [from, to] = [101 * 256 + 512, 198 * 256 - 512];
    expect(errorDb(other.subarray(from, to), sum.subarray(from, to))).toBeLessThan(-120);
  });

  it('bare samples have the edits and are not shaped, also while stems are being shaped', async () => {
    const edits = session();
    const edited = await edits.apply([move('a', edits.addMask(mask(200, 300)))]);
    const before = ['vocals', 'drums'].map((name) => samplesOf(edited.tracks, name));
    let during: Promise<Float32Array> | undefined;
    let pieces = 0;
    let late = Infinity;
    const { tracks } = await edits.shape(
      { clean: { vocals: 0.8 }, at: 0 },
      {
        onWritten: () => {
          pieces++;
          during ??= edits.bare('vocals', 40_000, 60_000).finally(() => (late = pieces));
        },
      },
    );
    expect(errorDb(await during!, before[0].subarray(40_000, 100_000))).toBe(-Infinity);
    expect(late).toBeLessThan(Math.ceil(frames / 16_384));
    expect(errorDb(samplesOf(tracks, 'vocals'), before[0])).toBeGreaterThan(-60);
    const edge = await edits.bare('drums', frames - 10, 20);
    expect([...edge]).toEqual([...before[1].slice(-10), ...new Array<number>(10).fill(0)]);
    await expect(edits.bare('guitar', 0, 1)).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('without stems there is nothing to edit; a closed song leaves no files', async () => {
    const dir = join(folder, 'gone');
    const edits = new SessionEdits(dir, drop);
    const hash = edits.addMask(mask(1, 2));
    await expect(edits.apply([move('a', hash)])).rejects.toThrow(/no stems/);
    edits.rebase(stems);
    await edits.apply([move('a', hash)]);
    expect(existsSync(dir)).toBe(true);
    edits.dispose();
    expect(existsSync(dir)).toBe(false);
  });
});
