import type { Mixer } from '../../common/jobs/mixer.js';
import { removedTrack } from '../../common/separation/edits/edit.js';

/** The mixer of stems with these names: what was taken away is in a mix only when the mixer names it (D25). */
export function withoutRemoved(mixer: Mixer, stems: readonly string[]): Mixer {
  const named = Object.keys(mixer).some((name) => name.toLowerCase() === removedTrack);
  return stems.includes(removedTrack) && !named ? { [removedTrack]: { mute: true }, ...mixer } : mixer;
}
