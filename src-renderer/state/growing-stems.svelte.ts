import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { SessionInfo, TrackInfo } from '../../src-main/common/contract/session.js';
import type { TileStore } from '../picture/tiles/tile-store.js';
import { stemIds } from './track-infos.js';

/** Time between two refreshes of what is drawn of growing stems; in a long song less of it changes, and more is drawn. */
const refreshEveryMs = (seconds: number): number => Math.max(700, seconds);

/** Follows the stems of a running separation, without asking the engine more often than one can see. */
export class GrowingStems {
  /** The tracks while a separation makes them; null before they are known and afterwards. */
  tracks: readonly TrackInfo[] | null = null;
  /** Counts the sets of stems that were shown. */
  sets = $state(0);
  /** Counts the times that more of them was there to be drawn. */
  refreshed = $state(0);
  private asking = false;
  private refreshedAt = 0;

  constructor(
    private readonly client: Pick<EngineClient, 'session'>,
    private readonly song: Pick<SessionInfo, 'session' | 'frames' | 'sampleRate'>,
    private readonly tiles: Pick<TileStore, 'grow' | 'refresh'>,
  ) {}

  /** Called when this many frames are done; `begin` shows the tracks when they are known. */
  async advance(
    doneFrames: number,
    running: () => boolean,
    begin: (tracks: readonly TrackInfo[]) => void,
  ): Promise<void> {
    const { session, frames, sampleRate } = this.song;
    const now = performance.now();
    const first = this.tracks === null;
    if (
      this.asking ||
      (!first && (doneFrames === 0 || now - this.refreshedAt < refreshEveryMs(frames / sampleRate)))
    )
      return;
    this.asking = true;
    const info = await this.client.session({ session }).catch(() => undefined);
    this.asking = false;
    if (!info || !running()) return;
    if (first && info.growing) begin((this.tracks = info.tracks));
    if (!this.tracks) return;
    const stems = stemIds(this.tracks);
    this.tiles.grow(stems, doneFrames);
    if (doneFrames === 0) return;
    this.refreshedAt = now;
    this.tiles.refresh(stems);
    this.refreshed++;
  }

  /** The separation is over; the tracks it was making, if they were known. */
  end(): readonly TrackInfo[] | null {
    const { tracks } = this;
    this.tracks = null;
    if (tracks) this.tiles.grow(stemIds(tracks), null);
    return tracks;
  }
}
