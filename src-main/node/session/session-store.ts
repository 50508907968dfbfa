import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { Scope, type Disposable } from '../../common/base/disposal.js';
import {
  maxPcmFrames,
  tileSize,
  type EditReport,
  type PcmRequest,
  type PeaksRequest,
  type SeparationInfo,
  type SessionEvent,
  type SessionInfo,
  type StemEdit,
  type TileRequest,
  type TrackInfo,
} from '../../common/contract/session.js';
import type { Progress } from '../../common/jobs/progress.js';
import { removedTrack } from '../../common/separation/edits/edit.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import type { AudioInfo } from '../audio/types.js';
import { PcmReader, type PcmCacheRef } from '../audio/pcm-cache.js';
import { newHandle } from '../files/handle.js';
import { separatePart } from './separate-part.js';
import { SessionEdits, type ApplyOptions } from '../edits/session-edits.js';
import { songName, type PreparedSong, type SongRunner } from '../jobs/song-runner.js';
import { TileService } from '../tiles/tile-service.js';

/** A track with its audio. */
export interface Track extends TrackInfo {
  readonly ref: PcmCacheRef;
}

/** An open song on the main side. */
export interface Session {
  readonly id: string;
  readonly name: string;
  /** The file's own name, with its ending. */
  readonly fileName: string;
  readonly song: PreparedSong;
  readonly info: AudioInfo;
  /** The source, then the stems as their edits make them. */
  tracks: readonly Track[];
  /** The stems as they were separated. */
  stems: readonly Track[];
  /** A track for what edits took away that holds nothing now: not listed, but silence for whoever still asks. */
  empty: readonly Track[];
  /** A selection that was rendered to be listened to: not listed, found by its id, which is a handle. */
  heard: Track | null;
  readonly edits: SessionEdits;
  separation: SeparationInfo | null;
  /** What the stems were separated with; null before that. */
  settings: SeparationSettings | null;
  /** Frames whose stems can be read, while a separation runs; null otherwise. */
  running: number | null;
  /** Changes with the stems, so that tiles of old ones are not taken for new ones. */
  version: number;
  /** The same for each track's edits. */
  readonly edited: Map<string, number>;
  /** Gone with the session. */
  readonly scope: Scope;
}

/** Stems that were separated earlier; their folders become the session's own. */
export interface EarlierSeparation {
  readonly stems: readonly Omit<Track, 'id' | 'kind'>[];
  readonly info: SeparationInfo;
  readonly settings: SeparationSettings;
}

/** What a page asks of a separation; `range` in frames. */
export interface SeparationRequest {
  readonly job: string;
  readonly settings: SeparationSettings;
  readonly range?: { readonly start: number; readonly count: number } | undefined;
}

/** The open songs of a host: sources, stems, and what is drawn of them. The page knows them by handles only. */
export class SessionStore implements Disposable {
  private readonly sessions = new Map<string, Session>();
  private readonly tiles = new TileService();

  constructor(private readonly runner: SongRunner) {}

  async dispose(): Promise<void> {
    await this.tiles.dispose();
  }

  /** Decodes a file and opens it under `name` (what the user called it). Throws typed errors. */
  async open(path: string, fileName: string, track?: number): Promise<SessionInfo> {
    const song = await this.runner.prepare(path, { track }).catch((error: unknown) => {
      const typed = toUnbraidError(error);
      // The page must not learn the path of an upload.
      throw new UnbraidError(typed.code, typed.message, { file: fileName, hint: typed.hint });
    });
    const { ref, peak, info } = song.decoded;
    const session: Session = {
      id: newHandle(),
      name: songName(fileName),
      fileName,
      song,
      info,
      tracks: [{ id: 'source', name: 'source', kind: 'source', peak, ref }],
      stems: [],
      empty: [],
      heard: null,
      edits: new SessionEdits(join(song.dir, 'edits')),
      separation: null,
      settings: null,
      running: null,
      version: 0,
      edited: new Map(),
      scope: new Scope(),
    };
    this.sessions.set(session.id, session);
    return this.describe(session);
  }

  /** Throws `invalid-argument` for a handle that is not open. */
  get(id: string): Session {
    const session = this.sessions.get(id);
    if (!session)
      throw new UnbraidError('invalid-argument', 'This song is not open any more', {
        hint: 'Open it again.',
      });
    return session;
  }

  describe(session: Session): SessionInfo {
    const { ref, info, warnings } = session.song.decoded;
    return {
      session: session.id,
      name: session.name,
      sampleRate: ref.sampleRate,
      channels: ref.channels,
      frames: ref.frames,
      codec: info.codec,
      bitDepth: info.bitDepth,
      tags: info.tags,
      tracks: session.tracks.map(({ id, name, kind, peak }) => ({ id, name, kind, peak })),
      separation: session.separation,
      warnings,
    };
  }

  async close(id: string): Promise<void> {
    const session = this.get(id);
    this.sessions.delete(id);
    this.tiles.forget(id);
    await session.scope.dispose();
    session.edits.dispose();
    await session.song.dispose();
  }

  /** Separates an open song or a part of it; the stems replace earlier ones. One separation at a time. */
  async separate(
    id: string,
    request: SeparationRequest,
    signal: AbortSignal,
    publish: (event: SessionEvent) => void,
  ): Promise<SessionInfo> {
    const session = this.get(id);
    const { job, settings, range } = request;
    if (session.running !== null)
      throw new UnbraidError('invalid-argument', 'This song is being separated already');
    const started = performance.now();
    const before = session.tracks;
    const dir = this.runner.workspace.songDir();
    session.running = 0;
    session.version++;
    try {
      const song = { path: session.name, decoded: session.song.decoded, dir };
      const onProgress = (progress: Progress): void =>
        publish({ session: id, job, progress, doneFrames: session.running ?? 0 });
      const result = range
        ? await separatePart(
            this.runner,
            { song, settings, range, dir, earlier: session.stems },
            { signal, onProgress },
          )
        : await this.runner.separate(song, settings, {
            signal,
            keep: settings.twoStem === undefined ? settings.stems : undefined,
            onStems: (stems) => {
              const planned = stems.map((stem) => ({
                ...stem,
                id: stem.name,
                kind: 'stem' as const,
                peak: 0,
              }));
              session.tracks = [before[0], ...planned];
            },
            onFinished: (frames) => (session.running = frames),
            onProgress,
          });
      const earlier = session.stems;
      const seconds = (performance.now() - started) / 1000;
      const { provider, nullDb, warnings } = result;
      const info = { model: settings.model, provider, nullDb, seconds, range: range ?? null, warnings };
      this.restore(session, { stems: result.stems, info, settings });
      removeStems(earlier);
      return this.describe(session);
    } catch (error) {
      session.tracks = before;
      rmSync(dir, { recursive: true, force: true });
      throw toUnbraidError(error, session.name);
    } finally {
      session.running = null;
      session.version++;
      this.tiles.forget(id);
    }
  }

  /** Gives a session stems that are there already. */
  restore(session: Session, { stems, info, settings }: EarlierSeparation): void {
    session.stems = stems.map((stem) => ({ ...stem, id: stem.name, kind: 'stem' as const }));
    session.tracks = [session.tracks[0], ...session.stems];
    session.empty = [];
    // The page sends its edits again: they outlive the stems they were made on.
    session.edits.rebase(session.stems);
    session.separation = info;
    session.settings = settings;
  }

  /** Makes the stems those of these edits. Throws typed errors; then the stems are as they were. */
  async edit(id: string, edits: readonly StemEdit[], options: ApplyOptions = {}): Promise<EditReport> {
    const session = this.get(id);
    if (session.running !== null)
      throw new UnbraidError('invalid-argument', 'This song is being separated', {
        hint: 'Edit it when the separation is done.',
      });
    const { tracks, changed, skipped } = await session.edits.apply(edits, options);
    const stems = tracks.map((track) => ({ ...track, id: track.name, kind: 'stem' as const }));
    const isEmpty = ({ name, peak }: Track): boolean => name === removedTrack && peak === 0;
    session.tracks = [session.tracks[0], ...stems.filter((track) => !isEmpty(track))];
    session.empty = stems.filter(isEmpty);
    for (const track of changed.keys()) {
      session.edited.set(track, (session.edited.get(track) ?? 0) + 1);
      this.tiles.forget(`${id} ${track}`);
    }
    return { info: this.describe(session), changed: Object.fromEntries(changed), skipped };
  }

  /** uint8 `[tileSize][tileSize]`; see the contract. Throws `invalid-argument`. */
  tile(request: TileRequest): Promise<Uint8Array> {
    const session = this.get(request.session);
    const track = trackOf(session, request.track);
    const { nFft, hop, window, level, column, row } = request;
    const columns = Math.ceil(track.ref.frames / hop / tileSize / 2 ** level);
    if (column >= Math.max(1, columns)) return Promise.resolve(new Uint8Array(tileSize * tileSize));
    if (!begun(track.ref)) return Promise.resolve(new Uint8Array(tileSize * tileSize));
    const version = `${session.version}.${session.edited.get(track.id) ?? 0}`;
    const key = `${session.id} ${track.id} ${version}.${session.running ?? 'all'}`;
    return this.tiles.tile(key, track.ref, { nFft, hop, window }, { level, column, row });
  }

  /** float32 `[channels][count]`. */
  pcm(request: PcmRequest): Float32Array {
    const { ref } = trackOf(this.get(request.session), request.track);
    const count = Math.min(request.count, maxPcmFrames);
    const all = new Float32Array(ref.channels * count);
    if (!begun(ref)) return all;
    const reader = new PcmReader(ref);
    try {
      const planes = Array.from({ length: ref.channels }, (_, c) => all.subarray(c * count, (c + 1) * count));
      reader.read(request.start, count, planes);
      return all;
    } finally {
      reader.dispose();
    }
  }

  /** float32 `[columns][2]`. */
  peaks(request: PeaksRequest): Promise<Float32Array> {
    const { ref } = trackOf(this.get(request.session), request.track);
    if (!begun(ref)) return Promise.resolve(new Float32Array(2 * request.columns));
    return this.tiles.peaks(ref, request.columns);
  }

  /** A folder inside the session's own, for exports; gone when it is closed. */
  exportDir(session: Session): string {
    return join(session.song.dir, `export-${newHandle().slice(0, 8)}`);
  }
}

/** Whether a stem in the making has its files yet; before that it is silence. */
function begun(ref: PcmCacheRef): boolean {
  return existsSync(join(ref.dir, '0.f32'));
}

/** A track of a session, or what is listened to. Throws `invalid-argument`. */
export function trackOf(session: Session, id: string): Track {
  const track = [...session.tracks, ...session.empty].find((entry) => entry.id === id);
  if (track) return track;
  if (session.heard?.id === id) return session.heard;
  throw new UnbraidError('invalid-argument', `The song has no track "${id}"`);
}

function removeStems(tracks: readonly Track[]): void {
  for (const track of tracks)
    if (track.kind === 'stem') rmSync(track.ref.dir, { recursive: true, force: true });
}
