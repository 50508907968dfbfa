import { lstatSync, readdirSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { isAudioName } from '../../common/jobs/audio-names.js';
import type { SidecarFile } from '../../common/jobs/sidecar.js';
import type { VerifiedFile } from '../../common/jobs/verification.js';
import type { CodecClient } from '../audio/codec-client.js';
import type { VerifyOutput } from '../audio/types.js';
import { hashFile } from '../files/content-hash.js';
import { realPath } from './find-files.js';

/** A file of a set as it is now; `path` is where its sound can be read, null where it cannot. */
export interface FoundStem {
  readonly verified: VerifiedFile;
  readonly path: string | null;
}

/** The outputs of a file for `CodecClient.verify`, at `path`. */
export function outputsOf({ tracks, frames, rate, channels }: SidecarFile, path: string): VerifyOutput[] {
  return tracks.map(({ index, role }) => ({
    path,
    ...(index !== null && { track: index }),
    ...{ expectFrames: frames, sampleRate: rate, channels },
    ...(role === 'master' && { apart: true }),
  }));
}

/**
 * A file that a sidecar names, below the sidecar's folder.
 *
 * @throws outside-output-folder where a link leads out of the folder, or stands in the file's place
 */
function placeOf(folder: string, file: string): string {
  const path = join(folder, ...file.split('/'));
  const there = lstatSync(path, { throwIfNoEntry: false });
  const inside = (realPath(dirname(path)) + sep).startsWith(realPath(folder) + sep);
  if (there && (!inside || there.isSymbolicLink()))
    throw new UnbraidError('outside-output-folder', 'A link stands in the place of a file of this set', {
      file: path,
      hint: 'Put the file itself there.',
    });
  return path;
}

/** Compares a file with what its sidecar says. Throws `outside-output-folder`, `cancelled`. */
export async function verifyFile(
  codec: CodecClient,
  folder: string,
  said: SidecarFile,
  signal?: AbortSignal,
): Promise<FoundStem> {
  const path = placeOf(folder, said.file);
  const verdict = (
    verdict: VerifiedFile['verdict'],
    at: string | null,
    note: string | null = null,
  ): FoundStem => ({
    verified: { file: said.file, verdict, note },
    path: at,
  });
  try {
    if (!lstatSync(path, { throwIfNoEntry: false })) {
      const moved = await findMoved(dirname(path), said, signal);
      return moved === undefined
        ? verdict('missing', null)
        : verdict('moved', join(dirname(path), moved), moved);
    }
    const { sha256 } = await hashFile(path, signal);
    if (sha256 === said.sha256) return verdict('unchanged', path);
    const call = signal ? { signal } : {};
    const outputs = outputsOf(said, path);
    const { pcm } = await codec.verify({ source: null, gain: 1, outputs, sum: false }, call);
    const same = said.tracks.every(({ pcmSha256 }, i) => pcmSha256 === pcm[i]);
    return verdict(same ? 'retagged' : 'changed', path);
  } catch (error) {
    const typed = toUnbraidError(error, path);
    if (typed.code === 'cancelled' || signal?.aborted) throw new UnbraidError('cancelled', 'Cancelled');
    return verdict('damaged', null, typed.message);
  }
}

/** The name of a file in the folder with the very same bytes. */
async function findMoved(
  folder: string,
  { bytes, sha256 }: SidecarFile,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (!entry.isFile() || !isAudioName(entry.name) || lstatSync(path).size !== bytes) continue;
    if ((await hashFile(path, signal)).sha256 === sha256) return entry.name;
  }
  return undefined;
}
