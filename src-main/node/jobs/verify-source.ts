import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { Sidecar } from '../../common/jobs/sidecar.js';
import type { SourceVerdict } from '../../common/jobs/verification.js';
import type { CodecClient } from '../audio/codec-client.js';
import type { SourceRange } from '../audio/types.js';
import { hashFile } from '../files/content-hash.js';
import { findFiles } from './find-files.js';

/** Sources by name; a folder is looked through once, however many sets are verified. */
export class SourceFiles {
  private readonly byName = new Map<string, string[]>();
  private readonly single: string | undefined;

  /**
   * `path` is a file, a folder of sources, or undefined; with `only`, a file is the source of the one set there is,
   * whatever its name. Throws `file-not-found`.
   */
  constructor(
    path: string | undefined,
    private readonly only: boolean,
  ) {
    if (path === undefined) return;
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) throw new UnbraidError('file-not-found', 'The source does not exist', { file: path });
    if (!stat.isDirectory()) this.single = path;
    else
      for (const { fileName, path: file, problem } of findFiles(path, { recursive: true, skip: [] }))
        if (!problem) this.byName.set(fileName, [...(this.byName.get(fileName) ?? []), file]);
  }

  /** The files that may be the source of a set. */
  candidates({ source }: Sidecar): readonly string[] {
    const { single } = this;
    if (single === undefined) return this.byName.get(source.name) ?? [];
    return this.only || basename(single) === source.name ? [single] : [];
  }
}

/** The frames of a source file that a set was made of. */
export function rangeOf({ source }: Sidecar, path: string): SourceRange {
  const { track, start, frames: count } = source;
  return { path, start, count, ...(track !== null && { track }) };
}

/** The file that a set was made of: by its bytes, else by its samples. Throws `cancelled`. */
export async function chooseSource(
  codec: CodecClient,
  sidecar: Sidecar,
  sources: SourceFiles,
  signal: AbortSignal | undefined,
): Promise<{ readonly source: string | null; readonly sourceVerdict: SourceVerdict }> {
  const candidates = sources.candidates(sidecar);
  if (candidates.length === 0) return { source: null, sourceVerdict: 'not-given' };
  let damaged = false;
  for (const sourceVerdict of ['same', 'same-sound'] as const) {
    const matches = sourceVerdict === 'same' ? hasBytes : hasSound;
    for (const path of candidates) {
      try {
        if (await matches(codec, sidecar, path, signal)) return { source: path, sourceVerdict };
      } catch (error) {
        const typed = toUnbraidError(error, path);
        if (typed.code === 'cancelled') throw typed;
        damaged = true;
      }
    }
  }
  return { source: null, sourceVerdict: damaged ? 'damaged' : 'other' };
}

type Matches = (codec: CodecClient, sidecar: Sidecar, path: string, signal?: AbortSignal) => Promise<boolean>;

const hasBytes: Matches = async (_, { source }, path, signal) =>
  (await hashFile(path, signal)).sha256 === source.sha256;

const hasSound: Matches = async (codec, sidecar, path, signal) => {
  const request = { source: rangeOf(sidecar, path), gain: 1, outputs: [], sum: false };
  const { sourcePcm } = await codec.verify(request, signal ? { signal } : {});
  return sourcePcm === sidecar.source.pcmSha256;
};
