import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { keepCache, type PcmCacheRef } from '../audio/pcm-cache.js';
import type { ProjectSeparation, ProjectSource } from './folder/format.js';
import { keepFile, linkOrCopy } from '../files/keep-files.js';
import { describeSource } from './folder/source.js';
import type { Session } from '../session/session.js';
import type { EarlierSeparation } from '../session/session-store.js';
import { makeFolder } from '../files/make-folder.js';

/** The byte order of this machine's caches. */
const samples = endianness() === 'LE' ? 'f32le' : 'f32be';

/** Copies a session's stems into a project, as they were separated. Null when there are no stems. */
export async function keepStems(dir: string, session: Session): Promise<ProjectSeparation | null> {
  const { separation: info, settings, stems } = session.state;
  if (info === null || settings === null) return null;
  const folder = randomBytes(16).toString('hex');
  for (const [n, stem] of stems.entries()) await keepCache(stem.ref, join(dir, 'stems', folder, String(n)));
  return {
    ...{ folder, samples, settings },
    stems: stems.map(({ name, peak, ref: { channels, sampleRate, frames } }) => ({
      ...{ name, peak, channels, sampleRate, frames },
    })),
    info: { ...info, warnings: [...info.warnings] },
  };
}

/** Copies a project's stems out of it into `into`; null when they are not whole, or not of a song this long. Throws typed system errors. */
export async function takeStems(
  dir: string,
  separation: ProjectSeparation,
  song: Pick<PcmCacheRef, 'sampleRate' | 'frames'>,
  into: string,
): Promise<EarlierSeparation | null> {
  const { folder, stems, info, settings } = separation;
  if (separation.samples !== samples) return null;
  const refs = stems.map(({ channels, sampleRate, frames }, n): PcmCacheRef => ({
    ...{ dir: join(dir, 'stems', folder, String(n)), channels, sampleRate, frames },
  }));
  const fits = (ref: PcmCacheRef): boolean =>
    ref.sampleRate === song.sampleRate && ref.frames === song.frames && isWhole(ref);
  if (!refs.every(fits)) return null;
  const taken: EarlierSeparation['stems'][number][] = [];
  for (const [n, ref] of refs.entries()) {
    const target = join(into, String(n));
    makeFolder(target);
    for (let c = 0; c < ref.channels; c++) {
      await linkOrCopy(join(ref.dir, `${c}.f32`), join(target, `${c}.f32`));
    }
    const { name, peak } = stems[n];
    taken.push({ name, peak, ref: { ...ref, dir: target } });
  }
  return { stems: taken, info, settings };
}

function isWhole({ dir, channels, frames }: PcmCacheRef): boolean {
  const size = (c: number): number | undefined =>
    statSync(join(dir, `${c}.f32`), { throwIfNoEntry: false })?.size;
  return Array.from({ length: channels }, (_, c) => size(c)).every((bytes) => bytes === 4 * frames);
}

/**
 * Where a project in `dir` finds its song again: where it lies, or a copy in the project when it does not last there.
 * A song that is the program's own (`fixed`) need not be copied byte by byte.
 */
export async function keepSource(
  dir: string,
  session: Session,
  lasts: boolean,
  fixed = false,
): Promise<ProjectSource> {
  const { path, content } = session.song;
  if (lasts) return describeSource(dir, path, session.fileName, content);
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(session.fileName)?.[0] ?? '';
  const copy = join(dir, 'source', `${content.sha256.slice(0, 16)}${ending}`);
  if (copy !== path && statSync(copy, { throwIfNoEntry: false })?.size !== content.bytes)
    await keepFile(path, copy, fixed);
  return describeSource(dir, copy, session.fileName, content);
}
