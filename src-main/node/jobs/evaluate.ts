import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import type { StemScores } from '../../common/base/scores.js';
import {
  bandWarning,
  medianSong,
  type Baseline,
  type EvaluationReport,
  type SongScores,
} from '../../common/jobs/evaluation.js';
import { ProgressMeter } from '../../common/jobs/progress.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import type { EvaluateTask } from './evaluate-worker.js';
import { scoreInThread } from './score-thread.js';
import type { RunOptions, SongRunner } from './song-runner.js';
import { decodeStems, songsIn, type SongFiles } from './stem-folders.js';
import { makeFolder } from '../files/make-folder.js';

export interface EvaluateRequest {
  /** A folder with the true stems of one song, or with a folder for each song. */
  readonly references: string;
  /** The same with estimates; stems and songs are matched by name. */
  readonly estimates: string | undefined;
  readonly baselines: readonly Baseline[];
}

/** The estimates of a song: by its name, or, of one song against one, whatever they are called. */
function estimatesFor(song: SongFiles, alone: boolean, estimates: readonly SongFiles[]): SongFiles {
  const found = estimates.find(({ name }) => name === song.name);
  if (found) return found;
  if (alone && estimates.length === 1) return estimates[0];
  throw new UnbraidError('file-not-found', `There are no estimates of the song "${song.name}"`, {
    hint: 'Give the folders of the estimates the same names as those of the true stems.',
  });
}

/**
 * museval's habit: stems compete among themselves; where the accompaniment is given beside single stems, it and the
 * vocals compete with each other only.
 */
export function competingGroups(names: readonly string[]): number[][] {
  const all = names.map((_, i) => i);
  const [voice, rest] = [names.indexOf('vocals'), names.indexOf('accompaniment')];
  if (voice < 0 || rest < 0 || names.length === 2) return [all];
  return [all.filter((i) => i !== rest), [voice, rest]];
}

/** Scores estimates and baselines against true stems. Throws typed errors that name the file. */
export async function evaluate(
  runner: SongRunner,
  request: EvaluateRequest,
  options: RunOptions = {},
): Promise<EvaluationReport> {
  const songs = songsIn(request.references);
  const given = request.estimates === undefined ? undefined : songsIn(request.estimates);
  const methods = [...(given ? ['estimates' as const] : []), ...request.baselines];
  const warnings: string[] = [];
  const results = methods.map((method) => ({
    method,
    songs: [] as { name: string; stems: SongScores }[],
  }));
  const meter = new ProgressMeter(() => performance.now() / 1000);
  const total = songs.length * methods.length;
  for (const [i, song] of songs.entries()) {
    const dir = runner.workspace.songDir();
    try {
      const files = given && estimatesFor(song, songs.length === 1, given);
      const names = [...song.stems.keys()].filter((name) => !files || files.stems.has(name));
      if (names.length === 0) {
        throw new UnbraidError('file-not-found', `The song "${song.name}" has no stem in common`, {
          hint: 'Use the same stem names in both folders: vocals, drums, bass, other.',
        });
      }
      const { refs: references } = await decodeStems(runner, song, names, join(dir, 'true'), options);
      const made = files && (await decodeStems(runner, files, names, join(dir, 'made'), options));
      const estimates = made?.refs;
      if (estimates) warnings.push(...checkAlike(references, estimates, song.name));
      for (const [m, result] of results.entries()) {
        const task: EvaluateTask = {
          references,
          method:
            result.method === 'estimates'
              ? { kind: 'estimates', estimates: estimates ?? [] }
              : { kind: result.method },
          groups: competingGroups(names),
          dir: join(dir, `method-${m}`),
        };
        makeFolder(task.dir);
        const done = i * methods.length + m;
        const scores = await scoreInThread(task, options.signal, (fraction) =>
          options.onProgress?.(meter.update('verify', done + fraction, total)),
        );
        const stems = namedScores(names, task.groups, scores);
        result.songs.push({ name: song.name, stems });
        if (m === 0)
          warnings.push(
            ...Object.entries(stems).flatMap(([stem, one]) => bandWarning(stem, one, song.name) ?? []),
          );
      }
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
  return { methods: results.map((result) => ({ ...result, median: medianSong(result.songs) })), warnings };
}

function namedScores(
  names: readonly string[],
  groups: readonly (readonly number[])[],
  scores: readonly (readonly StemScores[])[],
): SongScores {
  const result: Record<string, StemScores> = {};
  // Later groups win: the vocals of the pair with the accompaniment are museval's.
  groups.forEach((group, g) => group.forEach((stem, s) => (result[names[stem]] = scores[g][s])));
  return result;
}

function checkAlike(
  references: readonly PcmCacheRef[],
  estimates: readonly PcmCacheRef[],
  song: string,
): string[] {
  const [[r], [e]] = [references, estimates];
  if (r.sampleRate !== e.sampleRate || r.channels !== e.channels) {
    throw new UnbraidError(
      'invalid-argument',
      `The estimates of "${song}" have ${e.channels} channels at ${e.sampleRate} Hz, the true stems ${r.channels} at ${r.sampleRate} Hz`,
      { hint: 'Export the estimates at the rate and channels of the source.' },
    );
  }
  return r.frames === e.frames
    ? []
    : [`The estimates of "${song}" have ${e.frames} samples, the true stems ${r.frames}`];
}
