import type {
  EditReport,
  PcmRequest,
  SessionInfo,
  TrackInfo,
} from '../../src-main/common/contract/session.js';
import { fetchBarePcm, fetchPcm, fetchChannelPeaks, fetchPeaks } from '../api/data.js';
import type { LiveSource } from '../playback/live-shaper.js';
import type { LiveSong } from '../playback/page-shaper.js';
import type { SharedTrack } from '../playback/shared.js';
import type { Player } from '../playback/player.svelte.js';

/** See `PcmRequest`. */
export type ShownTracks = Pick<PcmRequest, 'stems' | 'removed'>;

/** Brings the tracks of a session to the player. Keys say which samples are the same as before. */
export class TrackPlayback {
  private generation = 0;

  constructor(
    private readonly player: Player,
    private readonly info: Pick<SessionInfo, 'session' | 'channels'>,
    /** Which tracks the page shows, so that what it reads belongs together. */
    private readonly shown: () => ShownTracks,
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
    for (const [id, ranges] of Object.entries(changed)) {
      for (const track of this.tracksOf([id])) this.player.feeder.refresh(track, ranges);
    }
  }

  /** More changes of these tracks are to come; what has not been read again yet need not be. */
  supersede(tracks: readonly string[]): void {
    for (const track of this.tracksOf(tracks)) this.player.feeder.supersede(track);
  }

  /** What lets stems be shaped while they are heard. */
  liveSource(stems: () => readonly string[]): LiveSource {
    const { session, channels } = this.info;
    return {
      song: () => this.liveSong(stems()),
      bare: (index, start, count, signal) =>
        fetchBarePcm({ session, track: stems()[index], start, count }, channels, signal),
    };
  }

  /** Frames of a track, `[channels][count]`. */
  read(track: string, start: number, count: number, signal?: AbortSignal): Promise<Float32Array> {
    const { session, channels } = this.info;
    return fetchPcm({ session, track, start, count, ...this.shown() }, channels, signal);
  }

  /** Minimum and maximum over all channels, `[columns][2]`. */
  peaks(track: string, columns: number): Promise<Float32Array> {
    return fetchPeaks({ session: this.info.session, track, columns });
  }

  /** The same of each channel, `[channels][columns][2]`. */
  channelPeaks(track: string, columns: number): Promise<Float32Array> {
    const { session, channels } = this.info;
    return fetchChannelPeaks({ session, track, columns }, channels);
  }

  /** These stems as the audio thread has them; null when one is missing. */
  private liveSong(ids: readonly string[]): LiveSong | null {
    const { song, shared } = this.player;
    const stems = this.tracksOf(ids);
    if (stems.length === 0 || stems.length < ids.length) return null;
    return { sampleRate: song.sampleRate, channels: song.channels, controls: shared.controls, stems };
  }

  private tracksOf(ids: readonly string[]): SharedTrack[] {
    return ids.flatMap((id) => this.player.tracks.get(this.keyOf(id)) ?? []);
  }

  private keyOf(track: string): string {
    return track === 'source' ? track : `${this.generation}:${track}`;
  }
}
