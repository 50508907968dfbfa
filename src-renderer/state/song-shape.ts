import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { EditReport, SessionInfo } from '../../src-main/common/contract/session.js';
import { removedTrack } from '../../src-main/common/separation/edits/edit.js';
import { LiveShaper } from '../playback/live-shaper.js';
import type { Player } from '../playback/player.svelte.js';
import { pageFrames } from '../playback/shared.js';
import type { SongDocument } from './document.svelte.js';
import { StemShape, type ShapePort } from './shape.svelte.js';
import type { TrackPlayback } from './track-playback.js';

export type { StemShape } from './shape.svelte.js';

/** The parts of a song that are shaped. */
interface ShapedSong {
  readonly info: SessionInfo;
  readonly separated: boolean;
  readonly document: SongDocument;
  readonly player: Pick<Player, 'position' | 'onLoaded'>;
  readonly playback: TrackPlayback;
}

/** Clean and full of an open song. */
export function songShape(
  song: ShapedSong,
  client: EngineClient,
  adopt: (report: EditReport) => void,
  fail: (error: unknown) => void,
): StemShape {
  const { session, frames } = song.info;
  const stems = (): string[] =>
    (song.separated ? song.info.tracks : [])
      .slice(1)
      .map(({ id }) => id)
      .filter((id) => id !== removedTrack);
  const live = new LiveShaper(song.playback.liveSource(stems));
  song.player.onLoaded = (track, page) => live.loaded(track, page);
  const port: ShapePort = {
    ...{ session, frames, stems },
    // From the start of the page on that is heard: it is swapped as a whole.
    position: () => Math.floor(song.player.position / pageFrames) * pageFrames,
    apply: (clean, at) => client.shapeSession({ session, clean: { ...clean }, at }),
    adopt,
    refresh: (range) => song.playback.refresh(Object.fromEntries(stems().map((stem) => [stem, [range]]))),
    supersede: () => song.playback.supersede(stems()),
    fail,
  };
  return new StemShape(song.document, port, live);
}
