import type { TrackInfo } from '../../src-main/common/contract/session.js';
import type { Listening } from './listening.svelte.js';
import type { RepairPort } from './repair-port.js';
import type { StemEdits } from './stem-edits.svelte.js';
import type { Place, Verb, VerbHow } from './verb-edits.js';
import type { SongView } from './view.svelte.js';

/** The song whose selection it is. */
export interface VerbsSong {
  readonly view: SongView;
  readonly edits: Pick<StemEdits, 'addAll' | 'busy'>;
  readonly finder: { readonly repairs: RepairPort };
  readonly player: { readonly position: number };
  readonly listening: Pick<Listening, 'heard' | 'busy' | 'start' | 'stop'>;
  readonly tracks: readonly TrackInfo[];
  selectedTrack: string;
  /** The lane that is meant. */
  readonly current: TrackInfo;
}

/** What is selected as it is now, null for nothing; and the settings of what can be done with it. */
export interface CurrentVerb {
  readonly place: Place | null;
  readonly how: VerbHow;
  /** What was done last; null before the first. */
  readonly last: Verb | null;
  /** How far the last clone was from its patch, frames of the song. */
  readonly lastShift: number;
  /** The settings, as they are in another lane. */
  howIn(lane: string): VerbHow;
}
