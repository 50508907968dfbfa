import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { Scope, type Disposable } from '../../common/base/disposal.js';
import { UnbraidError } from '../../common/base/errors.js';
import { Line } from '../../common/base/line.js';
import type { RunningSeparation } from '../../common/contract/project.js';
import type { EarlierStems, PcmRequest, SeparationInfo, TrackInfo } from '../../common/contract/session.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import { removedTrack } from '../../common/separation/edits/edit.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import type { AudioInfo } from '../audio/types.js';
import { SessionEdits } from '../edits/session-edits.js';
import { newHandle } from '../files/handle.js';
import { Leases } from '../files/leases.js';
import type { PreparedSong } from '../jobs/song-runner.js';

/** A track with its audio. */
export interface Track extends TrackInfo {
  readonly ref: PcmCacheRef;
}

/** The stems of one separation, before their edits. */
export interface StemSet {
  readonly id: string;
  readonly stems: readonly Track[];
  readonly separation: SeparationInfo;
  readonly settings: SeparationSettings;
}

/** All that can change of an open song: a value, replaced as a whole (S2). */
export interface SessionState {
  /** The source, then the stems as their edits make them. */
  readonly tracks: readonly Track[];
  /** The stems as they were separated. */
  readonly stems: readonly Track[];
  /** The id of that set; null before the first separation. */
  readonly stemsId: string | null;
  /** Sets that other ones have replaced, the newest first: they can be brought back. */
  readonly earlier: readonly StemSet[];
  /** A track for what edits took away, while it is empty: not listed, but silent for a page that still asks. */
  readonly empty: readonly Track[];
  /** A selection that was rendered to be listened to: not listed, found by its id, which is a handle. */
  readonly heard: Track | null;
  readonly separation: SeparationInfo | null;
  /** What the stems were separated with; null before that. */
  readonly settings: SeparationSettings | null;
  /** Frames whose stems can be read, while a separation runs; null otherwise. */
  readonly running: number | null;
  /** The stems among the tracks are those that are being made. */
  readonly growing: boolean;
  /** The job of that separation. */
  readonly job: string | null;
  /** Changes with the stems, so that tiles of old ones are not taken for new ones. */
  readonly version: number;
  /** The same for each track's edits. */
  readonly edited: ReadonlyMap<string, number>;
}

/** An open song on the main side; see SPEC.md for who may do what to it. */
export class Session implements Disposable {
  readonly id = newHandle();
  readonly info: AudioInfo;
  /** Edits are its changes; whatever reads edited stems for longer than a call is its reader (S3). */
  readonly line = new Line();
  readonly edits: SessionEdits;
  /** Gone with the session. */
  readonly scope = new Scope();
  private readonly leases = new Leases();
  private readonly end = new AbortController();
  private readonly works = new Set<Promise<unknown>>();
  private value: SessionState;
  private shaping = new AbortController();

  constructor(
    private prepared: PreparedSong,
    readonly name: string,
    /** The file's own name, with its ending. */
    readonly fileName: string,
  ) {
    // Every answer that is being sent listens to it.
    setMaxListeners(0, this.end.signal);
    const { dir, decoded } = prepared;
    const { ref, peak, info } = decoded;
    this.info = info;
    this.edits = new SessionEdits(join(dir, 'edits'), (dir) => this.leases.remove([dir]));
    this.value = {
      ...{ stems: [], empty: [], heard: null, separation: null, settings: null, running: null, version: 0 },
      ...{ job: null, growing: false, stemsId: null, earlier: [] },
      tracks: [{ id: 'source', name: 'source', kind: 'source', peak, ref }],
      edited: new Map(),
    };
  }

  get state(): SessionState {
    return this.value;
  }

  get song(): PreparedSong {
    return this.prepared;
  }

  /** The file of the song has another place; its content is the same. */
  moveSource(path: string): void {
    this.prepared = { ...this.prepared, path };
  }

  /** Aborted when the session is closed: no job works for it after that (S6). */
  get closed(): AbortSignal {
    return this.end.signal;
  }

  /** Ends the work for earlier values of clean and full; the signal of the newest ones. */
  newestShape(): AbortSignal {
    this.shaping.abort();
    this.shaping = new AbortController();
    return this.shaping.signal;
  }

  replace(change: Partial<SessionState>): void {
    this.value = Object.freeze({ ...this.value, ...change });
  }

  /** Throws `invalid-argument` while a separation runs: stems that are still being made cannot be used. */
  refuseWhileRunning(hint: string): void {
    if (this.value.running === null) return;
    throw new UnbraidError('invalid-argument', 'This song is being separated', { hint });
  }

  /** Runs work that reads these tracks: their files stay until it has ended, whatever replaces the tracks (S4). */
  async reading<T>(tracks: readonly Pick<Track, 'ref'>[], work: () => T | Promise<T>): Promise<T> {
    const dirs = tracks.flatMap(({ ref }) => [ref.dir, ...(ref.under === undefined ? [] : [ref.under])]);
    const lease = this.leases.hold([...new Set(dirs)]);
    try {
      return await work();
    } finally {
      await lease.dispose();
    }
  }

  /** Runs a job of this session, which ends with it: `signal` is that of the job and of the session. */
  async job<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.closed.aborted) throw notOpen();
    const both = AbortSignal.any([this.closed, ...(signal ? [signal] : [])]);
    const running = work(both);
    this.works.add(running);
    try {
      return await running;
    } finally {
      this.works.delete(running);
    }
  }

  /** Removes folders that nothing refers to any more, when nobody reads them (S5). */
  dropFolders(dirs: readonly string[]): void {
    this.leases.remove(dirs);
  }

  /** Runs work in a folder that must outlast it, though it may be dropped meanwhile. */
  holding<T>(dir: string, work: () => Promise<T>): Promise<T> {
    const lease = this.leases.hold([dir]);
    return work().finally(() => lease.dispose());
  }

  /** Ends all its jobs, then deletes what it holds. */
  async dispose(): Promise<void> {
    this.end.abort();
    this.edits.stop();
    await Promise.allSettled(this.works);
    await this.scope.dispose();
    this.edits.dispose();
    await this.song.dispose();
  }
}

/** A set of stems that were just separated, or read: then `id` is what they were called before. */
export function newSet(
  stems: readonly Omit<Track, 'id' | 'kind'>[],
  separation: SeparationInfo,
  settings: SeparationSettings,
  id = newHandle(),
): StemSet {
  const tracks = stems.map((stem) => ({ ...stem, id: stem.name, kind: 'stem' as const }));
  return { id, stems: tracks, separation, settings };
}

/** Stems as a page knows them. */
export function describeSet({ id, stems, separation, settings }: StemSet): EarlierStems {
  const bytes = stems.reduce((sum, { ref }) => sum + 4 * ref.channels * ref.frames, 0);
  return { id, separation, settings, bytes, stems: stems.map(({ name }) => name) };
}

/** What edits took away from stems that are replaced: silent for a page that still shows it (its folder never exists). */
export function goneTracks({ state: { tracks, empty }, song }: Session): readonly Track[] {
  const gone = [...tracks, ...empty].find(isRemoved);
  return gone ? [silent(gone, song)] : [];
}

function isRemoved({ name, kind }: Track): boolean {
  return kind === 'stem' && name === removedTrack;
}

/** A track without samples: its folder never exists. */
function silent(track: Track, { dir }: PreparedSong): Track {
  const { channels, sampleRate, frames } = track.ref;
  return { ...track, peak: 0, ref: { dir: join(dir, 'gone'), channels, sampleRate, frames } };
}

/** The stems a song has and had: the ones in use, then earlier ones, the newest first. */
export function stemSets({
  stemsId: id,
  stems,
  separation,
  settings,
  earlier,
}: SessionState): readonly StemSet[] {
  return id === null || separation === null || settings === null
    ? earlier
    : [{ id, stems, separation, settings }, ...earlier];
}

/** The separation that runs in a session. */
export function runningIn({ state }: Session): RunningSeparation | null {
  const { running, job } = state;
  return running === null || job === null ? null : { job, doneFrames: running };
}

/** The error for the handle of a closed session. */
export function notOpen(): UnbraidError {
  return new UnbraidError('invalid-argument', 'This song is not open any more', { hint: 'Open it again.' });
}

/** A track of a session, or what is listened to. Throws `track-gone`: a page may not have heard yet what took its place. */
export function trackOf({ state }: Session, id: string): Track {
  const { tracks, empty, earlier } = state;
  // A page that has not heard of the new stems yet asks for the earlier ones.
  const before = earlier.flatMap(({ stems }) => stems);
  const track = [...tracks, ...empty, ...before].find((entry) => entry.id === id);
  if (track) return track;
  if (state.heard?.id === id) return state.heard;
  throw new UnbraidError('track-gone', `The song has no track "${id}"`);
}

/** A track as a page shows it that may not know the newest stems and edits yet (see `PcmRequest`). Throws `track-gone`. */
export function shownTrack(
  session: Session,
  { track: id, stems, removed }: Pick<PcmRequest, 'track' | 'stems' | 'removed'>,
): Track {
  const { state, song } = session;
  const set = stemSets(state).find((one) => one.id === stems);
  // Without a set, or with one that was deleted, what the song has now will do.
  if (!set || (set.id === state.stemsId && !isAhead(state, removed))) return trackOf(session, id);
  if (id === removedTrack) return silent({ ...set.stems[0], id, name: id }, song);
  return set.stems.find((stem) => stem.id === id) ?? trackOf(session, id);
}

/** Whether there are tracks that a page with the same set of stems does not know: new ones, or what was taken away. */
function isAhead({ growing, tracks }: SessionState, removed = true): boolean {
  return growing || (!removed && tracks.some(isRemoved));
}
