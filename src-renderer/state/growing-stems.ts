import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { SessionInfo, TrackInfo } from '../../src-main/common/contract/session.js';

/** Time between two refreshes of what is drawn of growing stems; in a long song less of it changes, and more is drawn. */
const refreshEveryMs = (seconds: number): number => Math.max(700, seconds);

/** What the page learns of stems in the making: their tracks, once, and that there is more to draw. */
export interface Growth {
  readonly begun: readonly TrackInfo[] | null;
  readonly redraw: boolean;
}

/** Follows the stems of a running separation, without asking the engine more often than one can see. */
export class GrowingStems {
  /** The tracks while a separation makes them; null before they are known and afterwards. */
  tracks: readonly TrackInfo[] | null = null;
  private asking = false;
  private refreshedAt = 0;

  constructor(
    private readonly client: Pick<EngineClient, 'session'>,
    private readonly song: Pick<SessionInfo, 'session' | 'frames' | 'sampleRate'>,
  ) {}

  /** Called when this many frames are done; null when there is nothing to do, or the separation is over by then. */
  async advance(doneFrames: number, running: () => boolean): Promise<Growth | null> {
    const { session, frames, sampleRate } = this.song;
    const now = performance.now();
    const first = this.tracks === null;
    if (
      this.asking ||
      (!first && (doneFrames === 0 || now - this.refreshedAt < refreshEveryMs(frames / sampleRate)))
    )
      return null;
    this.asking = true;
    const info = await this.client.session({ session }).catch(() => undefined);
    this.asking = false;
    if (!info || !running()) return null;
    const begun = first && info.growing ? info.tracks : null;
    if (begun) this.tracks = begun;
    if (doneFrames > 0) this.refreshedAt = now;
    return { begun, redraw: doneFrames > 0 };
  }

  /** The separation is over; the tracks it was making, if they were known. */
  end(): readonly TrackInfo[] | null {
    const { tracks } = this;
    this.tracks = null;
    return tracks;
  }
}
