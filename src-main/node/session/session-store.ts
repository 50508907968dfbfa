import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, addAbortSignal } from 'node:stream';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import {
  maxPcmFrames,
  tileSize,
  type EditReport,
  type PcmRequest,
  type PeaksRequest,
  type SessionEvent,
  type SessionInfo,
  type ShapeEvent,
  type StemEdit,
  type TileRequest,
} from '../../common/contract/session.js';
import type { Progress } from '../../common/jobs/progress.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import { removedTrack } from '../../common/separation/edits/edit.js';
import { pcmBlocks } from '../audio/pcm-blocks.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import type { EditResult, ShapingTask } from '../edits/edit-worker.js';
import type { ApplyOptions } from '../edits/session-edits.js';
import { newHandle } from '../files/handle.js';
import { oracleStems, type OracleOrder } from '../jobs/oracle-stems.js';
import { songName, type SongRunner } from '../jobs/song-runner.js';
import type { SeparatedSong } from '../inference/separation.js';
import { TileService } from '../tiles/tile-service.js';
import { coverFile } from './session-cover.js';
import { separatePart } from './separate-part.js';
import {
  Session,
  describeSet,
  goneTracks,
  newSet,
  notOpen,
  shownTrack,
  stemSets,
  trackOf,
  type StemSet,
  type Track,
} from './session.js';

/** What a page asks of a separation; `range` in frames. */
export interface SeparationRequest {
  readonly job: string;
  readonly settings: SeparationSettings;
  readonly range?: { readonly start: number; readonly count: number } | undefined;
  /** What makes the stems in place of a separator, of the whole song. */
  readonly oracle?: OracleOrder | undefined;
}

/** Exports of one session that are kept for downloads. */
const keptExports = 4;

/** The open songs of a host: sources, stems, and what is drawn of them. The page knows them by handles only. */
export class SessionStore implements Disposable {
  private readonly sessions = new Map<string, Session>();
  private readonly exports = new Map<string, string[]>();
  private readonly tiles = new TileService();
  /** What the newest tiles of stems in the making are called by, by their folder. */
  private readonly growing = new Map<string, string>();

  constructor(private readonly runner: SongRunner) {}

  /** Ends the jobs of all sessions, and closes them. */
  async dispose(): Promise<void> {
    await Promise.allSettled([...this.sessions.keys()].map((id) => this.close(id)));
    await this.tiles.dispose();
  }

  get all(): readonly Session[] {
    return [...this.sessions.values()];
  }

  /** Decodes a file and opens it under `name` (what the user called it). Throws typed errors. */
  async open(path: string, fileName: string, track?: number): Promise<SessionInfo> {
    const song = await this.runner.prepare(path, { track }).catch((error: unknown) => {
      const typed = toUnbraidError(error);
      // The page must not learn the path of an upload.
      throw new UnbraidError(typed.code, typed.message, { file: fileName, hint: typed.hint });
    });
    const session = new Session(song, songName(fileName), fileName);
    this.sessions.set(session.id, session);
    return this.describe(session);
  }

  /** Throws `invalid-argument` for a handle that is not open. */
  get(id: string): Session {
    const session = this.sessions.get(id);
    if (!session) throw notOpen();
    return session;
  }

  describe(session: Session): SessionInfo {
    const { ref, info, warnings } = session.song.decoded;
    const { tracks, separation, stemsId, earlier, growing } = session.state;
    return {
      session: session.id,
      name: session.name,
      sampleRate: ref.sampleRate,
      channels: ref.channels,
      frames: ref.frames,
      codec: info.codec,
      bitDepth: info.bitDepth,
      tags: info.tags,
      hasCover: info.hasCover,
      hasStems: Boolean(info.stems),
      tracks: tracks.map(({ id, name, kind, peak }) => ({ id, name, kind, peak })),
      ...{ growing, separation, stems: stemsId, earlier: earlier.map(describeSet) },
      warnings,
    };
  }

  /** Ends the jobs of a session, and deletes its files. */
  async close(id: string): Promise<void> {
    const session = this.get(id);
    this.sessions.delete(id);
    this.exports.delete(id);
    this.tiles.forget(id);
    await session.dispose();
  }

  /**
   * Separates an open song or a part of it. The stems it had become earlier ones. One separation of a song at a time.
   */
  async separate(
    id: string,
    request: SeparationRequest,
    signal: AbortSignal,
    publish: (event: SessionEvent) => void,
  ): Promise<SessionInfo> {
    const session = this.get(id);
    return session.job(signal, async (both) => {
      const before = await session.line.read(() => this.begin(session, request.job), both);
      // In the song's folder, so that it goes with the song whatever happens.
      const dir = join(session.song.dir, `separation-${newHandle().slice(0, 8)}`);
      mkdirSync(dir);
      let result: SeparatedSong;
      try {
        result = await this.separated(session, dir, request, both, publish);
        if (both.aborted) throw new UnbraidError('cancelled', 'Cancelled');
      } catch (error) {
        const { tracks, empty } = before;
        const { version } = session.state;
        session.replace({ tracks, empty, growing: false, running: null, job: null, version: version + 1 });
        session.dropFolders([dir]);
        throw toUnbraidError(error, session.name);
      } finally {
        this.tiles.forget(id);
      }
      const { settings, range } = request;
      const { provider, nullDb, warnings, parents, workSeconds: seconds } = result;
      const facts = { model: settings.model, provider, nullDb, seconds, range: range ?? null, warnings };
      const info = { ...facts, ...(parents && { parents }), at: Date.now() };
      this.restore(session, newSet(result.stems, info, settings), stemSets(before));
      return this.describe(session);
    });
  }

  /**
   * Brings earlier stems back, with these edits; those the song has now are kept. Edits that fail leave the stems as
   * separated. Throws `invalid-argument` for an unknown id.
   */
  useStems(id: string, stems: string, edits: readonly StemEdit[] = []): Promise<SessionInfo> {
    return this.changeStems(id, stems, async (session, set) => {
      const others = stemSets(session.state).filter((other) => other !== set);
      this.restore(session, set, others);
      this.tiles.forget(id);
      if (edits.length === 0) return;
      // The page asks for them again, and hears of what went wrong.
      const result = await session.edits.apply(edits, { signal: session.closed }).catch(() => undefined);
      if (result) this.adopt(session, result, result.skipped);
    });
  }

  /** Deletes earlier stems. Throws `invalid-argument` for an unknown id, and for that of the stems in use. */
  deleteStems(id: string, stems: string): Promise<SessionInfo> {
    return this.changeStems(id, stems, (session, set) => {
      session.replace({ earlier: session.state.earlier.filter((other) => other !== set) });
      session.dropFolders(set.stems.map(({ ref }) => ref.dir));
      return Promise.resolve();
    });
  }

  private changeStems(
    id: string,
    stems: string,
    change: (session: Session, set: StemSet) => Promise<void>,
  ): Promise<SessionInfo> {
    const session = this.get(id);
    return session.job(undefined, (signal) =>
      session.line.change(async () => {
        session.refuseWhileRunning('Change the stems when the separation is done.');
        const set = session.state.earlier.find((other) => other.id === stems);
        if (!set) throw new UnbraidError('invalid-argument', 'These stems are not here any more');
        await change(session, set);
        return this.describe(session);
      }, signal),
    );
  }

  /** Edits that were under way are done by now, and no others begin until the separation has ended (S3). */
  private begin(session: Session, job: string): Session['state'] {
    if (session.state.running !== null)
      throw new UnbraidError('invalid-argument', 'This song is being separated already');
    const before = session.state;
    session.replace({ running: 0, job, version: before.version + 1 });
    return before;
  }

  private separated(
    session: Session,
    dir: string,
    { job, settings, range, oracle }: SeparationRequest,
    signal: AbortSignal,
    publish: (event: SessionEvent) => void,
  ): Promise<SeparatedSong> {
    const { stems: earlier, tracks } = session.state;
    const song = { path: session.name, decoded: session.song.decoded, dir };
    const onProgress = (progress: Progress): void =>
      publish({ session: session.id, job, progress, doneFrames: session.state.running ?? 0 });
    if (oracle) return oracleStems(this.runner, song, oracle, settings, dir, { signal, onProgress });
    if (range)
      return separatePart(this.runner, { song, settings, range, dir, earlier }, { signal, onProgress });
    return this.runner.separate(song, settings, {
      signal,
      keep: settings.twoStem === undefined ? settings.stems : undefined,
      onStems: (stems) => {
        const planned = stems.map((stem) => ({ ...stem, id: stem.name, kind: 'stem' as const, peak: 0 }));
        session.replace({ tracks: [tracks[0], ...planned], growing: true, empty: goneTracks(session) });
      },
      onFinished: (frames) => session.replace({ running: frames }),
      onProgress,
    });
  }

  /** Gives a session stems that are there already, and those of before that can be brought back. */
  restore(session: Session, set: StemSet, earlier: readonly StemSet[]): void {
    const { id, stems, separation, settings } = set;
    const { tracks, version } = session.state;
    session.replace({
      ...{ stemsId: id, stems, earlier, tracks: [tracks[0], ...stems], empty: goneTracks(session) },
      ...{ separation, settings, growing: false, running: null, job: null, version: version + 1 },
    });
    // The page sends its edits again: they outlive the stems they were made on.
    session.edits.rebase(stems);
  }

  /** Makes the stems those of these edits. Throws typed errors; then the stems are as they were. */
  edit(id: string, edits: readonly StemEdit[], options: ApplyOptions = {}): Promise<EditReport> {
    const session = this.get(id);
    return session.job(options.signal, (signal) =>
      session.line.change(async () => {
        session.refuseWhileRunning('Edit it when the separation is done.');
        const result = await session.edits.apply(edits, { ...options, signal });
        return this.adopt(session, result, result.skipped);
      }, signal),
    );
  }

  /**
   * Makes the stems as clean or full as these values say, first around frame `at`. A newer call ends an older one,
   * which rejects with `cancelled`. Throws typed errors.
   */
  shape(id: string, task: ShapingTask, publish: (event: ShapeEvent) => void): Promise<EditReport> {
    const session = this.get(id);
    const signal = session.newestShape();
    return session.job(signal, (both) =>
      session.line.change(async () => {
        session.refuseWhileRunning('Change it when the separation is done.');
        const result = await session.edits.shape(task, {
          signal: both,
          onWritten: ({ range, tracks: written }) => {
            // Whoever asks for samples from now on gets the new ones.
            const refs = new Map(written.map(({ name, ref }) => [name, ref]));
            const tracks = session.state.tracks.map((track) =>
              track.kind === 'stem' ? { ...track, ref: refs.get(track.name) ?? track.ref } : track,
            );
            session.replace({ tracks });
            publish({ shaped: id, ...range });
          },
        });
        return this.adopt(session, result, []);
      }, both),
    );
  }

  /** Takes up what the thread of the edits has made. */
  private adopt(session: Session, result: EditResult, skipped: readonly string[]): EditReport {
    const stems = result.tracks.map((track) => ({ ...track, id: track.name, kind: 'stem' as const }));
    const isEmpty = ({ name, peak }: Track): boolean => name === removedTrack && peak === 0;
    const { tracks, edited: before } = session.state;
    const edited = new Map(before);
    for (const track of result.changed.keys()) edited.set(track, (edited.get(track) ?? 0) + 1);
    session.replace({
      tracks: [tracks[0], ...stems.filter((track) => !isEmpty(track))],
      // Without any a page may still show one of other stems.
      empty: stems.some(({ name }) => name === removedTrack) ? stems.filter(isEmpty) : goneTracks(session),
      edited,
    });
    for (const track of result.changed.keys()) this.tiles.forget(`${session.id} ${track}`);
    return { info: this.describe(session), changed: Object.fromEntries(result.changed), skipped };
  }

  /** Runs work that reads the session's tracks as they are now: no edit changes them until it has ended. */
  reading<T>(
    session: Session,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return session.job(signal, (both) =>
      session.line.read(() => session.reading(session.state.tracks, () => work(both)), both),
    );
  }

  /** uint8 `[tileSize][tileSize]`; see the contract. Throws `invalid-argument`, `track-gone`. */
  async tile(request: TileRequest): Promise<Uint8Array> {
    const session = this.get(request.session);
    const track = trackOf(session, request.track);
    const { nFft, hop, window, channels, method, level, column, row, coarse = false } = request;
    const columns = Math.ceil(track.ref.frames / hop / tileSize / 2 ** level);
    if (column >= Math.max(1, columns) || !begun(track.ref)) return new Uint8Array(tileSize * tileSize);
    const { version, edited, running } = session.state;
    const key = `${session.id} ${track.id} ${version}.${edited.get(track.id) ?? 0}.${running ?? 'all'}`;
    // Tiles of stems that have grown since are asked for no more.
    const before = this.growing.get(track.ref.dir);
    if (before !== undefined && before !== key) this.tiles.forget(before);
    if (running === null) this.growing.delete(track.ref.dir);
    else this.growing.set(track.ref.dir, key);
    return session.reading([track], () =>
      this.tiles.tile(
        key,
        track.ref,
        { nFft, hop, window, channels, method },
        { level, column, row, coarse },
      ),
    );
  }

  /** float32 `[channels][count]` in pieces, read as they are taken; the files stay until then. */
  pcm(request: PcmRequest): { readonly bytes: number; readonly pieces: Readable } {
    const session = this.get(request.session);
    const track = shownTrack(session, request);
    const count = Math.min(request.count, maxPcmFrames);
    const ref = begun(track.ref) ? track.ref : { ...track.ref, frames: 0 };
    const pieces = Readable.from(pcmBlocks(ref, request.start, count), {
      objectMode: false,
      highWaterMark: 1,
    });
    addAbortSignal(session.closed, pieces);
    void session.reading([track], () => new Promise<void>((resolve) => pieces.once('close', resolve)));
    return { bytes: 4 * ref.channels * count, pieces };
  }

  /** The same of a stem that is neither cleaner nor fuller. Throws `invalid-argument`. */
  barePcm({ session: id, track, start, count }: PcmRequest): Promise<Float32Array> {
    return this.get(id).edits.bare(track, start, Math.min(count, maxPcmFrames));
  }

  /** float32 `[columns][2]`, or that of each channel. */
  async peaks(request: PeaksRequest): Promise<Float32Array> {
    const session = this.get(request.session);
    const track = trackOf(session, request.track);
    const { columns, split = false } = request;
    if (!begun(track.ref)) return new Float32Array(2 * columns * (split ? track.ref.channels : 1));
    return session.reading([track], () => this.tiles.peaks(track.ref, columns, split));
  }

  /** The file with a song's cover picture; null without one. */
  cover(session: Session): Promise<string | null> {
    return coverFile(session, this.runner.reader);
  }

  /** Makes an export in a folder of the session; the oldest of several goes then, and all go with the session. */
  async exporting<T>(session: Session, make: (dir: string) => Promise<T>): Promise<T> {
    const dir = join(session.song.dir, `export-${newHandle().slice(0, 8)}`);
    let made: T;
    try {
      made = await make(dir);
    } catch (error) {
      session.dropFolders([dir]);
      throw error;
    }
    const dirs = [...(this.exports.get(session.id) ?? []), dir];
    session.dropFolders(dirs.slice(0, -keptExports));
    this.exports.set(session.id, dirs.slice(-keptExports));
    return made;
  }
}

/** Whether a stem in the making has its files yet; before that it is silence. */
function begun(ref: PcmCacheRef): boolean {
  return existsSync(join(ref.dir, '0.f32'));
}
