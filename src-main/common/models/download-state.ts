import type { WireError } from '../base/errors.js';

/**
 * The life of a download. What has come stays on disk until it is discarded, also when the program is killed.
 *
 *   queued → asking → receiving → checking → installing → done
 *     ↑        ↑ ↓        ↓           ↓           ↓
 *     │      waiting ←────┘           │           │
 *     │        ↓                      ↓           ↓
 *     ├──── paused ←─ (by the person, at any time before `installing`)
 *     └──── failed ←──────────────────┴───────────┘
 *
 * `discard` takes it off the list from everywhere but `installing`.
 */
export type DownloadState =
  | { readonly state: 'queued' }
  /** A server is asked for a file. */
  | { readonly state: 'asking'; readonly file: string; readonly host: string }
  | ({
      readonly state: 'receiving';
      readonly file: string;
      /** Where the bytes come from, redirects followed. */
      readonly host: string;
      /** Bytes a second (0: nothing comes any more), and seconds left; null when not known. */
      readonly speed: number | null;
      readonly eta: number | null;
    } & Amount)
  /** The connection broke; it is tried again after `ms`. */
  | ({ readonly state: 'waiting'; readonly error: WireError; readonly ms: number } & Amount)
  /** What lies on disk is read again, or hashes are compared. */
  | ({ readonly state: 'checking' } & Amount)
  /** The model is tried on one segment, and gets its place. */
  | { readonly state: 'installing' }
  | ({ readonly state: 'paused' } & Amount)
  | { readonly state: 'failed'; readonly error: WireError }
  /** `problem`: it is whole, but cannot be used, and why. `recorded`: nobody had published a hash of some file. */
  | { readonly state: 'done'; readonly problem: WireError | null; readonly recorded: boolean };

/** Bytes of all files of a model. */
export interface Amount {
  readonly bytes: number;
  /** Null while a size is not known. */
  readonly total: number | null;
}

export interface DownloadInfo {
  /** The catalogue's id. */
  readonly id: string;
  readonly name: string;
  readonly state: DownloadState;
}

/** Whether it goes on without anybody doing anything. */
export function isActive({ state }: DownloadState): boolean {
  return state !== 'paused' && state !== 'failed' && state !== 'done';
}
