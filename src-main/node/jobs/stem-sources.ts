import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { StemParents } from '../../common/jobs/stem-pieces.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import type { AudioInfo, DecodeResult } from '../audio/types.js';
import type { ExportStem } from './export-stems.js';
import { songName, type PreparedSong, type RunOptions, type SongRunner } from './song-runner.js';
import { namesHint, stemsIn } from './stem-folders.js';

/** Stems in caches, wherever they came from. */
export interface StemSet {
  readonly name: string;
  readonly stems: readonly ExportStem[];
  /** What a recipe has separated them from. */
  readonly parents?: StemParents | undefined;
  /** Facts of the source (or of the first stem) that outputs take over: rate, depth, tags. */
  readonly info: AudioInfo;
  readonly dir: string;
  readonly warnings: readonly string[];
  readonly provider: string | null;
  dispose(): void | Promise<void>;
}

/** Looks at a song, or the first of its stems, as soon as it is read; throws to go no further. */
export type CheckRead = (song: Pick<PreparedSong, 'path' | 'decoded'>) => void;

/**
 * Stems from a folder of stems made before, from the parts of a .stem.mp4, or by separating a song, which `check` may
 * refuse before that. Throws typed errors that name the file.
 */
export async function loadStems(
  runner: SongRunner,
  path: string,
  settings: SeparationSettings,
  check: CheckRead,
  options: RunOptions = {},
): Promise<StemSet> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new UnbraidError('file-not-found', 'The file or folder does not exist', { file: path });
  const signal = options.signal ? { signal: options.signal } : {};
  if (stat.isDirectory()) return fromFolder(runner, path, check, signal);
  const info = await runner.reader.probe(path, signal);
  if (info.stems) return fromStemFile(runner, path, info, check, signal);
  const song = await runner.prepare(path, settings, options);
  try {
    check(song);
    const separated = await runner.separate(song, settings, options);
    return {
      name: songName(path),
      stems: separated.stems,
      parents: separated.parents,
      info: song.decoded.info,
      dir: song.dir,
      warnings: [...song.decoded.warnings, ...separated.warnings],
      provider: separated.provider,
      dispose: () => song.dispose(),
    };
  } catch (error) {
    await song.dispose();
    throw error;
  }
}

async function fromFolder(
  runner: SongRunner,
  folder: string,
  check: CheckRead,
  signal: RunOptions,
): Promise<StemSet> {
  const parts = [...stemsIn(folder)].map(([name, path]) => ({ name, path }));
  if (parts.length === 0) {
    throw new UnbraidError('file-not-found', 'The folder holds no stems', { file: folder, hint: namesHint });
  }
  return decodeAll(runner, basename(folder), parts, check, signal);
}

async function fromStemFile(
  runner: SongRunner,
  path: string,
  info: AudioInfo,
  check: CheckRead,
  signal: RunOptions,
): Promise<StemSet> {
  const parts = (info.stems ?? []).map((stem) => ({
    name: stem.name.toLowerCase(),
    path,
    track: stem.track,
  }));
  return { ...(await decodeAll(runner, songName(path), parts, check, signal)), info };
}

async function decodeAll(
  runner: SongRunner,
  name: string,
  parts: readonly { readonly name: string; readonly path: string; readonly track?: number }[],
  check: CheckRead,
  options: RunOptions,
): Promise<StemSet> {
  const dir = runner.workspace.songDir();
  const decoded: DecodeResult[] = [];
  for (const [i, part] of parts.entries()) {
    try {
      const request = {
        path: part.path,
        dir: join(dir, `stem-${i}`),
        ...(part.track !== undefined && { track: part.track }),
      };
      decoded.push(await runner.reader.decode(request, options.signal ? { signal: options.signal } : {}));
    } catch (error) {
      throw toUnbraidError(error, part.path);
    }
    if (i === 0) check({ path: part.path, decoded: decoded[0] });
    checkAlike(decoded[0], decoded[i], part.path);
  }
  return {
    name,
    stems: decoded.map((result, i) => ({ name: parts[i].name, ref: result.ref, peak: result.peak })),
    info: decoded[0].info,
    dir,
    warnings: decoded.flatMap((result) => result.warnings),
    provider: null,
    dispose: () => undefined,
  };
}

function checkAlike(first: DecodeResult, other: DecodeResult, path: string): void {
  const same =
    first.ref.sampleRate === other.ref.sampleRate &&
    first.ref.channels === other.ref.channels &&
    first.ref.frames === other.ref.frames;
  if (same) return;
  const describe = ({ ref }: DecodeResult): string =>
    `${ref.channels} channels, ${ref.sampleRate} Hz, ${ref.frames} samples`;
  throw new UnbraidError(
    'invalid-argument',
    `The stems do not belong together: ${describe(first)} and ${describe(other)}`,
    { file: path, hint: 'Name a folder that holds the stems of one song, and nothing else.' },
  );
}
