import type { EngineClient } from '../../src-main/common/contract/client.js';
import { everything } from '../playback/shared.js';
import type { ChannelGains } from '../../src-main/common/jobs/mixer.js';
import type { SessionInfo, TrackInfo } from '../../src-main/common/contract/session.js';
import type { Player } from '../playback/player.svelte.js';
import { Listening } from './listening.svelte.js';
import type { MixerState } from './mixer.svelte.js';
import type { TrackPlayback } from './track-playback.js';
import type { SongView } from './view.svelte.js';

/** The parts of a song that are heard. */
export interface HeardSong {
  readonly info: SessionInfo;
  readonly tracks: readonly TrackInfo[];
  readonly listening: Listening;
  readonly mixer: MixerState;
  readonly player: Player;
  readonly playback: TrackPlayback;
  readonly view: SongView;
}

/** Plays selections of an open song alone. */
export function songListening(song: HeardSong, client: EngineClient): Listening {
  return new Listening({
    ...{ client, info: song.info, player: song.player },
    tracks: () => song.tracks.length,
    replay: () => playTracks(song, everything),
  });
}

/** Hands the mixer's gains to the audio thread; an effect of the view calls it. */
export function applyMixer({ info, listening, mixer, player, tracks }: HeardSong): void {
  const gains = mixer.gains(tracks, info.channels);
  const { heard } = listening;
  // A selection that is listened to is one track more, and takes the place of all stems.
  const alone = (channels: ChannelGains, t: number): ChannelGains =>
    t === 0 ? channels : channels.map(() => 0);
  player.setGains(heard ? [...gains.map(alone), gains[0].map(() => 1)] : gains);
}

/** The same for what happens to levels in time. */
export function applyAutomation({ mixer, player, tracks }: HeardSong): void {
  player.setAutomation(tracks.map(({ id }) => mixer.envelope(id)));
}

/** The same for what is played over and over. */
export function applyLoop({ listening, player, view }: HeardSong): void {
  player.setLoop(listening.range ?? view.loopRange);
}

/** Brings the tracks of a song to the player, stems up to `frontier` frames, and what is listened to behind them. */
export function playTracks(song: HeardSong, frontier: number): void {
  const { heard } = song.listening;
  song.playback.play(heard ? [...song.tracks, { id: heard.track }] : song.tracks, frontier);
  applyMixer(song);
  applyAutomation(song);
}

/** The same for how much earlier playing begins. */
export function applyPreRoll(
  { view }: Pick<HeardSong, 'view'>,
  { preRolls, preRoll }: { readonly preRolls: boolean; readonly preRoll: number },
): void {
  view.preRoll = preRolls ? Math.round(preRoll * view.sampleRate) : 0;
}
