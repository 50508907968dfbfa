import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { endianness } from 'node:os';
import { join } from 'node:path';
import type { ProjectRecovery } from '../../common/contract/project.js';
import type { EditRecord } from '../../common/document/records.js';
import type { DocumentDiff } from '../../common/document/store.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import type { ProjectSeparation, ProjectSource } from './folder/format.js';
import { blobFile, keepCache, keepFile } from './folder/keep-files.js';
import type { ProjectFolder } from './folder/project-folder.js';
import { describeSource } from './folder/source.js';
import type { EarlierSeparation, Session } from './session-store.js';

/** The byte order of this machine's caches. */
const samples = endianness() === 'LE' ? 'f32le' : 'f32be';

/** Copies a session's stems into a project, as they were separated. Null when there are none. */
export async function keepStems(dir: string, session: Session): Promise<ProjectSeparation | null> {
  const { separation: info, settings, stems } = session;
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
    await mkdir(target, { recursive: true });
    for (let c = 0; c < ref.channels; c++) {
      await copyFile(join(ref.dir, `${c}.f32`), join(target, `${c}.f32`));
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
 * Copies the masks of edits into a project. Throws `invalid-argument` for one that never came, unless its edit is off:
 * an opened project may have lost it.
 */
export async function keepMasks(dir: string, session: Session, edits: readonly EditRecord[]): Promise<void> {
  for (const { mask, enabled } of edits) {
    const file = blobFile(dir, mask);
    if (existsSync(file) || (!enabled && !session.edits.has(mask))) continue;
    await keepFile(session.edits.maskFile(mask), file);
  }
}

/** The edits that a diff brings in or changes. */
export function editsOf({ added, updated }: DocumentDiff): EditRecord[] {
  const records = [...Object.values(added), ...Object.values(updated).map(([, to]) => to)];
  return records.filter((record) => record.type === 'edit');
}

/**
 * Gives a session the masks of a project. Edits whose masks are gone or damaged are switched off, which is kept as
 * a change of its own.
 */
export function takeMasks(folder: ProjectFolder, session: Session): ProjectRecovery['missing'] {
  const edits = folder.file.document.records.filter((record) => record.type === 'edit');
  const isThere = ({ mask }: EditRecord): boolean => {
    try {
      return session.edits.addMask(readFileSync(blobFile(folder.dir, mask))) === mask;
    } catch {
      return false;
    }
  };
  const gone = edits.filter((edit) => !isThere(edit));
  const off = gone
    .filter(({ enabled }) => enabled)
    .map((edit) => [edit.id, [edit, { ...edit, enabled: false }]] as const);
  if (off.length > 0) folder.append({ added: {}, updated: Object.fromEntries(off), removed: {} });
  return gone.length > 0 ? ['masks'] : [];
}

/**
 * Where a project in `dir` finds its song again: where it lies, or a copy in the project when it does not last there.
 */
export async function keepSource(dir: string, session: Session, lasts: boolean): Promise<ProjectSource> {
  const { path, content } = session.song;
  if (lasts) return describeSource(dir, path, session.fileName, content);
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(session.fileName)?.[0] ?? '';
  const copy = join(dir, 'source', `${content.sha256.slice(0, 16)}${ending}`);
  if (copy !== path && statSync(copy, { throwIfNoEntry: false })?.size !== content.bytes)
    await keepFile(path, copy);
  return describeSource(dir, copy, session.fileName, content);
}
