import { trackTitle } from '../../shared/title.js';
import type { Settings } from '../../state/settings.svelte.js';
import type { Verb } from '../../state/selection-verbs.svelte.js';
import type { SongController } from '../../state/song.svelte.js';

/** What is done with a selection, in words. */
export function verbWords(verb: Verb, song: SongController, t: Settings['t']): string {
  switch (verb.kind) {
    case 'move':
    case 'copy': {
      const track = song.tracks.find(({ id }) => id === verb.target);
      return t(`verbs.${verb.kind}`, { name: track ? trackTitle(song.list, track, t) : verb.target });
    }
    case 'attenuate':
      return t('verbs.attenuate', { dB: String(song.verbs.attenuationDb) });
    case 'takeAway':
    case 'debleed':
    case 'healTime':
    case 'healBand':
    case 'clone':
      return t(`verbs.${verb.kind}`);
  }
}
