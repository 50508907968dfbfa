import { resolve } from 'node:path';
import { toUnbraidError } from '../../common/base/errors.js';
import type { Endpoints, EngineEvent } from '../../common/contract/commands.js';
import type { Progress } from '../../common/jobs/progress.js';
import { compare } from '../compare/compare.js';
import { SongRunner, type RunnerOptions } from '../jobs/song-runner.js';
import { compareInSession } from './compare-session.js';
import type { SessionsApi } from './sessions-api.js';

export interface CompareApiOptions {
  readonly runner: () => RunnerOptions;
  readonly publish: (event: EngineEvent) => void;
  readonly sessions: SessionsApi;
  readonly withRunner: <T>(
    job: string,
    work: (runner: SongRunner, signal: AbortSignal) => Promise<T>,
  ) => Promise<T>;
}

/** The part of the contract that compares separators on one clip. */
export function compareEndpoints(options: CompareApiOptions): Pick<Endpoints, 'compare' | 'compareSession'> {
  // Not the host's engine: its processes have other models in their memory.
  const freshRunner = (): SongRunner => {
    const { spawner, cacheDir } = options.runner();
    return new SongRunner({ ...(spawner && { spawner }), ...(cacheDir !== undefined && { cacheDir }) });
  };
  return {
    compareSession: (args) => compareInSession(options.sessions, args, freshRunner),
    compare: ({ job, ...args }) =>
      options.withRunner(job, async (runner, signal) => {
        const input = resolve(args.input);
        const onProgress = (progress: Progress): void =>
          options.publish({
            job,
            index: 0,
            item: { source: input, state: { state: 'separating', progress } },
          });
        const { start, workers } = args;
        const request = {
          ...args,
          ...{ input: runner.names.reach(input), output: resolve(args.output), start, workers },
        };
        try {
          return await compare(runner, request, { signal, onProgress, freshRunner });
        } catch (error) {
          throw toUnbraidError(error, input);
        }
      }),
  };
}
