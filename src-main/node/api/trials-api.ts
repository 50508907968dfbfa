import { resolve } from 'node:path';
import { toUnbraidError } from '../../common/base/errors.js';
import type { Endpoints } from '../../common/contract/commands.js';
import { checkTrialFolder, tryModels, type TrialOutcome } from '../models/try-models.js';
import { SongRunner, songName, type RunnerOptions } from '../jobs/song-runner.js';
import type { SessionsApi } from './sessions-api.js';
import { makeFolder } from '../files/make-folder.js';

export interface TrialsOptions {
  readonly runner: RunnerOptions;
  readonly sessions: SessionsApi;
  readonly withJob: <T>(job: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
}

/** The part of the contract that lets people hear models side by side. */
export class TrialsApi {
  constructor(private readonly options: TrialsOptions) {}

  readonly endpoints: Pick<Endpoints, 'modelTry' | 'modelTryPath'> = {
    modelTry: async (args) => {
      const { sessions } = this.options;
      let trial: TrialOutcome | undefined;
      const { files } = await sessions.makeFiles(args, async ({ song, name }, dir, options) => {
        makeFolder(dir);
        trial = await tryModels(sessions.songRunner, { ...args, song, name, dir, device: 'auto' }, options);
        return {
          files: [trial.source, ...trial.models.flatMap(({ stems }) => stems)],
          ...{ gainDb: 0, writtenNullDb: null, warnings: [] },
        };
      });
      // The handles come in the order of the files.
      const downloads = files.map(({ download }) => download);
      return answer(trial!, () => downloads.shift()!);
    },
    modelTryPath: async ({ job, source, output, models, start, seconds }) => {
      const dir = resolve(output);
      return this.options.withJob(job, async (signal) => {
        const runner = new SongRunner(this.options.runner);
        try {
          checkTrialFolder(dir, models);
          makeFolder(dir);
          const path = runner.names.reach(resolve(source));
          const song = await runner.prepare(path, {}, { signal });
          const request = {
            song,
            name: songName(path),
            models,
            start,
            seconds,
            dir,
            device: 'auto',
          } as const;
          return answer(await tryModels(runner, request, { signal }), ({ path: file }) => file);
        } catch (error) {
          throw toUnbraidError(error);
        } finally {
          await runner.dispose();
        }
      });
    },
  };
}

type File = TrialOutcome['source'];

/** The outcome with what leads to its files, asked for in their order. */
function answer(
  { start, seconds, source, models }: TrialOutcome,
  link: (file: File) => string,
): Awaited<ReturnType<Endpoints['modelTry']>> {
  return {
    ...{ start, seconds, source: link(source) },
    models: models.map((model) => ({
      ...model,
      stems: model.stems.map((stem) => ({ name: stem.name, download: link(stem) })),
    })),
  };
}
