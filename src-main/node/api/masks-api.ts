import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { Endpoints, EngineEvent } from '../../common/contract/commands.js';
import type { MaskCommandResults } from '../../common/contract/masks.js';
import type { Progress } from '../../common/jobs/progress.js';
import type { SongRunner } from '../jobs/song-runner.js';
import { findBeatsOf } from '../session/session-beats.js';
import { exportMask, exportStemMasks, importMask } from '../session/session-masks.js';
import {
  exportSelection,
  findBleed,
  findSimilar,
  pickMask,
  renderSelection,
} from '../session/session-selection.js';
import type { Session } from '../session/session.js';
import type { SessionStore } from '../session/session-store.js';
import type { MakeFiles } from '../session/session-export.js';
import type { HeldUpload, Uploads } from './uploads.js';

export interface MasksOptions {
  readonly store: () => SessionStore;
  readonly runner: () => SongRunner;
  readonly publish: (event: EngineEvent) => void;
  readonly uploads: () => Uploads;
  readonly withJob: <T>(job: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  readonly makeFiles: MakeFiles;
}

/** The part of the contract that deals with painted selections, and with what else is found in the sound. */
export class MasksApi {
  constructor(private readonly options: MasksOptions) {}

  readonly endpoints: Pick<Endpoints, keyof MaskCommandResults> = {
    pickMask: ({ job, session: id, ...request }) =>
      this.reading(job, id, async (session, signal) => ({
        mask: session.edits.addMask(await pickMask(session, request, signal)),
      })),
    findBeats: ({ job, session: id }) => {
      const session = this.options.store().get(id);
      return this.options.withJob(job, (signal) =>
        findBeatsOf(session, { signal, onProgress: this.progressOf(job, session) }),
      );
    },
    findSimilar: ({ job, session: id, ...request }) =>
      this.reading(job, id, async (session, signal) => ({
        places: await findSimilar(session, request, signal),
      })),
    findBleed: ({ job, session: id, ...request }) =>
      this.reading(job, id, async (session, signal) => ({
        parts: await findBleed(session, request, signal),
      })),
    renderSelection: ({ job, session: id, ...request }) =>
      this.reading(job, id, (session, signal) => renderSelection(session, request, signal)),
    exportSelection: ({ job, session, ...request }) =>
      this.options.makeFiles({ job, session }, (open, dir, options) =>
        exportSelection(this.options.runner(), open, request, dir, options),
      ),
    exportMask: ({ job, session, ...request }) =>
      this.options.makeFiles({ job, session }, (open, dir, options) =>
        exportMask(open, request, dir, options),
      ),
    exportStemMasks: ({ job, session }) => this.options.makeFiles({ job, session }, exportStemMasks),
    importMask: ({ job, session: id, upload, side }) =>
      this.reading(job, id, async (session, signal) => {
        const uploads = this.options.uploads();
        const { file, release } = uploads.hold(upload);
        let besides: HeldUpload | null = null;
        try {
          besides = side === undefined ? null : uploads.hold(side);
          const beside = besides?.file.path ?? null;
          const mask = await importMask(
            session,
            { path: file.path, side: beside },
            { signal, onProgress: this.progressOf(job, session) },
          );
          return { mask: session.edits.addMask(mask) };
        } catch (error) {
          const { code, message, hint } = toUnbraidError(error);
          throw new UnbraidError(code, message, { file: file.name, hint });
        } finally {
          release();
          besides?.release();
        }
      }),
  };

  /** A job that reads the tracks of a song. */
  private reading<T>(
    job: string,
    id: string,
    work: (session: Session, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { store, withJob } = this.options;
    const session = store().get(id);
    return withJob(job, (jobSignal) =>
      store().reading(session, jobSignal, (signal) => work(session, signal)),
    );
  }

  /** Sends the progress of a job of a song to the page. */
  private progressOf(job: string, session: Session): (progress: Progress) => void {
    const doneFrames = session.song.decoded.ref.frames;
    return (progress) => this.options.publish({ session: session.id, job, progress, doneFrames });
  }
}
