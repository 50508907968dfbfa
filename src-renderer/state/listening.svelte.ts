import { UnbraidError, toUnbraidError } from '../../src-main/common/base/errors.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { RenderedSelection } from '../../src-main/common/contract/masks.js';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import type { EditRecord } from '../../src-main/common/document/records.js';
import type { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { sendMask } from '../api/data.js';
import type { Player } from '../playback/player.svelte.js';
import { maxTracks } from '../playback/shared.js';

/** What listening needs of the song it belongs to. */
export interface ListeningPort {
  readonly client: EngineClient;
  readonly info: Pick<SessionInfo, 'session'>;
  readonly player: Pick<
    Player,
    'position' | 'playing' | 'listenSource' | 'crossFade' | 'setListenSource' | 'seek' | 'play' | 'pause'
  >;
  /** How many tracks the player has without the one that is listened to. */
  readonly tracks: () => number;
  /** Brings the tracks to the player again, and what is listened to behind them. */
  readonly replay: () => void;
}

/**
 * Listening to a selection alone: what an edit would take out of a track is rendered and played as one track more,
 * over and over, in the place of all stems. With A the source is heard instead, as usual.
 */
export class Listening {
  /** What is listened to; null for the mix. */
  heard = $state.raw<RenderedSelection | null>(null);
  busy = $state(false);
  error = $state.raw<UnbraidError | null>(null);
  /** What there was before, to go back to. */
  private before: { readonly position: number; readonly playing: boolean; readonly source: boolean } | null =
    null;
  /** Counts the requests and the stops: what was stopped while it was rendered is not played any more. */
  private request = 0;

  constructor(private readonly port: ListeningPort) {}

  /** The frames that are played over and over; null when nothing is listened to. */
  get range(): { readonly start: number; readonly end: number } | null {
    return this.heard && { start: this.heard.start, end: this.heard.start + this.heard.count };
  }

  /** Renders and plays what the mask covers of a track, 0 … 1 of it. What fails shows as `error`. */
  async start(track: string, mask: TileMask, strength: number, phase?: EditRecord['phase']): Promise<void> {
    this.stop();
    const { client, info, player, tracks, replay } = this.port;
    const request = ++this.request;
    this.busy = true;
    this.error = null;
    try {
      if (tracks() >= maxTracks)
        throw new UnbraidError('too-large', `More than ${maxTracks - 1} tracks leave no room to listen`);
      const hash = await sendMask(info.session, mask.encode() as Uint8Array<ArrayBuffer>);
      const part = { session: info.session, track, mask: hash, strength, ...(phase && { phase }) };
      const heard = await client.renderSelection({ ...part, job: crypto.randomUUID() });
      if (request !== this.request) return;
      const { position, playing, listenSource: source } = player;
      this.before = { position, playing, source };
      this.heard = heard;
      player.crossFade();
      player.setListenSource(false);
      replay();
      // Making room for the track may have taken longer than the first fade.
      player.crossFade();
      player.seek(heard.start);
      player.play();
    } catch (error) {
      if (request === this.request) this.error = toUnbraidError(error);
    } finally {
      if (request === this.request) this.busy = false;
    }
  }

  /** Goes back to the mix; false when nothing was listened to. */
  stop(): boolean {
    const { busy, before, heard } = this;
    this.request++;
    this.busy = false;
    if (!heard || !before) return busy;
    const { player, replay } = this.port;
    player.crossFade();
    if (!before.playing) player.pause();
    this.heard = null;
    this.before = null;
    player.setListenSource(before.source);
    replay();
    if (!before.playing) player.seek(before.position);
    return true;
  }
}
