import { describe, expect, it } from 'vitest';
import { planSegments } from '../../../../src-main/common/separation/segment-plan.js';
import { SongSchedule, type SongTask } from '../../../../src-main/node/inference/song-schedule.js';

const rule = {
  length: 1000,
  fixed: true,
  align: 1,
  overlap: 0.25,
  window: 'linear-fade',
  windowPower: 1,
  edge: 0,
  pad: 'zero',
  shifts: 0,
  shiftMaxSeconds: 0,
} as const;

function schedule(frames: number): { plan: ReturnType<typeof planSegments>; song: SongSchedule } {
  const plan = planSegments(rule, frames, 44100);
  const options = { groups: 2, sourceFrames: frames, ratio: 1, blockFrames: 512, halo: 0 };
  return { plan, song: new SongSchedule(plan, options) };
}

describe('the schedule of a song', () => {
  it('a slot is never written while a block still needs what is in it, and few slots do for a long song', () => {
    const { plan, song } = schedule(100_000);
    const holds = new Map<string, number>();
    const slots = new Set<number>();
    const done = new Set<number>();
    const running: SongTask[] = [];
    let blocks = 0;
    for (let step = 0; ; step++) {
      // Two processes: a task is taken before the one before it ends.
      const task = song.take();
      if (typeof task === 'object') {
        running.push(task);
        if (task.kind === 'segment') {
          holds.set(`${task.group} ${task.slot}`, task.index);
          slots.add(task.slot);
        } else if (task.kind === 'finish') {
          for (const [segment, slot] of task.slots) {
            for (const group of [0, 1]) expect(holds.get(`${group} ${slot}`)).toBe(segment);
            expect(done.has(segment)).toBe(true);
          }
          blocks++;
        }
      }
      if (task === 'done' && running.length === 0) break;
      if (running.length < 2 && typeof task === 'object') continue;
      const ended = running.shift();
      if (!ended) continue;
      song.complete(ended);
      if (ended.kind === 'segment' && ended.group === 1) done.add(ended.index);
    }
    expect(blocks).toBe(Math.ceil(100_000 / 512));
    expect(plan.segments.length).toBeGreaterThan(100);
    expect(slots.size).toBeLessThanOrEqual(6);
    expect(song.finishedFrames).toBe(100_000);
  });

  it('a segment that is given back keeps its slot and comes again first', () => {
    const { song } = schedule(10_000);
    const first = song.take();
    const second = song.take();
    expect(first).toMatchObject({ kind: 'segment', index: 0, group: 0 });
    expect(second).toMatchObject({ kind: 'segment', index: 0, group: 1 });
    song.giveBack(first as SongTask);
    expect(song.take()).toEqual(first);
  });

  it('blocks that lie inside of one segment come with it, each once, and others when all they need is there', () => {
    const frames = 100_000;
    const plan = planSegments({ ...rule, length: 10_000 }, frames, 44100);
    for (const [ratio, halo] of [
      [1, 0],
      [1, 512],
      [0.5, 0],
    ]) {
      const options = { groups: 1, sourceFrames: frames / ratio, ratio, blockFrames: 512, halo };
      const song = new SongSchedule(plan, options);
      const finished = new Map<number, readonly number[]>();
      const done = new Set<number>();
      let together = 0;
      for (let task = song.take(); typeof task === 'object'; task = song.take()) {
        if (task.kind === 'finish') {
          finished.set(
            task.start,
            task.slots.map(([segment]) => segment),
          );
          for (const [segment] of task.slots) expect(done.has(segment)).toBe(true);
        } else if (task.kind === 'segment') {
          done.add(task.index);
          for (const { start } of task.alone?.blocks ?? []) finished.set(start, [task.index]);
          together += task.alone?.blocks.length ?? 0;
        }
        song.complete(task);
      }
      expect(song.take()).toBe('done');
      expect([...finished.keys()].sort((a, b) => a - b)).toEqual(
        Array.from({ length: Math.ceil(frames / ratio / 512) }, (_, b) => 512 * b),
      );
      expect(together).toBeGreaterThan(20);
      expect(song.finishedFrames).toBe(frames / ratio);
      const reach = ratio === 1 ? 0 : 4096;
      for (const [start, segments] of finished) {
        const from = (start - halo) * ratio - reach;
        const to = (Math.min(start + 512, frames / ratio) + halo) * ratio + reach;
        const touching = plan.segments.filter((segment) => segment.from < to && segment.to > from);
        expect(segments).toEqual(touching.map(({ index }) => index));
      }
    }
  });

  it('of a segment with its own blocks, all that another block needs is stored', () => {
    const frames = 50_000;
    const plan = planSegments({ ...rule, length: 10_000 }, frames, 44100);
    const halo = 256;
    const song = new SongSchedule(plan, {
      groups: 1,
      sourceFrames: frames,
      ratio: 1,
      blockFrames: 512,
      halo,
    });
    const stored = new Map<number, { before: number; after: number }>();
    for (let task = song.take(); typeof task === 'object'; task = song.take()) {
      if (task.kind === 'segment' && task.alone) stored.set(task.index, task.alone);
      if (task.kind === 'finish') {
        for (const [index] of task.slots) {
          const { from, to } = plan.segments[index];
          const { before, after } = stored.get(index)!;
          // The part of the segment that the block reads is before the one or behind the other.
          const [first, end] = [
            Math.max(from, task.start - halo),
            Math.min(to, task.start + task.count + halo),
          ];
          expect(end <= before || first >= after).toBe(true);
        }
      }
      song.complete(task);
    }
    expect(stored.size).toBe(plan.segments.length);
  });
});
