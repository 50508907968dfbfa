import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { UnbraidError } from '../../common/base/errors.js';
import type { StemScores } from '../../common/base/scores.js';
import {
  medianSong,
  type Baseline,
  type EvaluationReport,
  type SongScores,
} from '../../common/jobs/evaluation.js';
import { ProgressMeter } from '../../common/jobs/progress.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import { builtEntry } from '../process/spawner.js';
import type { EvaluateAnswer, EvaluateTask } from './evaluate-worker.js';
import { fileFilter } from './find-files.js';
import type { RunOptions, SongRunner } from './song-runner.js';
import { stemNameOf } from './stem-sources.js';

export interface EvaluateRequest {
  /** A folder with the true stems of one song, or with a folder for each song. */
  readonly references: string;
  /** The same with estimates; stems and songs are matched by name. */
  readonly estimates: string | undefined;
  readonly baselines: readonly Baseline[];
}

interface SongFiles {
  readonly name: string;
  /** Stem names and files, by stem name in lower case. */
  readonly stems: ReadonlyMap<string, string>;
}

/** `vocals.wav` and `Song [vocals].flac` are the stem vocals; a mixture beside them is not a stem. */
function stemsIn(folder: string): Map<string, string> {
  const accepts = fileFilter({});
  const found = new Map<string, string>();
  for (const file of readdirSync(folder).sort()) {
    const path = join(folder, file);
    if (!accepts(file) || !statSync(path).isFile()) continue;
    const stem = stemNameOf(file).toLowerCase();
    if (stem === 'mixture' || stem === 'mix') continue;
    const known = found.get(stem);
    if (known !== undefined) {
      throw new UnbraidError(
        'invalid-argument',
        `Two files are the stem "${stem}": ${basename(known)} and this`,
        {
          file: path,
          hint: 'Keep one file per stem in the folder of a song.',
        },
      );
    }
    found.set(stem, path);
  }
  return found;
}

function songsIn(folder: string): SongFiles[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UnbraidError('file-not-found', 'The folder does not exist', { file: folder });
  }
  const own = stemsIn(folder);
  if (own.size > 0) return [{ name: basename(folder), stems: own }];
  const songs = readdirSync(folder)
    .sort()
    .filter((name) => statSync(join(folder, name)).isDirectory())
    .map((name) => ({ name, stems: stemsIn(join(folder, name)) }))
    .filter(({ stems }) => stems.size > 0);
  if (songs.length > 0) return songs;
  throw new UnbraidError('file-not-found', 'The folder holds no stems, and no folders of stems', {
    file: folder,
    hint: 'Name the stems vocals.wav, drums.wav …, or Song [vocals].wav.',
  });
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
  const made = request.estimates === undefined ? undefined : songsIn(request.estimates);
  const methods = [...(made ? ['estimates' as const] : []), ...request.baselines];
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
      const files = made && estimatesFor(song, songs.length === 1, made);
      const names = [...song.stems.keys()].filter((name) => !files || files.stems.has(name));
      if (names.length === 0) {
        throw new UnbraidError('file-not-found', `The song "${song.name}" has no stem in common`, {
          hint: 'Use the same stem names in both folders: vocals, drums, bass, other.',
        });
      }
      const references = await decodeAll(runner, song, names, join(dir, 'true'), options);
      const estimates = files && (await decodeAll(runner, files, names, join(dir, 'made'), options));
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
        mkdirSync(task.dir, { recursive: true });
        const done = i * methods.length + m;
        const scores = await inThread(task, options.signal, (fraction) =>
          options.onProgress?.(meter.update('verify', done + fraction, total)),
        );
        const stems = namedScores(names, task.groups, scores);
        result.songs.push({ name: song.name, stems });
        if (m === 0) warnings.push(...bandWarnings(song.name, stems));
      }
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
  return { methods: results.map((result) => ({ ...result, median: medianSong(result.songs) })), warnings };
}

/** Figures that depend on the noise floor of BSSEval, because a true stem has nothing in some band. */
function bandWarnings(song: string, stems: SongScores): string[] {
  return Object.entries(stems).flatMap(([stem, { bandEnds }]) =>
    bandEnds === null
      ? []
      : [
          `The true ${stem} of "${song}" hold nothing above ${(bandEnds / 1000).toFixed(1)} kHz: ISR, SIR and SAR ` +
            'are ill-conditioned there, and rest on a noise floor of 16-bit rounding',
        ],
  );
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

async function decodeAll(
  runner: SongRunner,
  song: SongFiles,
  names: readonly string[],
  dir: string,
  options: RunOptions,
): Promise<PcmCacheRef[]> {
  const refs: PcmCacheRef[] = [];
  for (const [s, name] of names.entries()) {
    const path = song.stems.get(name) ?? '';
    const signal = options.signal ? { signal: options.signal } : {};
    const { ref } = await runner.reader.decode({ path, dir: join(dir, `${s}`) }, signal);
    const [first = ref] = refs;
    if (ref.sampleRate !== first.sampleRate || ref.channels !== first.channels) {
      throw new UnbraidError('invalid-argument', 'The stems of a song differ in rate or channels', {
        file: path,
        hint: `Convert it to ${first.sampleRate} Hz and ${first.channels} channels.`,
      });
    }
    refs.push(ref);
  }
  // One length for all: what a shorter stem lacks is silence.
  const frames = Math.max(...refs.map((ref) => ref.frames));
  return refs.map((ref) => ({ ...ref, frames }));
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

/** Runs a task in a separate thread, which ends when the signal aborts. */
function inThread(
  task: EvaluateTask,
  signal: AbortSignal | undefined,
  onFraction: (fraction: number) => void,
): Promise<StemScores[][]> {
  const worker = new Worker(builtEntry(new URL('./evaluate-worker.js', import.meta.url)), {
    workerData: task,
  });
  return new Promise<StemScores[][]>((resolve, reject) => {
    const stop = (): void => reject(new UnbraidError('cancelled', 'Cancelled'));
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    worker.on('message', (message: EvaluateAnswer) => {
      if ('fraction' in message) onFraction(message.fraction);
      else if ('scores' in message) resolve(message.scores);
      else reject(UnbraidError.fromWire(message.error));
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new UnbraidError('process-died', 'The evaluation thread ended')));
  }).finally(() => worker.terminate());
}
