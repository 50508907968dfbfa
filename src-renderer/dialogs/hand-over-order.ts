import type { CommandInput } from '../../src-main/common/contract/commands.js';
import type { HandOverKind } from '../../src-main/common/jobs/hand-over/hand-over.js';
import type { SongController } from '../state/song.svelte.js';
import { trackTitle } from '../shared/title.js';

/** The stems as another program gets them: as they are named, coloured and ordered here, hidden ones last. */
export function handOverOrder(
  song: SongController,
  to: HandOverKind,
  t: Parameters<typeof trackTitle>[2],
): Pick<CommandInput<'handOver'>, 'to' | 'tracks' | 'mixer' | 'markers' | 'tempo'> {
  const { list, mixer, markers, info, document } = song;
  const stems = [...list.lanes, ...list.hidden].filter(({ track }) => track.kind === 'stem');
  const tracks = stems.map((lane) => ({
    stem: lane.track.name,
    name: trackTitle(list, lane.track, t),
    colour: list.colour(lane),
  }));
  const places = markers.list.map((marker) => ({ name: markers.nameOf(marker), frame: marker.frame }));
  const { beats } = document;
  const tempo = beats && { bpm: beats.bpm, perBar: beats.perBar };
  return { to, tracks, mixer: mixer.forStems(info.tracks), markers: places, tempo };
}
