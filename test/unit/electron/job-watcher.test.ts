import { beforeEach, describe, expect, it } from 'vitest';
import type { EngineEvent, JobStateEvent } from '../../../src-main/common/contract/commands.js';
import type { QueueEntry } from '../../../src-main/common/contract/queue.js';
import type { JobPhase } from '../../../src-main/common/jobs/progress.js';
import { JobWatcher } from '../../../src-main/electron/job-watcher.js';

let seen: unknown[][];
let focus: boolean;
let nowMs: number;
let watcher: JobWatcher;

beforeEach(() => {
  seen = [];
  focus = false;
  nowMs = 1000;
  watcher = new JobWatcher(
    {
      setProgress: (fraction) => seen.push(['progress', fraction]),
      keepAwake: (on) => seen.push(['awake', on]),
      notify: (outcome) => seen.push(['notify', outcome]),
    },
    () => focus,
    () => nowMs,
  );
});

const change = (job: string, state: JobStateEvent['state']): void => watcher.receive({ job, state });
const progress = (job: string, phase: JobPhase, done: number): EngineEvent => ({
  session: 's',
  job,
  progress: { phase, done, total: 100, speed: null, eta: null },
  doneFrames: 0,
});
const only = (kind: string): unknown[] => seen.filter(([name]) => name === kind).map(([, value]) => value);

describe('JobWatcher', () => {
  it('keeps the machine awake exactly as long as a job runs', () => {
    change('a', 'started');
    change('b', 'started');
    change('a', 'done');
    expect(only('awake')).toEqual([true]);
    change('b', 'cancelled');
    expect(only('awake')).toEqual([true, false]);
    change('b', 'cancelled');
    change('c', 'started');
    change('c', 'failed');
    expect(only('awake')).toEqual([true, false, true, false]);
  });

  it('is idle when the last job has ended', async () => {
    await watcher.whenIdle();
    change('a', 'started');
    change('b', 'started');
    let idle = 0;
    for (let i = 0; i < 2; i++) void watcher.whenIdle().then(() => idle++);
    change('a', 'failed');
    await Promise.resolve();
    expect(idle).toBe(0);
    change('b', 'cancelled');
    await Promise.resolve();
    expect(idle).toBe(2);
  });

  it('shows the song that the batch works on', () => {
    const entry = (state: QueueEntry['state']): EngineEvent => ({
      queue: 'entry',
      entry: { id: '1', name: 'a.wav', folders: [], product: 'stems', state },
    });
    change('other', 'started');
    change('queue-1', 'started');
    const half = { phase: 'separate', done: 50, total: 100, speed: null, eta: null } as const;
    watcher.receive(entry({ state: 'running', progress: half }));
    expect(only('progress').at(-1)).toBeCloseTo(0.225, 12);
    watcher.receive(entry({ state: 'paused' }));
    expect(only('progress').length).toBe(3);
  });

  it('shows the mean of all jobs, each by the share of its phase, and takes the bar away', () => {
    change('a', 'started');
    watcher.receive(progress('a', 'read', 100));
    watcher.receive(progress('a', 'separate', 50));
    expect(only('progress').slice(0, 2)).toEqual([0, 0.05]);
    expect(only('progress')[2]).toBeCloseTo(0.45, 12);
    change('b', 'started');
    expect(only('progress').at(-1)).toBeCloseTo(0.225, 12);
    change('a', 'done');
    change('b', 'done');
    expect(only('progress').slice(-2)).toEqual([0, null]);
  });

  it('counts the files of a batch', () => {
    change('a', 'started');
    for (const index of [0, 1, 2, 3])
      watcher.receive({ job: 'a', index, item: { source: 'x', state: { state: 'waiting' } } });
    watcher.receive({ job: 'a', index: 1, item: { source: 'x', state: { state: 'cancelled' } } });
    const half = { phase: 'separate', done: 50, total: 100, speed: null, eta: null } as const;
    watcher.receive({
      job: 'a',
      index: 0,
      item: { source: 'x', state: { state: 'separating', progress: half } },
    });
    expect(only('progress').at(-1)).toBeCloseTo((1 + 0.45) / 4, 12);
  });

  it('ignores what belongs to no running job', () => {
    watcher.receive(progress('z', 'read', 50));
    watcher.receive({ host: 'opened' });
    change('z', 'done');
    expect(seen).toEqual([]);
  });

  it.each([
    ['done', 10_000, false, ['done']],
    ['failed', 10_000, false, ['failed']],
    ['cancelled', 99_000, false, []],
    ['done', 9_999, false, []],
    ['done', 99_000, true, []],
  ] as const)(
    'a job that is %s after %d ms, focus %s, is announced as %j',
    (state, ms, focused, expected) => {
      change('a', 'started');
      nowMs += ms;
      focus = focused;
      change('a', state);
      expect(only('notify')).toEqual(expected);
    },
  );
});
