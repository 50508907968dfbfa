import type { Disposable } from '../../src-main/common/base/disposal.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { SessionEvent, SessionInfo, TrackInfo } from '../../src-main/common/contract/session.js';
import { fetchPcm, fetchPeaks, fetchTile } from '../api/data.js';
import { TileStore } from '../editor/tiles/tile-store.js';
import { Player } from '../playback/player.svelte.js';
import { everything } from '../playback/shared.js';
import { AutomationState } from './automation.svelte.js';
import { SongDocument } from './document.svelte.js';
import { MixerState } from './mixer.svelte.js';
import { SeparationController } from './separation.svelte.js';
import { sameTracks, stemIds } from './track-infos.js';
import { TrackList } from './tracks.svelte.js';
import { SongView } from './view.svelte.js';

/** Time between two refreshes of what is drawn of growing stems. */
const refreshEveryMs = 700;

/** An open song: its tracks, what is heard and what is seen of it. Dispose it when another is opened. */
export class SongController implements Disposable {
  info = $state.raw<SessionInfo>(undefined!);
  /** The source first; stems as soon as they begin to exist. */
  tracks = $state.raw<readonly TrackInfo[]>([]);
  /** Changes when stems are replaced: what was kept of the old ones no longer holds. */
  generation = $state(0);
  selectedTrack = $state('source');
  /** The track whose name is being typed. */
  renaming = $state<string | null>(null);
  /** Ids of tracks shown as waveforms. */
  waveforms = $state.raw<ReadonlySet<string>>(new Set());

  readonly view: SongView;
  /** All that can be undone. */
  readonly document = new SongDocument();
  readonly mixer = new MixerState(this.document);
  readonly automation: AutomationState;
  readonly list = new TrackList(this.document, () => this.tracks);
  readonly tiles: TileStore;
  readonly separation: SeparationController;
  /** The tracks while a separation makes them; null before they are known and afterwards. */
  private growing: readonly TrackInfo[] | null = null;
  private asking = false;
  private refreshedAt = 0;
  private disposed = false;

  private constructor(
    info: SessionInfo,
    private readonly client: EngineClient,
    readonly player: Player,
    onFailure: (error: unknown) => void,
  ) {
    this.info = info;
    this.view = new SongView(info.frames, info.sampleRate);
    this.automation = new AutomationState(this.document, info.frames);
    this.tiles = new TileStore((request, signal) => fetchTile(request, signal), onFailure);
    this.separation = new SeparationController(client, info.session, {
      onAdvance: (doneFrames) => void this.advance(doneFrames),
      onDone: (done) => this.adopt(done),
      onAbandoned: () => this.abandon(),
    });
    this.adopt(info);
  }

  /** Rejects when the browser cannot play at the song's rate. */
  static async open(
    info: SessionInfo,
    client: EngineClient,
    onFailure: (error: unknown) => void,
  ): Promise<SongController> {
    return new SongController(info, client, await Player.open(info, onFailure), onFailure);
  }

  get separated(): boolean {
    return this.info.separation !== null;
  }

  /** The track that keys act on. */
  get current(): TrackInfo {
    const { lanes } = this.list;
    return (lanes.find(({ track }) => track.id === this.selectedTrack) ?? lanes[0]).track;
  }

  receive(event: SessionEvent): void {
    if (event.session === this.info.session) this.separation.receive(event);
  }

  /** Hands the mixer's gains to the audio thread; an effect of the view calls it. */
  applyMixer(): void {
    this.player.setGains(this.mixer.gains(this.tracks, this.info.channels));
  }

  /** The same for what happens to levels in time. */
  applyAutomation(): void {
    this.player.setAutomation(this.tracks.map(({ id }) => this.mixer.envelope(id)));
  }

  applyLoop(): void {
    const { selection, loop, length } = this.view;
    this.player.setLoop(loop ? (selection ?? { start: 0, end: length }) : null);
  }

  /** Draws all lanes anew, after the graphics card was lost. */
  redraw(): void {
    this.generation++;
  }

  toggleWaveform(id: string): void {
    const next = new Set(this.waveforms);
    if (!next.delete(id)) next.add(id);
    this.waveforms = next;
  }

  selectNeighbour(step: number): void {
    const { lanes } = this.list;
    const at = lanes.findIndex(({ track }) => track.id === this.selectedTrack);
    const next = lanes[Math.min(Math.max(at + step, 0), lanes.length - 1)].track;
    this.selectedTrack = next.id;
  }

  peaks(track: string, columns: number): Promise<Float32Array> {
    return fetchPeaks({ session: this.info.session, track, columns });
  }

  pcm(track: string, start: number, count: number, signal?: AbortSignal): Promise<Float32Array> {
    return fetchPcm({ session: this.info.session, track, start, count }, this.info.channels, signal);
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await this.separation.cancel();
    this.tiles.dispose();
    this.document.dispose();
    await this.player.dispose();
    await this.client.closeSession({ session: this.info.session }).catch(() => undefined);
  }

  private async advance(doneFrames: number): Promise<void> {
    if (this.tracks.length > 1)
      this.player.setFrontier(this.tracks === this.growing ? doneFrames : everything);
    const now = performance.now();
    const first = this.growing === null;
    if (this.asking || (!first && (doneFrames === 0 || now - this.refreshedAt < refreshEveryMs))) return;
    this.asking = true;
    const info = await this.client.session({ session: this.info.session }).catch(() => undefined);
    this.asking = false;
    if (this.disposed || !info || this.separation.status.state !== 'running') return;
    const stems = info.tracks.filter(({ kind }) => kind === 'stem');
    // Stems that are being made have no peak yet; earlier ones, which may still be listed, do.
    if (first && stems.length > 0 && stems.every(({ peak }) => peak === 0)) {
      this.growing = info.tracks;
      this.replaceTracks(info.tracks, 0);
    }
    if (doneFrames > 0) {
      this.refreshedAt = now;
      this.tiles.refresh(stemIds(this.tracks));
    }
  }

  private adopt(info: SessionInfo): void {
    if (this.disposed) return;
    const grown = this.growing !== null && sameTracks(info.tracks, this.growing);
    this.info = info;
    this.growing = null;
    if (grown) {
      // The stems were there while they grew: their samples hold, only what is drawn of them may be old.
      this.tracks = info.tracks;
      this.player.setFrontier(everything);
      this.tiles.refresh(stemIds(info.tracks));
      this.generation++;
    } else {
      this.replaceTracks(info.tracks, everything);
    }
  }

  private abandon(): void {
    const { growing } = this;
    this.growing = null;
    if (!this.disposed && growing !== null) this.replaceTracks(this.info.tracks, everything);
  }

  private replaceTracks(tracks: readonly TrackInfo[], frontier: number): void {
    this.generation++;
    const { generation } = this;
    this.tiles.drop(stemIds([...this.tracks, ...tracks]));
    this.document.addTracks(tracks.map(({ id }) => id));
    this.tracks = tracks;
    if (!tracks.some(({ id }) => id === this.selectedTrack)) this.selectedTrack = tracks[0].id;
    this.player.setTracks(
      tracks.map(({ id, kind }) => ({
        key: kind === 'source' ? id : `${generation}:${id}`,
        read: (start, count, signal) => this.pcm(id, start, count, signal),
      })),
      frontier,
    );
    this.applyMixer();
    this.applyAutomation();
  }
}
