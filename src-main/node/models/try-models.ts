import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UnbraidError, toUnbraidError, type WireError } from '../../common/base/errors.js';
import { sanitiseName } from '../../common/jobs/naming.js';
import { ProgressMeter } from '../../common/jobs/progress.js';
import { parseSettings, type SeparationSettings } from '../../common/jobs/settings.js';
import { cutOut } from '../audio/cut-out.js';
import { findSeparator } from '../inference/model-store.js';
import { exportMix } from '../jobs/export-mix.js';
import type { PreparedSong, RunOptions, SongRunner } from '../jobs/song-runner.js';
import { makeFolder } from '../files/make-folder.js';

/** Separators also hear the surroundings of the piece, seconds on each side. */
const contextSeconds = 3;

export interface TrialRequest {
  readonly song: Pick<PreparedSong, 'path' | 'decoded'>;
  readonly name: string;
  /** Ids of separators. */
  readonly models: readonly string[];
  /** Seconds of the song. */
  readonly start: number;
  readonly seconds: number;
  readonly device: SeparationSettings['device'];
  /** The files go to `dir/MODEL/STEM.wav`, and the piece itself to `dir/source.wav`; it exists. */
  readonly dir: string;
}

interface WrittenFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

export interface TrialOutcome {
  readonly start: number;
  readonly seconds: number;
  readonly source: WrittenFile;
  readonly models: readonly {
    readonly id: string;
    readonly name: string;
    readonly stems: readonly WrittenFile[];
    /** Seconds of work. */
    readonly seconds: number;
    readonly error: WireError | null;
  }[];
}

/**
 * Separates a piece of a song with several separators, one after the other, and writes what each gives as float WAV
 * files. One that fails says why and does not stop the others. Throws `invalid-argument` when nothing of the piece lies
 * in the song, `model-not-found` before any work, and `cancelled`.
 */
export async function tryModels(
  runner: SongRunner,
  request: TrialRequest,
  options: RunOptions = {},
): Promise<TrialOutcome> {
  const { song, models, dir } = request;
  const { ref } = song.decoded;
  const separators = models.map((id) => findSeparator(id));
  const rate = ref.sampleRate;
  const first = Math.round(request.start * rate);
  const count = Math.min(Math.round(request.seconds * rate), ref.frames - first);
  if (count < 1) throw new UnbraidError('invalid-argument', 'The piece lies outside the song');
  const from = Math.max(0, first - Math.round(contextSeconds * rate));
  const work = join(dir, '.work');
  const piece = cutOut(
    ref,
    { start: from, count: first - from + count + Math.round(contextSeconds * rate) },
    join(work, 'piece'),
  );
  const range = { start: first - from, count };
  const write = async (cache: typeof ref, stem: string, folder: string, i: number): Promise<WrittenFile> => {
    makeFolder(folder);
    const name = `${sanitiseName(stem)}.wav`;
    const cut = cutOut(cache, range, join(work, `cut-${i}`));
    const { decoded, path } = song;
    const written = await exportMix(
      runner.writer,
      {
        ...{
          stems: [{ name: stem, peak: 0, ref: cut }],
          mixer: {},
          info: { ...decoded.info, hasCover: false },
        },
        ...{ coverFrom: path, name: request.name, label: stem, settings: { depth: '32f' }, format: 'wav' },
        ...{ path: join(folder, name), cacheDir: join(work, `mix-${i}`), seed: 1 },
      },
      options.signal ? { signal: options.signal } : {},
    );
    for (const used of [`cut-${i}`, `mix-${i}`]) rmSync(join(work, used), { recursive: true, force: true });
    return { name: stem, path: join(folder, name), bytes: written.bytes };
  };
  try {
    const source = await write(piece, 'source', dir, 0);
    const tried: TrialOutcome['models'][number][] = [];
    const all = separators.length * request.seconds;
    const meter = new ProgressMeter(() => performance.now() / 1000);
    for (const [at, { id, name }] of separators.entries()) {
      const onProgress: RunOptions['onProgress'] = (news) => {
        const share = news.phase === 'separate' && news.total > 0 ? news.done / news.total : 0;
        if (news.phase === 'wait') options.onProgress?.(news);
        else options.onProgress?.(meter.update('separate', (at + share) * request.seconds, all));
      };
      const began = performance.now();
      const seconds = (): number => (performance.now() - began) / 1000;
      const own = join(work, `model-${tried.length}`);
      makeFolder(own);
      try {
        const settings = parseSettings({ model: id, device: request.device });
        const decoded = { ...song.decoded, ref: piece };
        const separated = await runner.separate({ path: song.path, decoded, dir: own }, settings, {
          ...options,
          onProgress,
        });
        const took = seconds();
        const stems = [];
        for (const [i, stem] of separated.stems.entries())
          stems.push(await write(stem.ref, stem.name, join(dir, id), i));
        tried.push({ id, name, stems, seconds: took, error: null });
      } catch (thrown) {
        const error = toUnbraidError(thrown);
        if (error.code === 'cancelled') throw error;
        tried.push({ id, name, stems: [], seconds: seconds(), error: error.toWire() });
      } finally {
        rmSync(own, { recursive: true, force: true });
      }
    }
    return { start: first / rate, seconds: count / rate, source, models: tried };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Throws `output-exists` when a trial would write over something. */
export function checkTrialFolder(dir: string, models: readonly string[]): void {
  for (const name of [...models, 'source.wav']) {
    if (!statSync(join(dir, name), { throwIfNoEntry: false })) continue;
    throw new UnbraidError('output-exists', 'The folder has a trial already', {
      file: join(dir, name),
      hint: 'Choose another folder, or delete it.',
    });
  }
}
