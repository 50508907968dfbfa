import { basename, resolve } from 'node:path';
import type { Endpoints } from '../../common/contract/commands.js';
import type { RecognitionCommandResults } from '../../common/contract/recognition.js';
import { addModel, recogniseFiles, type ModelSource } from '../inference/add-model.js';
import { listSeparators } from '../inference/model-store.js';
import type { SeparationEngine } from '../inference/separation-engine.js';
import { userModelFolder } from '../state/model-settings.js';
import type { SessionsApi } from './sessions-api.js';

interface RecognitionOptions {
  readonly engine: SeparationEngine;
  readonly sessions: Pick<SessionsApi, 'uploads'>;
  readonly withJob: <T>(job: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
}

/** The part of the contract about model files of anybody: what they are, and taking them in. */
export class RecognitionApi {
  readonly endpoints: Pick<Endpoints, keyof RecognitionCommandResults> = {
    recogniseModel: async ({ uploads, answers }) => {
      const sources = this.sourcesOf(uploads);
      const { recognised } = await recogniseFiles({ sources, answers, ids: takenIds() });
      if (recognised.state === 'questions') return recognised;
      return { state: 'ready', model: recognised.model };
    },
    addModel: async ({ job, uploads, answers }) => {
      const sources = this.sourcesOf(uploads);
      const { release } = this.options.sessions.uploads.holdAll(uploads);
      const added = await this.options
        .withJob(job, (signal) => this.add(sources, answers, signal))
        .finally(() => release('keep'));
      if (added.state === 'added') this.drop(uploads);
      return added;
    },
    dropModelUploads: ({ uploads }) => {
      this.drop(uploads);
      return Promise.resolve(null);
    },
    addModelPaths: ({ job, paths, answers }) => {
      const sources = paths.map((path) => ({ path: resolve(path), name: basename(path) }));
      return this.options.withJob(job, (signal) => this.add(sources, answers, signal, true));
    },
  };

  /** The sources of uploads; the same objects as long as the uploads are here, so that they are read once. */
  private readonly known = new Map<string, ModelSource>();

  constructor(private readonly options: RecognitionOptions) {}

  private sourcesOf(uploads: readonly string[]): readonly ModelSource[] {
    return uploads.map((upload) => {
      const { path, name } = this.options.sessions.uploads.get(upload);
      const source = this.known.get(upload) ?? { path, name };
      this.known.set(upload, source);
      return source;
    });
  }

  private drop(uploads: readonly string[]): void {
    for (const upload of uploads) {
      this.known.delete(upload);
      this.options.sessions.uploads.discard(upload);
    }
  }

  private add(
    sources: readonly ModelSource[],
    answers: Readonly<Record<string, string>>,
    signal: AbortSignal,
    beside = false,
  ): ReturnType<typeof addModel> {
    const { engine } = this.options;
    return addModel({ sources, answers, ids: takenIds(), beside, folder: userModelFolder(), engine, signal });
  }
}

function takenIds(): ReadonlySet<string> {
  return new Set(listSeparators().separators.map(({ id }) => id));
}
