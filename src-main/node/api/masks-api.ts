import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { Endpoints, EngineEvent } from '../../common/contract/commands.js';
import type { MaskCommandResults } from '../../common/contract/masks.js';
import type { ExportReport } from '../../common/contract/session.js';
import type { Progress } from '../../common/jobs/progress.js';
import type { RunOptions, SongRunner } from '../jobs/song-runner.js';
import type { ExportOutcome } from '../session/session-export.js';
import { exportMask, exportStemMasks, importMask } from '../session/session-masks.js';
import { exportSelection, pickMask, renderSelection } from '../session/session-selection.js';
import { newHandle } from '../files/handle.js';
import { type Session, type SessionStore } from '../session/session-store.js';
import type { HandledFile } from './handles.js';

export interface MasksOptions {
  readonly store: () => SessionStore;
  readonly runner: () => SongRunner;
  readonly publish: (event: EngineEvent) => void;
  readonly upload: (handle: string) => HandledFile;
  readonly dropUpload: (handle: string) => void;
  readonly offer: (handle: string, file: HandledFile) => void;
  readonly withJob: <T>(job: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
}

/** The part of the contract that deals with painted selections. */
export class MasksApi {
  constructor(private readonly options: MasksOptions) {}

  readonly endpoints: Pick<Endpoints, keyof MaskCommandResults> = {
    pickMask: ({ job, session: id, ...request }) =>
      this.options.withJob(job, async (signal) => {
        const session = this.options.store().get(id);
        return { mask: session.edits.addMask(await pickMask(session, request, signal)) };
      }),
    renderSelection: ({ job, session: id, ...request }) =>
      this.options.withJob(job, (signal) => renderSelection(this.options.store().get(id), request, signal)),
    exportSelection: ({ job, session, ...request }) =>
      this.files(job, session, (open, dir, options) =>
        exportSelection(this.options.runner(), open, request, dir, options),
      ),
    exportMask: ({ job, session, ...request }) =>
      this.files(job, session, (open, dir, options) => exportMask(open, request, dir, options)),
    exportStemMasks: ({ job, session }) => this.files(job, session, exportStemMasks),
    importMask: ({ job, session: id, upload, side }) =>
      this.options.withJob(job, async (signal) => {
        const { store, upload: fileOf, dropUpload } = this.options;
        const session = store().get(id);
        const file = fileOf(upload);
        try {
          const beside = side === undefined ? null : fileOf(side).path;
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
          dropUpload(upload);
          if (side !== undefined) dropUpload(side);
        }
      }),
  };

  /** Makes files in a folder of the session, and hands out handles for them. */
  private async files(
    job: string,
    id: string,
    make: (session: Session, dir: string, options: RunOptions) => Promise<ExportOutcome>,
  ): Promise<ExportReport> {
    const { store, withJob, offer } = this.options;
    const session = store().get(id);
    const onProgress = this.progressOf(job, session);
    const outcome = await withJob(job, (signal) =>
      make(session, store().exportDir(session), { signal, onProgress }),
    );
    const files = outcome.files.map(({ name, path, bytes }) => {
      const download = newHandle();
      offer(download, { path, name });
      return { name, bytes, download };
    });
    return { ...outcome, files };
  }

  /** Sends the progress of a job of a song to the page. */
  private progressOf(job: string, session: Session): (progress: Progress) => void {
    const doneFrames = session.song.decoded.ref.frames;
    return (progress) => this.options.publish({ session: session.id, job, progress, doneFrames });
  }
}
