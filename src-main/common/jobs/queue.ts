import { UnbraidError, type WireError } from '../base/errors.js';
import { presetStem, type MixPreset } from './presets.js';
import type { Progress } from './progress.js';

/**
 * The states of one file of the queue:
 *
 *   waiting → running ⇄ paused (pause, goOn; resume leads back to waiting)
 *      ↑         ├─────────┤
 *      │         ├→ done, skipped (the same source and settings were done before)
 *      └──retry──┴→ failed, cancelled
 *
 * A file that is held continues where it was (goOn), and a segment that was begun may still end; one whose work was
 * stopped begins again from its start (resume).
 */
export type QueueState<Result> =
  | { readonly state: 'waiting' }
  | { readonly state: 'running'; readonly progress: Progress | null }
  | { readonly state: 'paused' }
  | { readonly state: 'done'; readonly result: Result }
  | { readonly state: 'skipped'; readonly result: Result }
  | { readonly state: 'failed'; readonly error: WireError }
  | { readonly state: 'cancelled' };

export type QueueStateName = QueueState<unknown>['state'];

/** What can happen to a file of the queue. */
export type QueueAction<Result> =
  | { readonly act: 'start' }
  | { readonly act: 'advance'; readonly progress: Progress }
  | { readonly act: 'finish'; readonly result: Result; readonly skipped: boolean }
  | { readonly act: 'fail'; readonly error: WireError }
  | { readonly act: 'pause' }
  | { readonly act: 'goOn' }
  | { readonly act: 'resume' }
  | { readonly act: 'cancel' }
  | { readonly act: 'retry' };

const allowed: Readonly<Record<QueueAction<never>['act'], readonly QueueStateName[]>> = {
  start: ['waiting'],
  advance: ['running'],
  finish: ['running', 'paused'],
  fail: ['running', 'paused'],
  pause: ['running', 'paused'],
  goOn: ['paused'],
  resume: ['paused'],
  cancel: ['running', 'paused'],
  retry: ['failed', 'cancelled'],
};

/** Whether an action makes sense for a file in this state. */
export function canQueue(act: QueueAction<never>['act'], state: QueueStateName): boolean {
  return allowed[act].includes(state);
}

/** The state after an action. Throws `invalid-argument` for an action that the state does not allow. */
export function queueStep<Result>(from: QueueState<Result>, action: QueueAction<Result>): QueueState<Result> {
  if (!canQueue(action.act, from.state)) {
    throw new UnbraidError('invalid-argument', `A file that is ${from.state} cannot ${action.act}`);
  }
  switch (action.act) {
    case 'start':
    case 'goOn':
      return { state: 'running', progress: null };
    case 'advance':
      return { state: 'running', progress: action.progress };
    case 'finish':
      return { state: action.skipped ? 'skipped' : 'done', result: action.result };
    case 'fail':
      return { state: 'failed', error: action.error };
    case 'pause':
      return { state: 'paused' };
    case 'cancel':
      return { state: 'cancelled' };
    case 'resume':
    case 'retry':
      return { state: 'waiting' };
  }
}

/** What the queue makes of a song: its stems, or a mix of them. */
export const queueProducts = ['stems', 'karaoke', 'acappella', 'drumless'] as const satisfies readonly (
  'stems' | MixPreset
)[];
export type QueueProduct = (typeof queueProducts)[number];

/** The stem a product needs; null when any separator will do. */
export function productStem(product: QueueProduct): string | null {
  return product === 'stems' ? null : presetStem[product];
}

export type QueueCounts = Readonly<Record<QueueStateName, number>>;

/** How many files are in each state. */
export function countQueue(states: readonly QueueStateName[]): QueueCounts {
  const counts = { waiting: 0, running: 0, paused: 0, done: 0, skipped: 0, failed: 0, cancelled: 0 };
  for (const state of states) counts[state]++;
  return counts;
}
