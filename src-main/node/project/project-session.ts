import { statSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { keepCache, type PcmCacheRef } from '../audio/pcm-cache.js';
import type { ProjectSeparation, ProjectSource } from './folder/format.js';
import { keepFile, linkOrCopy } from '../files/keep-files.js';
import { describeSource } from './folder/source.js';
import { newSet, stemSets, type Session, type StemSet, type Track } from '../session/session.js';
import { makeFolder } from '../files/make-folder.js';

/** The byte order of this machine's caches. */
const samples = endianness() === 'LE' ? 'f32le' : 'f32be';

/** A set of stems that a project holds, and what it says of it. */
interface KeptSet {
  readonly stems: StemSet['stems'];
  readonly separation: ProjectSeparation;
}

/** The sets of stems that a project holds: the one in use if there is one, and earlier ones. */
export interface KeptStems {
  readonly separation: ProjectSeparation | null;
  readonly earlier: readonly ProjectSeparation[];
  readonly sets: readonly KeptSet[];
}

export const noStems: KeptStems = { separation: null, earlier: [], sets: [] };

/** Whether a project holds what a session has. */
export function holdsAll({ sets }: KeptStems, { state }: Session): boolean {
  const now = stemSets(state);
  return now.length === sets.length && now.every(({ stems }, i) => stems === sets[i].stems);
}

/**
 * Copies a session's stems into a project, as they were separated, unless they are `known` to be there; earlier ones
 * too, unless only those in use are wanted.
 */
export async function keepStems(
  dir: string,
  { state }: Session,
  known: KeptStems = noStems,
  onlyUsed = false,
): Promise<KeptStems> {
  const sets: KeptSet[] = [];
  for (const set of stemSets(onlyUsed ? { ...state, earlier: [] } : state)) {
    const there = known.sets.find(({ stems }) => stems === set.stems);
    sets.push(there ?? { stems: set.stems, separation: await keepSet(dir, set) });
  }
  return keptAs(sets, state.stemsId !== null);
}

function keptAs(sets: readonly KeptSet[], inUse: boolean): KeptStems {
  const all = sets.map(({ separation }) => separation);
  return { sets, separation: inUse ? all[0] : null, earlier: inUse ? all.slice(1) : all };
}

async function keepSet(
  dir: string,
  // Steps of the history name the set: it is called the same when it is opened again.
  { id: folder, stems, settings, separation: info }: StemSet,
): Promise<ProjectSeparation> {
  for (const [n, stem] of stems.entries()) await keepCache(stem.ref, join(dir, 'stems', folder, String(n)));
  return {
    ...{ folder, samples, settings },
    stems: stems.map(({ name, peak, ref: { channels, sampleRate, frames } }) => ({
      ...{ name, peak, channels, sampleRate, frames },
    })),
    info: { ...info, warnings: [...info.warnings] },
  };
}

/**
 * Copies a project's stems out of it into `into`. Those that are not whole, or not of a song this long, are left out;
 * `used` are the ones in use, null when they are among those. Throws typed system errors.
 */
export async function takeStems(
  dir: string,
  { separation, earlier }: Pick<KeptStems, 'separation' | 'earlier'>,
  song: Pick<PcmCacheRef, 'sampleRate' | 'frames'>,
  into: string,
): Promise<{
  readonly used: StemSet | null;
  readonly earlier: readonly StemSet[];
  readonly kept: KeptStems;
}> {
  const take = async (kept: ProjectSeparation): Promise<StemSet | null> =>
    takeSet(dir, kept, song, join(into, kept.folder));
  const used = separation && (await take(separation));
  const others: StemSet[] = [];
  const sets: KeptSet[] = used && separation ? [{ stems: used.stems, separation }] : [];
  for (const entry of earlier) {
    const set = await take(entry);
    if (!set) continue;
    others.push(set);
    sets.push({ stems: set.stems, separation: entry });
  }
  return { used, earlier: others, kept: keptAs(sets, used !== null) };
}

async function takeSet(
  dir: string,
  separation: ProjectSeparation,
  song: Pick<PcmCacheRef, 'sampleRate' | 'frames'>,
  into: string,
): Promise<StemSet | null> {
  const { folder, stems, info, settings } = separation;
  if (separation.samples !== samples) return null;
  const refs = stems.map(({ channels, sampleRate, frames }, n): PcmCacheRef => ({
    ...{ dir: join(dir, 'stems', folder, String(n)), channels, sampleRate, frames },
  }));
  const fits = (ref: PcmCacheRef): boolean =>
    ref.sampleRate === song.sampleRate && ref.frames === song.frames && isWhole(ref);
  if (!refs.every(fits)) return null;
  const taken: Omit<Track, 'id' | 'kind'>[] = [];
  for (const [n, ref] of refs.entries()) {
    const target = join(into, String(n));
    makeFolder(target);
    for (let c = 0; c < ref.channels; c++) {
      await linkOrCopy(join(ref.dir, `${c}.f32`), join(target, `${c}.f32`));
    }
    const { name, peak } = stems[n];
    taken.push({ name, peak, ref: { ...ref, dir: target } });
  }
  return newSet(taken, info, settings, folder);
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
