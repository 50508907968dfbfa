import { join } from 'node:path';
import { check } from '../../common/base/errors.js';
import { planStems } from '../../common/separation/conservation.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import { cutOut } from '../audio/cut-out.js';
import { removeCache, type PcmCacheRef } from '../audio/pcm-cache.js';
import { infoOf } from '../inference/model-store.js';
import type { SeparatedSong } from '../inference/separation.js';
import { usedSeparator, type PreparedSong, type RunOptions, type SongRunner } from '../jobs/song-runner.js';
import { spliceStems } from './splice-stems.js';

/** The separator also hears the surroundings of a part, seconds on each side. */
const contextSeconds = 3;

export interface PartRequest {
  readonly song: Pick<PreparedSong, 'path' | 'decoded'>;
  /** The song's stems so far; undefined when it has not been separated. */
  readonly earlier: readonly { readonly name: string; readonly ref: PcmCacheRef }[];
  readonly range: { readonly start: number; readonly count: number };
  readonly settings: SeparationSettings;
  /** A folder for this run; the stems stay in it. */
  readonly dir: string;
}

/** The frames that a separator hears for a part of a song; they may end after the song. */
export function heardPart(
  { sampleRate }: PcmCacheRef,
  range: PartRequest['range'],
): { readonly start: number; readonly count: number } {
  const context = Math.round(contextSeconds * sampleRate);
  const start = Math.max(0, range.start - context);
  return { start, count: range.start - start + range.count + context };
}

/**
 * Separates only a part of a song. Outside of it the stems stay what they were, sample by sample; without earlier
 * ones everything outside lies in the stem that takes the residual. Throws typed errors.
 */
export async function separatePart(
  runner: SongRunner,
  { song, earlier, range, settings, dir }: PartRequest,
  options: RunOptions,
): Promise<SeparatedSong> {
  const { ref } = song.decoded;
  check(range.start < ref.frames, 'The selection lies outside the song');
  const count = Math.min(range.count, ref.frames - range.start);
  const heard = heardPart(ref, { start: range.start, count });
  const { start } = heard;
  const piece = cutOut(ref, heard, join(dir, 'piece'));
  const separated = await runner.separate(
    { path: song.path, decoded: { ...song.decoded, ref: piece }, dir },
    settings,
    { ...options, keep: settings.stems },
  );
  const stems = await spliceStems(
    {
      source: ref,
      earlier: earlier.length > 0 ? earlier : [{ name: restName(settings), ref }],
      fresh: separated.stems,
      freshStart: start,
      range: { start: range.start, count },
      dir: join(dir, 'spliced'),
    },
    options.signal,
  );
  for (const cache of [piece, ...separated.stems.map((stem) => stem.ref)]) removeCache(cache);
  return { ...separated, ...stems };
}

/** The stem that takes what no other takes. */
function restName(settings: SeparationSettings): string {
  const { twoStem, stems, residual } = settings;
  const info = infoOf(usedSeparator(settings), {});
  const keep = twoStem === undefined ? stems : [twoStem];
  const plan = planStems(info.stems, info.residualStem, residual, keep);
  return plan.kept === null ? info.residualStem : plan.names.at(-1)!;
}
