import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import { mixPresets } from '../../common/jobs/presets.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import type { DecodeResult } from '../audio/types.js';
import { fileFilter } from './find-files.js';
import type { RunOptions, SongRunner } from './song-runner.js';

/** One song of a folder of stems. */
export interface SongFiles {
  readonly name: string;
  /** Stem names and files, by stem name in lower case. */
  readonly stems: ReadonlyMap<string, string>;
  /** Which audio track of its file a stem is, where one file holds several. */
  readonly tracks?: ReadonlyMap<string, number>;
}

/** What the files of stems are called. */
export const namesHint = 'Name the stems vocals.wav, drums.wav …, or Song [vocals].wav.';

/** The stem a file made earlier holds: `Song [vocals].wav` or `vocals.wav`. */
function stemNameOf(fileName: string): string {
  const base = basename(fileName, extname(fileName));
  return (/\[([^[\]]+)\]$/.exec(base)?.[1] ?? base).toLowerCase();
}

const ownMixes: readonly string[] = ['mix', 'remix', ...mixPresets];

/** Whether a file is called as this program calls a mix of stems: `Song [karaoke].wav`, `Song [practice bass].wav`. */
export function isOwnMix(fileName: string): boolean {
  const name = stemNameOf(fileName);
  return ownMixes.includes(name) || name.startsWith('practice ');
}

/** Several stems in one file: the song, another mixture of them, or a stem file. */
function isWhole(fileName: string): boolean {
  return isOwnMix(fileName) || stemNameOf(fileName) === 'mixture' || /\.stem\.(mp4|m4a)$/i.test(fileName);
}

/** The stems in a folder, by their names in lower case. Throws as `stemsOf`, and system errors. */
export function stemsIn(folder: string): Map<string, string> {
  const files = readdirSync(folder)
    .sort()
    .map((name) => ({ name, path: join(folder, name) }));
  return stemsOf(files.filter(({ path }) => statSync(path).isFile()));
}

/**
 * `vocals.wav` and `Song [vocals].flac` are the stem vocals; a mixture or a mix beside them is not a stem, nor is what has
 * no sound.
 * Throws `invalid-argument` for two of one name.
 */
export function stemsOf(
  files: readonly { readonly name: string; readonly path: string }[],
): Map<string, string> {
  const accepts = fileFilter({});
  const found = new Map<string, string>();
  // An upload is called otherwise on this disk.
  const names = new Map<string, string>();
  for (const { name: file, path } of files) {
    if (!accepts(file) || isWhole(file)) continue;
    const stem = stemNameOf(file);
    const known = names.get(stem);
    if (known !== undefined) {
      throw new UnbraidError('invalid-argument', `Two files are the stem "${stem}": ${known} and ${file}`, {
        file: path,
        hint: 'Keep one file per stem in the folder of a song.',
      });
    }
    found.set(stem, path);
    names.set(stem, file);
  }
  return found;
}

/** The songs of a folder: its own stems, or those of the folders in it. Throws `file-not-found`, `invalid-argument`. */
export function songsIn(folder: string): SongFiles[] {
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
    hint: namesHint,
  });
}

/** The stems of the one song of a folder, under the folder's name. Throws the same, also for several songs. */
export function oneSongIn(folder: string): SongFiles {
  const [song, another] = songsIn(folder);
  if (!another) return { ...song, name: basename(folder) };
  throw new UnbraidError('invalid-argument', 'The folder holds several songs', {
    file: folder,
    hint: `Name the folder of one of them, like ${song.name}.`,
  });
}

/**
 * The stems of a song as caches of one length: what a shorter stem lacks is silence. Throws `invalid-argument` when they
 * differ in rate or channels.
 */
export async function decodeStems(
  runner: SongRunner,
  song: SongFiles,
  names: readonly string[],
  dir: string,
  options: RunOptions,
): Promise<{ readonly refs: readonly PcmCacheRef[]; readonly first: DecodeResult }> {
  const decoded: DecodeResult[] = [];
  for (const [s, name] of names.entries()) {
    const path = song.stems.get(name) ?? '';
    const signal = options.signal ? { signal: options.signal } : {};
    const track = song.tracks?.get(name);
    const request = { path, dir: join(dir, `${s}`), ...(track !== undefined && { track }) };
    const read = await runner.reader.decode(request, signal);
    const [{ ref: first } = read] = decoded;
    if (read.ref.sampleRate !== first.sampleRate || read.ref.channels !== first.channels) {
      throw new UnbraidError('invalid-argument', 'The stems of a song differ in rate or channels', {
        file: path,
        hint: `Convert it to ${first.sampleRate} Hz and ${first.channels} channels.`,
      });
    }
    decoded.push(read);
  }
  const frames = Math.max(...decoded.map(({ ref }) => ref.frames));
  return { refs: decoded.map(({ ref }) => ({ ...ref, frames })), first: decoded[0] };
}
