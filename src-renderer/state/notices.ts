import { toUnbraidError, type WireError } from '../../src-main/common/base/errors.js';

export interface ModelFolder {
  readonly broken: readonly { readonly file: string; readonly error: WireError }[];
  readonly path: string;
}

export type DialogName =
  | 'export'
  | 'exportSelection'
  | 'collect'
  | 'shortcuts'
  | 'choose'
  | 'palette'
  | 'projects'
  | 'lostSong'
  | 'licence'
  | 'save'
  | 'saveAs';

/** What there is to show of a failure; null for what a person has stopped. */
export function failureOf(error: unknown): WireError | null {
  const wire = toUnbraidError(error).toWire();
  return wire.code === 'cancelled' ? null : wire;
}

/** What the page reports besides errors, with one thing that can be done about it. */
export interface Notice {
  readonly text: string;
  /** It goes by itself after a while: it only tells of something, or what it offers can be done elsewhere. */
  readonly brief?: true;
  readonly action?: { readonly text: string; readonly run: () => void };
}
