import { statSync } from 'node:fs';
import { join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import { withoutSums } from '../../common/jobs/comparison.js';
import { cutOut } from '../audio/cut-out.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import type { DecodeResult } from '../audio/types.js';
import { mixStems } from '../jobs/mix.js';
import { songName, type RunOptions, type SongRunner } from '../jobs/song-runner.js';
import { decodeStems, oneSongIn, type SongFiles } from '../jobs/stem-folders.js';

/** Separators also hear the surroundings of the clip, seconds on each side. */
const contextSeconds = 3;

/** The piece of a song that systems are compared on. */
export interface Clip {
  readonly name: string;
  /** The song, or the folder of its true stems. */
  readonly path: string;
  /** What separators hear: the clip with its surroundings; the clip is its frames `range`. */
  readonly heard: DecodeResult;
  readonly range: { readonly start: number; readonly count: number };
  /** Seconds of the song, and the frame that is. */
  readonly start: number;
  readonly first: number;
  /** Of what the clip was cut out of. */
  readonly whole: Pick<PcmCacheRef, 'sampleRate' | 'channels' | 'frames'>;
  /** The clip alone. */
  readonly mixture: PcmCacheRef;
  /** Its true stems, by name; empty for a song. */
  readonly truth: ReadonlyMap<string, PcmCacheRef>;
}

export interface ClipRequest {
  readonly input: string;
  /** Where the clip begins, seconds; from the middle of the song when left out. */
  readonly start: number | undefined;
  readonly seconds: number;
  /** For the caches; the caller deletes it. */
  readonly dir: string;
}

interface Whole extends Pick<Clip, 'name'> {
  readonly mixture: DecodeResult;
  readonly truth: ReadonlyMap<string, PcmCacheRef>;
}

/**
 * Reads a song, or the true stems in a folder or a stem file, and cuts out the clip. Throws typed errors that name the file.
 */
export async function readClip(runner: SongRunner, request: ClipRequest, options: RunOptions): Promise<Clip> {
  const { input, dir } = request;
  const stat = statSync(input, { throwIfNoEntry: false });
  if (!stat) throw new UnbraidError('file-not-found', 'The file or folder does not exist', { file: input });
  const stems = stat.isDirectory() ? oneSongIn(input) : await fileStems(runner, input, options);
  const whole = await (stems
    ? readStems(runner, stems, join(dir, 'whole'), options)
    : readSong(runner, input, options));
  const { ref } = whole.mixture;
  const { frames, sampleRate: rate } = ref;
  const wanted = Math.min(frames, Math.round(request.seconds * rate));
  const first = Math.round(request.start === undefined ? (frames - wanted) / 2 : request.start * rate);
  const count = Math.min(wanted, frames - first);
  if (count < 1)
    throw new UnbraidError('invalid-argument', 'The clip lies outside the song', { file: input });
  const context = Math.round(contextSeconds * rate);
  const from = Math.max(0, first - context);
  const cut = (from: PcmCacheRef, name: string): PcmCacheRef =>
    cutOut(from, { start: first, count }, join(dir, name));
  const around = { start: from, count: first - from + count + context };
  return {
    ...{ name: whole.name, path: input },
    heard: { ...whole.mixture, ref: cutOut(ref, around, join(dir, 'piece')) },
    range: { start: first - from, count },
    ...{ start: first / rate, first, whole: ref },
    mixture: cut(ref, 'mixture'),
    truth: new Map([...whole.truth].map(([name, stem], s) => [name, cut(stem, `true-${s}`)])),
  };
}

async function readSong(runner: SongRunner, path: string, options: RunOptions): Promise<Whole> {
  const { decoded } = await runner.prepare(path, {}, options);
  return { name: songName(path), mixture: decoded, truth: new Map() };
}

/** The parts of a .stem.mp4; null for any other song. */
async function fileStems(runner: SongRunner, path: string, options: RunOptions): Promise<SongFiles | null> {
  const { stems } = await runner.reader.probe(path, options.signal ? { signal: options.signal } : {});
  if (!stems) return null;
  const named = stems.map(({ name, track }) => [name.toLowerCase(), track] as const);
  return {
    name: songName(path),
    stems: new Map(named.map(([name]) => [name, path])),
    tracks: new Map(named),
  };
}

/** True stems; the song is their sum. */
async function readStems(
  runner: SongRunner,
  song: SongFiles,
  dir: string,
  options: RunOptions,
): Promise<Whole> {
  const names = withoutSums([...song.stems.keys()]);
  const { refs, first } = await decodeStems(runner, song, names, dir, options);
  const stems = names.map((name, s) => ({ name, ref: refs[s], peak: 0 }));
  const { ref } = await mixStems({ stems, mixer: {} }, dir, options.signal);
  const truth = new Map(names.map((name, s) => [name, refs[s]]));
  return { name: song.name, mixture: { ...first, ref }, truth };
}
