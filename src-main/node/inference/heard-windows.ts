import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { assert, toUnbraidError } from '../../common/base/errors.js';
import { roomsOf, type Segment, type SegmentPlan } from '../../common/separation/segment-plan.js';
import type { Separator } from '../../common/separation/separator.js';
import { bytesOf, writeAll } from '../files/bytes.js';
import { ScratchReader } from './scratch-reader.js';
import type { SongTask } from './song-schedule.js';

export type HearTask = Omit<Extract<SongTask, { kind: 'hear' }>, 'kind'>;

/**
 * What the parts of a separator hear of a song's windows, in scratch files: float32 in the separator's order, one file
 * for each part and channel group; empty where a window is silent. A window takes over the files of an earlier one.
 */
export class HeardWindows {
  private readonly reader = new ScratchReader();
  /** Stand for the windows of each group in this song, and say whether they are silent. */
  private readonly keys = new Map<string, { readonly silent: boolean }>();

  constructor(
    private readonly separator: Separator,
    private readonly plan: SegmentPlan,
    private readonly scratch: string,
  ) {}

  private file({ window, part, group }: HearTask): string {
    return join(this.scratch, `heard-${group}-${part}-${window % roomsOf(this.plan)}.f32`);
  }

  /** One part hears a window; `read` gives its samples, `[channels][n]`, and keeps no hold of them. */
  async hear(task: HearTask, read: () => readonly Float32Array[], wanted: readonly number[]): Promise<void> {
    const { listening, info } = this.separator;
    assert(listening, 'a separator that hears windows');
    const file = this.file(task);
    const samples = this.plan.windows?.[task.window].length;
    assert(samples, 'a plan with windows');
    const name = `${task.window} ${task.group}`;
    const runs = info.segment.silence === 'run';
    const key = this.keys.get(name) ?? { silent: !runs && isSilent(read()) };
    const { silent } = key;
    this.keys.set(name, key);
    try {
      const fd = openSync(file, silent ? 'w' : constants.O_WRONLY | constants.O_CREAT);
      try {
        const keep = (values: Float32Array, at: number): void => writeAll(fd, bytesOf(values), 4 * at);
        if (!silent) await listening.hear(task.part, { mix: read, samples }, key, keep, wanted);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      throw toUnbraidError(error, file);
    }
  }

  /** The stems of an excerpt `input` of a window, from what the parts have kept of it. */
  excerpt(
    { window, first }: NonNullable<Segment['heard']>,
    group: number,
    input: readonly Float32Array[],
    wanted: readonly number[],
  ): readonly (readonly Float32Array[])[] {
    const { listening } = this.separator;
    const { length: samples } = this.plan.windows?.[window] ?? {};
    assert(listening && samples, 'a separator that hears windows');
    const read = (part: number, at: number, into: Float32Array): void => {
      if (!this.reader.read(this.file({ window, part, group }), into, at)) into.fill(0);
    };
    try {
      return listening.excerpt(input, { first, samples }, read, wanted);
    } finally {
      this.reader.end();
    }
  }
}

export function isSilent(planes: readonly Float32Array[]): boolean {
  return planes.every((plane) => plane.every((sample) => sample === 0));
}
