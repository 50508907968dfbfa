import type { SongController } from './song.svelte.js';

/** Whether another page has taken over the song of this one, which can only look at it then. */
export class Elsewhere {
  private taken = $state.raw<{ readonly song: SongController; readonly takeBack: () => void } | null>(null);

  /** Takes the song back, as it is by now; null for a song that this page may change. */
  of(song: SongController): (() => void) | null {
    return this.taken?.song === song ? this.taken.takeBack : null;
  }

  /** From now on this page only looks: nothing more is kept, and no step is made; `say` tells who tries. */
  look(song: SongController, takeBack: () => void, say: () => void): void {
    this.taken = { song, takeBack };
    song.project.abandon();
    song.document.locked = say;
    say();
  }
}
