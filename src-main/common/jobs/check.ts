import type { WireError } from '../base/errors.js';
import type { Reading, Verdict } from './reading.js';

/** What reading one file through came to. */
export interface CheckItem {
  readonly source: string;
  /** `refused`: it is not sound, or cannot be read; `error` says why. */
  readonly verdict: Verdict | 'refused';
  readonly format: { readonly container: string; readonly codec: string } | null;
  readonly reading: Reading | null;
  readonly error: WireError | null;
}

export type CheckSummary = Readonly<Record<CheckItem['verdict'], number>>;

export interface CheckReport {
  readonly items: readonly CheckItem[];
  readonly summary: CheckSummary;
}

/** A file that a check is done with; `total` files are checked. */
export interface CheckEvent {
  readonly job: string;
  readonly index: number;
  readonly total: number;
  readonly checked: CheckItem;
}

export function summariseChecks(items: readonly CheckItem[]): CheckSummary {
  const count = (verdict: CheckItem['verdict']): number =>
    items.filter((item) => item.verdict === verdict).length;
  return {
    exact: count('exact'),
    repaired: count('repaired'),
    damaged: count('damaged'),
    refused: count('refused'),
  };
}
