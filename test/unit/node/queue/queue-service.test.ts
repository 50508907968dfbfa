import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UnbraidError } from '../../../../src-main/common/base/errors.js';
import { mixGains } from '../../../../src-main/common/jobs/mixer.js';
import { presetMixer } from '../../../../src-main/common/jobs/presets.js';
import type { FileResult } from '../../../../src-main/common/jobs/results.js';
import { runQueuedSong, type QueuedSong } from '../../../../src-main/node/queue/queue-song.js';
import { QueueService } from '../../../../src-main/node/queue/queue-service.js';
import { SongRunner, type RunOptions } from '../../../../src-main/node/jobs/song-runner.js';
import { SpeedFile } from '../../../../src-main/node/state/speed-file.js';
import { parseSettings } from '../../../../src-main/common/jobs/settings.js';
import { testFolder } from '../../../fixtures/audio/caches.js';
import { errorDb } from '../../../fixtures/signals.js';
import { Listener, song, writeWav } from '../../../cli/support/songs.js';

const dir = testFolder();
const settings = parseSettings({ model: 'repet-sim', workers: 1, depth: '32f' });

function queued(name: string, change: Partial<QueuedSong> = {}): QueuedSong {
  const path = join(dir, `${name}.wav`);
  return { path, name, subfolders: [], output: join(dir, 'out'), product: 'stems', settings, ...change };
}

/** A queue whose songs wait until the test ends them, one after the other. */
function controlled() {
  const started: string[] = [];
  const busy: boolean[] = [];
  const gates: (() => Promise<void> | undefined)[] = [];
  let end: (outcome: 'done' | Error) => void = () => undefined;
  const queue = new QueueService({
    work: (entry, { signal, pass }: RunOptions) =>
      new Promise<FileResult>((resolve, reject) => {
        started.push(entry.name);
        gates.push(pass!);
        signal!.addEventListener('abort', () => reject(new UnbraidError('cancelled', 'Cancelled')));
        end = (outcome) =>
          outcome === 'done'
            ? resolve({ status: 'done', outputs: [] } as unknown as FileResult)
            : reject(outcome);
      }),
    onEntry: () => undefined,
    onList: () => undefined,
    onBusy: (on) => busy.push(on),
  });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    queue,
    started,
    busy,
    gates,
    states: () => queue.items.map(({ state }) => state.state),
    end: async (outcome: 'done' | Error) => (end(outcome), settle()),
  };
}

describe('the queue', () => {
  it('works on one song after the other; one that fails costs itself only', async () => {
    const { queue, started, states, end, busy } = controlled();
    queue.add([queued('a'), queued('b'), queued('c')]);
    expect([states(), started]).toEqual([['running', 'waiting', 'waiting'], ['a']]);
    await end(new UnbraidError('not-audio', 'no'));
    expect(states()).toEqual(['failed', 'running', 'waiting']);
    await end('done');
    await end('done');
    expect([states(), started]).toEqual([
      ['failed', 'done', 'done'],
      ['a', 'b', 'c'],
    ]);
    expect(busy.at(-1)).toBe(false);
    queue.retry();
    expect(states()).toEqual(['running', 'done', 'done']);
    await queue.dispose();
  });

  it('paused, starts nothing; the song that ran begins again when it resumes', async () => {
    const { queue, started, states } = controlled();
    queue.add([queued('a'), queued('b')]);
    await queue.pause();
    expect([states(), queue.paused]).toEqual([['paused', 'waiting'], true]);
    queue.add([queued('c')]);
    expect(started).toEqual(['a']);
    queue.resume();
    expect([states(), started]).toEqual([
      ['running', 'waiting', 'waiting'],
      ['a', 'a'],
    ]);
    await queue.dispose();
  });

  it('held, keeps the running song where it is, until it goes on, ends, or is cancelled', async () => {
    const { queue, started, states, end, gates } = controlled();
    queue.add([queued('a'), queued('b')]);
    expect(gates[0]()).toBeUndefined();
    queue.hold();
    const held = gates[0]();
    expect([states(), queue.paused, held]).toEqual([['paused', 'waiting'], true, expect.any(Promise)]);
    queue.resume();
    await held;
    expect([states(), started, gates[0]()]).toEqual([['running', 'waiting'], ['a'], undefined]);
    // What was begun before the pause may end in it; nothing else starts.
    queue.hold();
    await end('done');
    expect([states(), started]).toEqual([['done', 'waiting'], ['a']]);
    queue.resume();
    queue.hold();
    await queue.cancel(queue.items[1].id);
    expect([states(), started, queue.paused]).toEqual([['done', 'cancelled'], ['a', 'b'], true]);
    await queue.dispose();
  });

  it('goes on with the next when a running song is cancelled or removed', async () => {
    const { queue, started, states } = controlled();
    queue.add([queued('a'), queued('b'), queued('c')]);
    const [a, b] = queue.items;
    await queue.cancel(a.id);
    expect(states()).toEqual(['cancelled', 'running', 'waiting']);
    expect((await queue.remove([b.id])).map(({ song: { name } }) => name)).toEqual(['b']);
    expect([states(), started]).toEqual([
      ['cancelled', 'running'],
      ['a', 'b', 'c'],
    ]);
    await expect(queue.cancel(a.id)).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(queue.remove(['9'])).rejects.toMatchObject({ code: 'invalid-argument' });
    await queue.dispose();
  });

  it('Q7 removing the song that runs with one that waits starts neither', async () => {
    const { queue, started, states } = controlled();
    queue.add([queued('a'), queued('b'), queued('c')]);
    const removed = await queue.remove(queue.items.slice(0, 2).map(({ id }) => id));
    expect(removed.map(({ song }) => song.name).sort()).toEqual(['a', 'b']);
    await new Promise((resolve) => setImmediate(resolve));
    expect([started, states()]).toEqual([['a', 'c'], ['running']]);
    await queue.dispose();
  });

  it('Q7 two callers that remove the running song get it once', async () => {
    const { queue, states } = controlled();
    queue.add([queued('a'), queued('b')]);
    const [{ id }] = queue.items;
    const removed = await Promise.all([queue.remove([id]), queue.remove([id])]);
    expect(removed.flat().map(({ song }) => song.name)).toEqual(['a']);
    expect(states()).toEqual(['running']);
    await queue.dispose();
  });

  it.each([
    ['pause', 'cancel', 'cancelled'],
    ['cancel', 'pause', 'cancelled'],
  ] as const)('Q6 %s and then %s leaves it %s', async (first, second, state) => {
    const { queue, states } = controlled();
    queue.add([queued('a')]);
    const [{ id }] = queue.items;
    const act = (what: 'pause' | 'cancel'): Promise<void> =>
      what === 'pause' ? queue.pause() : queue.cancel(id);
    await Promise.all([act(first), act(second)]);
    expect(states()).toEqual([state]);
    await queue.dispose();
  });

  it.each([
    ['stopped', (queue: QueueService) => queue.pause()],
    ['held and then stopped', (queue: QueueService) => (queue.hold(), queue.pause())],
  ])('Q10 resumed while the running song is being %s, begins it again', async (_, stop) => {
    const { queue, started, states, end } = controlled();
    queue.add([queued('a'), queued('b')]);
    const stopped = stop(queue);
    queue.resume();
    await stopped;
    await new Promise((resolve) => setImmediate(resolve));
    expect([states(), started, queue.paused]).toEqual([['running', 'waiting'], ['a', 'a'], false]);
    await end('done');
    expect(states()).toEqual(['done', 'running']);
    await queue.dispose();
  });

  it('pauses where every song would fail for the same reason', async () => {
    const { queue, states, end } = controlled();
    queue.add([queued('a'), queued('b')]);
    await end(new UnbraidError('disk-full', 'The disk is full'));
    expect([states(), queue.paused]).toEqual([['failed', 'waiting'], true]);
    queue.resume();
    expect(states()).toEqual(['failed', 'running']);
    await queue.dispose();
  });
});

describe('a song of the queue', () => {
  const runner = new SongRunner({ cacheDir: join(dir, 'cache') });
  const listener = new Listener(dir);
  const planes = song(2, 44100);
  writeWav(join(dir, 'sung.wav'), planes);
  afterAll(() => runner.dispose());

  it('becomes a mix without vocals, beside stems of the same song, and neither is made twice', async () => {
    const stems = await runQueuedSong(runner, queued('sung'), {});
    const karaoke = await runQueuedSong(runner, queued('sung', { product: 'karaoke' }), {});
    expect(stems.outputs.map(({ stem }) => stem)).toEqual(['vocals', 'accompaniment']);
    expect(karaoke.outputs.map(({ path }) => path)).toEqual([join(dir, 'out', 'sung', 'sung [karaoke].wav')]);
    const [mix, rest] = await Promise.all(
      [karaoke.outputs[0].path, stems.outputs[1].path].map((path) => listener.read(path)),
    );
    // Without vocals a two-stem set is its other stem.
    expect(mixGains(presetMixer('karaoke'), ['vocals', 'accompaniment'], 2)[0]).toEqual([0, 0]);
    mix.planes.forEach((plane, ch) => expect(errorDb(plane, rest.planes[ch])).toBeLessThan(-140));
    for (const product of ['stems', 'karaoke'] as const) {
      const again = await runQueuedSong(runner, queued('sung', { product }), {});
      expect(again.status).toBe('skipped');
    }
  });
});

describe('the file of speeds', () => {
  it('remembers runs by their settings, and forgets what is too short to tell', () => {
    const file = new SpeedFile(join(dir, 'state', 'speeds.json'));
    file.note({ model: 'hpss', device: 'auto' }, 60, 6);
    file.note({ model: 'hpss', device: 'auto' }, 60, 3);
    file.note({ model: 'hpss', device: 'auto' }, 1, 1);
    file.note({ model: 'hpss', device: 'cpu', overlap: 0.5 }, 10, 5);
    const kept = new SpeedFile(join(dir, 'state', 'speeds.json')).all();
    expect(kept).toEqual({ 'hpss auto own own': 15, 'hpss cpu 0.5 own': 2 });
    expect(new SpeedFile(join(dir, 'none.json')).all()).toEqual({});
  });
});
