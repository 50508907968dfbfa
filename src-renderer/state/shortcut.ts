import type { TextKey } from '../shared/strings/en/index.js';
import type { AppController } from './app.svelte.js';
import type { KeyBinding } from './keys.js';
import type { SongController } from './song.svelte.js';

export interface Shortcut extends KeyBinding {
  /** What the list shows. */
  readonly shown: string;
  /** What it does, in words; shortcuts are known by it. */
  readonly text: Extract<TextKey, `shortcut.${string}`>;
  /** Works on every page; the others are about what the editor shows. */
  readonly everywhere?: true;
  /** `key` is what was pressed; empty when it was not done by a key. */
  readonly run: (app: AppController, song: SongController | null, shift: boolean, key: string) => void;
}

type SongAction = (song: SongController, shift: boolean) => void;
/** What is done to a song, if one is open. */
export const onSong =
  (action: SongAction): Shortcut['run'] =>
  (_, song, shift) => {
    if (song) action(song, shift);
  };
