import type { WireError } from '../base/errors.js';
import type { EngineEvent } from './commands.js';

/** What crosses to a page: a result or a typed error, never a bare null. */
export type CommandAnswer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError };

/** What the preload script gives to the page of a desktop window, and all it gives. */
export interface ShellBridge {
  invoke(command: string, args: unknown): Promise<CommandAnswer>;
  subscribe(listener: (event: EngineEvent) => void): () => void;
  /**
   * Handles for a dropped or chosen `File` (a folder's songs, for a folder): `{ files: OpenableFile[] }`. The
   * path goes to the main side and not to the page. A `File` that is not from a disk gives no files.
   */
  adopt(file: object): Promise<CommandAnswer>;
}

/** The name of the bridge in the page's window. */
export const bridgeName = 'unbraidShell';
