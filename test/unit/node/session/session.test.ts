import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Session, trackOf } from '../../../../src-main/node/session/session.js';
import type { PreparedSong } from '../../../../src-main/node/jobs/song-runner.js';
import { cacheOf, testSignal } from '../../../fixtures/audio/caches.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-session-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
let session: Session;

/** A song that was read, with its samples on the disk; what codecs say of it does not matter here. */
function song(): PreparedSong {
  const dir = join(folder, String(made++));
  mkdirSync(dir);
  const ref = cacheOf(dir, testSignal(2, 1000), 44_100);
  const decoded = {
    ref,
    peak: 0.5,
    info: {},
    warnings: [],
    nonFinite: 0,
  } as unknown as PreparedSong['decoded'];
  const content = { sha256: 'a'.repeat(64) } as PreparedSong['content'];
  return {
    ...{ path: '/songs/song.wav', dir, decoded, content, readSeconds: 0 },
    dispose: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** A folder of the session with something in it. */
function inSession(name: string): string {
  const dir = join(session.song.dir, name);
  mkdirSync(dir);
  writeFileSync(join(dir, '0.f32'), 'x');
  return dir;
}

beforeEach(() => {
  session = new Session(song(), 'song', 'song.wav');
});
afterAll(() => session.dispose());

describe('an open song', () => {
  it('S2 is a value: a reader keeps what it has read', () => {
    const before = session.state;
    session.replace({ running: 10, job: 'a' });
    expect(before).toMatchObject({ running: null, job: null });
    expect(session.state).toMatchObject({ running: 10, job: 'a', tracks: before.tracks });
    expect(() => Object.assign(session.state, { running: 0 })).toThrow(TypeError);
    expect(() => session.refuseWhileRunning('Wait.')).toThrow(
      expect.objectContaining({ code: 'invalid-argument', hint: 'Wait.' }),
    );
  });

  it('S4, S5 a folder that is dropped goes with its last reader, also when that fails', async () => {
    const dir = inSession('stems');
    const track = { ref: { ...session.state.tracks[0].ref, dir } };
    let stop: (error: Error) => void = () => undefined;
    const first = session.reading([track], () => new Promise((_, reject) => (stop = reject)));
    const second = session.reading([track], () => {
      session.dropFolders([dir]);
      return existsSync(join(dir, '0.f32'));
    });
    expect(await second).toBe(true);
    expect(existsSync(dir)).toBe(true);
    stop(new Error('The reader failed'));
    await expect(first).rejects.toThrow('The reader failed');
    expect(existsSync(dir)).toBe(false);
  });

  it('S4 what lies under a track is read with it', async () => {
    const [under, dir] = [inSession('under'), inSession('over')];
    const track = { ref: { ...session.state.tracks[0].ref, dir, under } };
    await session.reading([track], () => {
      session.dropFolders([under]);
      expect(existsSync(under)).toBe(true);
    });
    expect(existsSync(under)).toBe(false);
    expect(existsSync(dir)).toBe(true);
  });

  it('S6 closing it aborts its jobs, waits for them, and then deletes all it holds', async () => {
    const steps: string[] = [];
    const job = session.job(undefined, async (signal) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      // A job needs its files until it has ended.
      await new Promise((resolve) => setImmediate(resolve));
      steps.push(existsSync(session.song.dir) ? 'files' : 'no files');
    });
    session.scope.defer(() => void steps.push('scope'));
    await session.dispose();
    await job;
    expect(steps).toEqual(['files', 'scope']);
    expect(existsSync(session.song.dir)).toBe(false);
    await expect(session.job(undefined, () => Promise.resolve())).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });

  it('S6 a job ends with its own signal too; the song and its other jobs go on', async () => {
    const controller = new AbortController();
    const ended = (signal: AbortSignal): Promise<boolean> =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(session.closed.aborted)));
    const one = session.job(controller.signal, ended);
    let other = false;
    const rest = session.job(undefined, ended).then(() => (other = true));
    controller.abort();
    expect(await one).toBe(false);
    expect(other).toBe(false);
    await session.dispose();
    await rest;
    expect(other).toBe(true);
  });

  it('only the newest values of clean and full are worked for', () => {
    const first = session.newestShape();
    const second = session.newestShape();
    expect([first.aborted, second.aborted]).toEqual([true, false]);
  });

  it('finds tracks that are listed, silent or listened to, and no others', () => {
    const [source] = session.state.tracks;
    const silent = { ...source, id: 'removed' };
    const heard = { ...source, id: 'handle' };
    session.replace({ empty: [silent], heard });
    expect(['source', 'removed', 'handle'].map((id) => trackOf(session, id).id)).toEqual([
      'source',
      'removed',
      'handle',
    ]);
    expect(() => trackOf(session, 'horns')).toThrow(expect.objectContaining({ code: 'track-gone' }));
  });
});
