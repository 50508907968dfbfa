import type { EngineClient } from '../../src-main/common/contract/client.js';
import { everything } from '../playback/shared.js';
import { Listening } from './listening.svelte.js';
import { playTracks, type HeardSong } from './song-sound.js';

/** Plays selections of an open song alone. */
export function songListening(song: HeardSong, client: EngineClient): Listening {
  return new Listening({
    ...{ client, info: song.info, player: song.player },
    tracks: () => song.tracks.length,
    replay: () => playTracks(song, everything),
  });
}
