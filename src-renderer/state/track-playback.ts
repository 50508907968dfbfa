import type { EditReport, SessionInfo, TrackInfo } from '../../src-main/common/contract/session.js';
import { fetchPcm, fetchPeaks } from '../api/data.js';
import type { Player } from '../playback/player.svelte.js';

/** Brings the tracks of a session to the player. Keys say which samples are the same as before. */
export class TrackPlayback {
  private generation = 0;

  constructor(
    private readonly player: Player,
    private readonly info: Pick<SessionInfo, 'session' | 'channels'>,
  ) {}

  /** The stems are others altogether. */
  renew(): void {
    this.generation++;
  }

  /** Plays these tracks, the source first; stems up to `frontier` frames. */
  play(tracks: readonly Pick<TrackInfo, 'id'>[], frontier: number): void {
    this.player.setTracks(
      tracks.map(({ id }) => ({
        key: this.keyOf(id),
        read: (start, count, signal) => this.read(id, start, count, signal),
      })),
      frontier,
    );
  }

  /** Samples of these tracks have changed in these frames. */
  refresh(changed: EditReport['changed']): void {
    for (const [id, ranges] of Object.entries(changed)) this.player.refresh(this.keyOf(id), ranges);
  }

  /** Frames of a track, `[channels][count]`. */
  read(track: string, start: number, count: number, signal?: AbortSignal): Promise<Float32Array> {
    const { session, channels } = this.info;
    return fetchPcm({ session, track, start, count }, channels, signal);
  }

  /** Minimum and maximum over all channels, `[columns][2]`. */
  peaks(track: string, columns: number): Promise<Float32Array> {
    return fetchPeaks({ session: this.info.session, track, columns });
  }

  private keyOf(track: string): string {
    return track === 'source' ? track : `${this.generation}:${track}`;
  }
}
