import type { Frames } from '../../common/base/units.js';
import { roomsOf, type SegmentPlan } from '../../common/separation/segment-plan.js';

/** One piece of work for an inference process. */
export type SongTask =
  | { readonly kind: 'hear'; readonly window: number; readonly part: number; readonly group: number }
  | {
      readonly kind: 'segment';
      readonly index: number;
      readonly group: number;
      readonly slot: number;
      /** Blocks that need nothing else: they are finished with the segment, and only the rest of it is stored. */
      readonly alone: AloneBlocks | null;
    }
  | {
      readonly kind: 'finish';
      readonly block: number;
      readonly start: Frames;
      readonly count: Frames;
      readonly slots: readonly (readonly [segment: number, slot: number])[];
    };

/** Blocks of source frames that one segment speaks for alone, one behind the other. */
export interface AloneBlocks {
  readonly blocks: readonly { readonly start: Frames; readonly count: Frames }[];
  /** Frames of the song, at the separator's rate, that other blocks need as well: up to `before`, and from `after` on. */
  readonly before: Frames;
  readonly after: Frames;
}

export interface ScheduleOptions {
  readonly groups: number;
  /** Parts of a separator that hear the plan's windows before their excerpts are separated; 0 without windows. */
  readonly parts?: number;
  readonly sourceFrames: Frames;
  /** Separator's rate / source's rate. */
  readonly ratio: number;
  readonly blockFrames: Frames;
  /** Source frames a block needs beyond its ends. */
  readonly halo: Frames;
}

interface Block {
  readonly start: Frames;
  readonly count: Frames;
  readonly needs: readonly number[];
  state: 'waiting' | 'running' | 'finished';
}

/** Share of a song's work that is done when its windows have been heard. */
const hearingShare = 0.7;

/** Separator frames beyond a block that a resampling filter may want; generous. */
const filterReach = 4096;

/**
 * What to do next for one song. Segments go in order; a block of source frames is finished as soon as every
 * segment that touches it is there, or with a segment that it lies inside of. A segment's result lies in a slot (a
 * scratch file for each channel group), which the next segment takes over once no block needs it. Segments that are
 * excerpts of a window wait until every part has heard it; a window is heard once the one whose files it takes over is
 * done.
 *
 *   window  unheard ──→ heard ──→ done
 *   segment pending → running → done ─┐
 *   block   waiting ──────────────────┴→ ready → running → finished
 */
export class SongSchedule {
  private readonly queue: { readonly index: number; readonly group: number }[] = [];
  private readonly windows: Windows;
  private readonly alone: readonly (AloneBlocks | null)[];
  private readonly slotOf = new Map<number, number>();
  private readonly freeSlots: number[] = [];
  private readonly segmentsLeft: number[];
  private readonly blocks: readonly Block[];
  private readonly blocksUsing: number[];
  private readonly blockFrames: Frames;
  private nextBlock = 0;
  private completed = 0;
  private readonly total: number;
  private stopped = false;

  constructor(plan: SegmentPlan, options: ScheduleOptions) {
    const { groups, sourceFrames, blockFrames } = options;
    this.blockFrames = blockFrames;
    this.segmentsLeft = plan.segments.map(() => groups);
    this.blocksUsing = plan.segments.map(() => 0);
    for (const segment of plan.segments) {
      for (let group = 0; group < groups; group++) this.queue.push({ index: segment.index, group });
    }
    this.total = this.queue.length;
    this.windows = new Windows(plan, groups, options.parts ?? 0);
    this.blocks = Array.from({ length: Math.ceil(sourceFrames / blockFrames) }, (_, b) => {
      const start = b * blockFrames;
      const count = Math.min(blockFrames, sourceFrames - start);
      return { start, count, needs: this.needs(plan, start, count, options), state: 'waiting' };
    });
    const own: Block[][] = plan.segments.map(() => []);
    for (const block of this.blocks) if (block.needs.length === 1) own[block.needs[0]].push(block);
    this.alone = own.map((blocks) => (groups === 1 ? takeAlone(blocks, options) : null));
    for (const block of this.blocks) for (const index of block.needs) this.blocksUsing[index]++;
  }

  private needs(plan: SegmentPlan, start: Frames, count: Frames, options: ScheduleOptions): number[] {
    const reach = options.ratio === 1 ? 0 : filterReach;
    const from = (start - options.halo) * options.ratio - reach;
    const to = (start + count + options.halo) * options.ratio + reach;
    const needed: number[] = [];
    for (const segment of plan.segments) {
      if (segment.from >= to) break;
      if (segment.to > from) needed.push(segment.index);
    }
    return needed;
  }

  /** Fraction of segments done. */
  get fraction(): number {
    const separated = this.total === 0 ? 1 : this.completed / this.total;
    const { heard } = this.windows;
    return heard === null ? separated : hearingShare * heard + (1 - hearingShare) * separated;
  }

  /** Whether nothing is left to do. */
  get done(): boolean {
    return this.blocks.every((block) => block.state === 'finished');
  }

  /** Source frames from the start that are finished without a gap. */
  get finishedFrames(): Frames {
    const next = this.blocks.find((block) => block.state !== 'finished');
    const last = this.blocks[this.blocks.length - 1];
    return next ? next.start : last.start + last.count;
  }

  /** The next task; `wait` when others must finish first. */
  take(): SongTask | 'wait' | 'done' {
    if (this.stopped) return 'done';
    while (this.nextBlock < this.blocks.length && this.blocks[this.nextBlock].state === 'finished')
      this.nextBlock++;
    if (this.nextBlock === this.blocks.length) return 'done';
    for (let b = this.nextBlock; b < this.blocks.length; b++) {
      const block = this.blocks[b];
      if (!block.needs.every((index) => this.segmentsLeft[index] === 0)) break;
      if (block.state !== 'waiting') continue;
      block.state = 'running';
      const slots = block.needs.map((index) => [index, this.slot(index)] as const);
      return { kind: 'finish', block: b, start: block.start, count: block.count, slots };
    }
    const next = this.queue[0];
    if (!next || !this.windows.ready(next.index)) return this.windows.take() ?? 'wait';
    this.queue.shift();
    return { kind: 'segment', ...next, slot: this.slot(next.index), alone: this.alone[next.index] };
  }

  /** The slot of a segment; one that is free, or a new one, when it has none yet. */
  private slot(index: number): number {
    const known = this.slotOf.get(index);
    if (known !== undefined) return known;
    const slot = this.freeSlots.pop() ?? this.slotOf.size;
    this.slotOf.set(index, slot);
    return slot;
  }

  /** Puts a task back that a process could not do. */
  giveBack(task: SongTask): void {
    if (task.kind === 'hear') this.windows.giveBack(task);
    else if (task.kind === 'segment') this.queue.unshift({ index: task.index, group: task.group });
    else this.blocks[task.block].state = 'waiting';
  }

  /** Marks a task done. */
  complete(task: SongTask): void {
    if (task.kind === 'hear') {
      this.windows.complete(task);
      return;
    }
    if (task.kind === 'segment') {
      this.windows.separated(task.index);
      this.segmentsLeft[task.index]--;
      this.completed++;
      for (const { start } of task.alone?.blocks ?? []) this.finish(start / this.blockFrames);
      return;
    }
    this.finish(task.block);
  }

  private finish(index: number): void {
    const block = this.blocks[index];
    block.state = 'finished';
    for (const index of block.needs) {
      if (--this.blocksUsing[index] > 0) continue;
      this.freeSlots.push(this.slot(index));
      this.slotOf.delete(index);
    }
  }

  /** Ends the song for every process. */
  stop(): void {
    this.stopped = true;
  }
}

type HearTask = Extract<SongTask, { kind: 'hear' }>;

/** Which windows of a plan are heard, and which may be next. */
class Windows {
  private readonly queue: HearTask[] = [];
  /** Parts that have not heard a window yet, and excerpts of it that are not separated. */
  private readonly unheard: number[];
  private readonly left: number[];
  private readonly windowOf: readonly (number | undefined)[];
  private readonly rooms: number;
  private readonly total: number;

  constructor(plan: SegmentPlan, groups: number, parts: number) {
    const windows = plan.windows ?? [];
    this.rooms = roomsOf(plan);
    this.unheard = windows.map(() => groups * parts);
    this.left = windows.map(() => 0);
    this.windowOf = plan.segments.map(({ heard }) => heard?.window);
    for (const window of this.windowOf) if (window !== undefined) this.left[window] += groups;
    for (let window = 0; window < windows.length; window++) {
      for (let group = 0; group < groups; group++) {
        for (let part = 0; part < parts; part++) this.queue.push({ kind: 'hear', window, part, group });
      }
    }
    this.total = this.queue.length;
  }

  /** Fraction of the hearing that is done; null without any. */
  get heard(): number | null {
    if (this.total === 0) return null;
    return 1 - this.unheard.reduce((sum, parts) => sum + parts, 0) / this.total;
  }

  /** Whether a segment can be separated. */
  ready(segment: number): boolean {
    const window = this.windowOf[segment];
    return window === undefined || this.unheard[window] === 0;
  }

  take(): HearTask | undefined {
    const next = this.queue[0];
    if (!next) return undefined;
    const earlier = this.left.slice(0, Math.max(0, next.window - this.rooms + 1));
    return earlier.every((excerpts) => excerpts === 0) ? this.queue.shift() : undefined;
  }

  giveBack(task: HearTask): void {
    this.queue.unshift(task);
  }

  complete({ window }: HearTask): void {
    this.unheard[window]--;
  }

  separated(segment: number): void {
    const window = this.windowOf[segment];
    if (window !== undefined) this.left[window]--;
  }
}

/** Makes blocks that need one segment only part of its work. */
function takeAlone(blocks: readonly Block[], { halo, ratio }: ScheduleOptions): AloneBlocks | null {
  if (blocks.length === 0) return null;
  for (const block of blocks) block.state = 'running';
  const last = blocks[blocks.length - 1];
  const reach = ratio === 1 ? 0 : filterReach;
  return {
    blocks: blocks.map(({ start, count }) => ({ start, count })),
    before: Math.ceil((blocks[0].start + halo) * ratio + reach),
    after: Math.floor((last.start + last.count - halo) * ratio - reach),
  };
}
