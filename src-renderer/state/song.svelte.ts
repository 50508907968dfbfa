import type { Disposable } from '../../src-main/common/base/disposal.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import type {
  EditReport,
  SessionEvent,
  SessionInfo,
  TrackInfo,
} from '../../src-main/common/contract/session.js';
import { fetchTile } from '../api/data.js';
import { TileStore } from '../picture/tiles/tile-store.js';
import { Player } from '../playback/player.svelte.js';
import { everything } from '../playback/shared.js';
import { AutomationState } from './automation.svelte.js';
import { SongDocument } from './document.svelte.js';
import { MixerState } from './mixer.svelte.js';
import { drawnBefore, DrawnSteps, type DrawnBefore } from './drawn.svelte.js';
import { SeparationController } from './separation.svelte.js';
import type { ProjectController } from './project.svelte.js';
import { playTracks, songListening } from './song-sound.js';
import { leaveSong, songProject, type OpenedSong, type SongHooks } from './song-project.js';
import { editPort } from './edit-port.js';
import { GrowingStems } from './growing-stems.svelte.js';
import { SentMasks } from './sent-masks.js';
import { Markers } from './markers.svelte.js';
import type { Listening } from './listening.svelte.js';
import { SelectionFinder } from './selection-finder.svelte.js';
import { ShownEdits } from './shown-edits.svelte.js';
import { songShape, type StemShape } from './song-shape.js';
import { Snapping } from './snapping.svelte.js';
import { SelectionVerbs } from './selection-verbs.svelte.js';
import { StemSets } from './stem-sets.js';
import { StemEdits } from './stem-edits.svelte.js';
import { TrackPlayback } from './track-playback.js';
import { sameTracks, shownTracks, stemIds } from './track-infos.js';
import { TrackList } from './tracks.svelte.js';
import { SongView } from './view.svelte.js';

/** An open song: its tracks, what is heard and what is seen of it. Dispose it when another is opened. */
export class SongController implements Disposable {
  info = $state.raw<SessionInfo>(undefined!);
  /** The source first; stems as soon as they begin to exist. */
  tracks = $state.raw<readonly TrackInfo[]>([]);
  /** Changes when stems are replaced, or the graphics card was lost: what was kept of them no longer holds. */
  generation = $state(0);
  selectedTrack = $state('source');
  renaming = $state<string | null>(null);
  waveforms = $state.raw<ReadonlySet<string>>(new Set());
  readonly view: SongView;
  readonly drawn: DrawnSteps;
  readonly stemSets: StemSets;
  /** All that can be undone. */
  readonly document = new SongDocument();
  readonly mixer = new MixerState(this.document);
  readonly automation: AutomationState;
  readonly list = new TrackList(this.document, () => this.tracks);
  readonly edits: StemEdits;
  readonly masks = new SentMasks();
  readonly shape: StemShape;
  /** Selections: found in the sound, played alone, and what can be done with them. */
  readonly finder: SelectionFinder;
  readonly listening: Listening;
  readonly verbs: SelectionVerbs = new SelectionVerbs(this);
  readonly markers = new Markers(this);
  readonly snapping = new Snapping(this);
  readonly shownEdits = new ShownEdits(this);
  readonly tiles: TileStore;
  readonly project: ProjectController;
  readonly separation: SeparationController;
  readonly growing: GrowingStems;
  readonly playback: TrackPlayback;
  private disposed = false;

  private constructor(
    info: SessionInfo,
    readonly client: EngineClient,
    readonly player: Player,
    { fail: onFailure, moved }: SongHooks,
    before: DrawnBefore,
  ) {
    this.info = info;
    this.view = new SongView(info.frames, info.sampleRate);
    this.automation = new AutomationState(this.document, info.frames);
    const edited = (report: EditReport): void => (this.shape.edited(), this.adoptEdits(report));
    this.edits = new StemEdits(this.document, editPort(client, info, this.masks, edited));
    this.playback = new TrackPlayback(player, info, () => shownTracks(this));
    this.shape = songShape(this, client, this.adoptEdits.bind(this), onFailure);
    this.finder = new SelectionFinder(client, info, this.view, this.masks);
    this.listening = songListening(this, client);
    const refines = (): boolean => this.separation.status.state !== 'running';
    this.tiles = new TileStore((request, signal) => fetchTile(request, signal), onFailure, refines);
    this.growing = new GrowingStems(client, info, this.tiles);
    this.separation = new SeparationController(client, info.session, {
      known: () => this.info.separation,
      onAdvance: (doneFrames) => void this.advance(doneFrames),
      onDone: (done) => this.stemSets.separated(done),
      onAbandoned: () => this.abandon(),
    });
    this.project = songProject(this, client, onFailure, moved, before.opened);
    this.stemSets = new StemSets(this, client, onFailure);
    this.drawn = new DrawnSteps(this, before);
    this.adopt(info);
    void this.project.begin();
  }

  /** Rejects when the browser cannot play at the song's rate. */
  static async open(
    info: SessionInfo,
    client: EngineClient,
    hooks: SongHooks,
    opened?: OpenedSong,
  ): Promise<SongController> {
    const before = await drawnBefore(info.session, opened);
    return new SongController(info, client, await Player.open(info, hooks.fail), hooks, before);
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
    if (event.session !== this.info.session) return;
    this.separation.receive(event);
    this.edits.receive(event);
  }

  /** `handedOn` when another controller takes the session up, which stays open. */
  async dispose(handedOn = false): Promise<void> {
    this.disposed = true;
    this.listening.stop();
    if (handedOn) this.project.abandon();
    else this.drawn.keep();
    await this.project.dispose();
    for (const part of [this.edits.scope, this.shape.scope, this.tiles, this.document]) part.dispose();
    await this.player.dispose();
    if (!handedOn) await leaveSong(this.client, this.info);
  }

  private async advance(doneFrames: number): Promise<void> {
    if (this.tracks.length > 1)
      this.player.setFrontier(this.tracks === this.growing.tracks ? doneFrames : everything);
    const running = (): boolean => !this.disposed && !this.stemSets.free;
    await this.growing.advance(doneFrames, running, (begun) => this.replaceTracks(begun, 0));
  }

  /** Shows and plays what the session has now. */
  adopt(info: SessionInfo): void {
    if (this.disposed) return;
    const growing = this.growing.end();
    const grown = growing !== null && sameTracks(info.tracks, growing);
    this.info = info;
    for (const rendered of [this.edits, this.shape]) rendered.forget();
    if (!grown) this.replaceTracks(info.tracks, everything);
    else {
      // The stems were there while they grew: their samples hold, only what is drawn of them may be old.
      this.tracks = info.tracks;
      this.player.setFrontier(everything);
      this.tiles.refresh(stemIds(info.tracks));
      this.generation++;
    }
    // Edits outlive the stems they were made on, and so does what is clean or full.
    for (const rendered of [this.edits, this.shape]) void rendered.sync();
  }

  /** The same stems with other samples here and there, and perhaps a track for what was taken away. */
  private adoptEdits({ info, changed }: EditReport): void {
    if (this.disposed) return;
    this.listening.stop();
    this.info = info;
    this.document.addTracks(info.tracks.map(({ id }) => id));
    const same = sameTracks(info.tracks, this.tracks);
    this.tracks = info.tracks;
    if (!info.tracks.some(({ id }) => id === this.selectedTrack)) this.selectedTrack = info.tracks[0].id;
    if (!same) playTracks(this, everything);
    this.playback.refresh(changed);
    this.tiles.refresh(new Set(Object.keys(changed)));
    this.generation++;
  }

  private abandon(): void {
    if (this.growing.end() !== null && !this.disposed) this.replaceTracks(this.info.tracks, everything);
  }

  private replaceTracks(tracks: readonly TrackInfo[], frontier: number): void {
    this.listening.stop();
    this.generation++;
    this.growing.sets++;
    this.playback.renew();
    this.tiles.drop(stemIds([...this.tracks, ...tracks]));
    this.document.addTracks(tracks.map(({ id }) => id));
    this.tracks = tracks;
    if (!tracks.some(({ id }) => id === this.selectedTrack)) this.selectedTrack = tracks[0].id;
    playTracks(this, frontier);
  }
}
