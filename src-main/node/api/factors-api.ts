import { join, resolve } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { CommandArgs, Endpoints } from '../../common/contract/commands.js';
import type { FactorsCommandResults, SessionFactors } from '../../common/contract/factors.js';
import { factorCurves } from '../../common/separation/classic/factor-curves.js';
import { cutOut } from '../audio/cut-out.js';
import { removeCache } from '../audio/pcm-cache.js';
import { newHandle } from '../files/handle.js';
import type { FactorsPiece } from '../inference/factors-worker.js';
import { findFactors } from '../inference/find-factors.js';
import { sortedComponents, writeFactors } from '../jobs/factors-file.js';
import type { SongRunner } from '../jobs/song-runner.js';
import { heardPart } from '../session/separate-part.js';
import type { Session } from '../session/session.js';
import type { SessionsApi } from './sessions-api.js';

export interface FactorsApiOptions {
  readonly sessions: Pick<SessionsApi, 'store'>;
  readonly withJob: <T>(job: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  readonly withRunner: <T>(
    job: string,
    work: (runner: SongRunner, signal: AbortSignal) => Promise<T>,
  ) => Promise<T>;
}

/** The part of the contract that shows what factorizations have found. */
export function factorsEndpoints(options: FactorsApiOptions): Pick<Endpoints, keyof FactorsCommandResults> {
  return {
    factors: ({ job, source, output, settings }) =>
      options.withRunner(job, (runner, signal) => {
        const request = { source: runner.names.reach(resolve(source)), output: resolve(output), settings };
        return writeFactors(runner, request, { signal });
      }),
    sessionFactors: ({ job, session: id, at }: CommandArgs<'sessionFactors'>) => {
      const session = options.sessions.store.get(id);
      return options.withJob(job, (jobSignal) =>
        session.job(jobSignal, (signal) => factorsOf(session, at, signal)),
      );
    },
  };
}

/** The factors behind the stems of a song around a second of it. Throws `invalid-argument` where there are none. */
async function factorsOf(session: Session, at: number, signal: AbortSignal): Promise<SessionFactors> {
  const { settings, separation } = session.state;
  if (!settings || !separation)
    throw new UnbraidError('invalid-argument', 'This song has no stems', { hint: 'Separate it first.' });
  const { ref, info } = session.song.decoded;
  const part = separation.range ? heardPart(ref, separation.range) : null;
  const dir = join(session.song.dir, `factors-${newHandle().slice(0, 8)}`);
  // A part was heard as a song that begins there.
  const source = part ? cutOut(ref, part, dir) : ref;
  const begin = (part?.start ?? 0) / ref.sampleRate;
  try {
    const found: FactorsPiece[] = [];
    const { model, overlap } = settings;
    await findFactors(
      { model, source, channelLayout: info.channelLayout, at: Math.max(0, at - begin), overlap },
      (piece) => found.push(piece),
      signal,
    );
    return describe(model, found[0], begin);
  } catch (error) {
    throw toUnbraidError(error, session.name);
  } finally {
    if (part) removeCache(source);
  }
}

function describe(model: string, piece: FactorsPiece, begin: number): SessionFactors {
  const { hertz, seconds, spectra, gains } = factorCurves(piece, piece);
  return {
    model,
    ...{ from: begin + piece.from, to: begin + piece.to, piece: piece.index, pieces: piece.count },
    hertz,
    seconds: seconds.map((second) => begin + piece.start + second),
    components: sortedComponents(piece).map((k) => ({
      stem: piece.stemNames[piece.stems[k]],
      spectrum: spectra[k],
      gains: gains[k],
    })),
  };
}
