import type { ErrorCode, WireError } from '../base/errors.js';
import type { Progress } from './progress.js';

/**
 * The states of one file of a batch:
 *
 *   waiting → reading → separating → done
 *      │         └──────────┴──────→ failed
 *      ├→ skipped (the same source and settings were done before)
 *      └→ cancelled
 */
export type ItemState<Result> =
  | { readonly state: 'waiting' }
  | { readonly state: 'reading' }
  | { readonly state: 'separating'; readonly progress: Progress }
  | { readonly state: 'done'; readonly result: Result }
  | { readonly state: 'skipped'; readonly result: Result }
  | { readonly state: 'failed'; readonly error: WireError }
  | { readonly state: 'cancelled' };

export interface BatchItem<Result> {
  readonly source: string;
  readonly state: ItemState<Result>;
}

export interface BatchSummary {
  readonly done: number;
  readonly skipped: number;
  readonly failed: number;
  readonly cancelled: number;
}

/** Counts the states of a finished batch. */
export function summarise(items: readonly BatchItem<unknown>[]): BatchSummary {
  const count = (state: string): number => items.filter((item) => item.state.state === state).length;
  return {
    done: count('done'),
    skipped: count('skipped'),
    failed: count('failed'),
    cancelled: count('cancelled'),
  };
}

/** Errors after which it makes no sense to continue: every further file would fail for the same reason. */
const fatal: ReadonlySet<ErrorCode> = new Set([
  'disk-full',
  'model-not-found',
  'model-manifest-invalid',
  'model-file-invalid',
  'model-hash-mismatch',
  'device-unavailable',
]);

/** Whether an error of one file ends the batch. */
export function endsBatch(code: ErrorCode): boolean {
  return fatal.has(code);
}
