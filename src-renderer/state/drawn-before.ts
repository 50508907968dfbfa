import { toUnbraidError } from '../../src-main/common/base/errors.js';
import type { KeptDrawn } from '../../src-main/common/contract/drawn.js';
import type { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { keptDrawn } from './kept-drawing.js';
import { MaskFiles } from './mask-files.js';
import type { OpenedSong } from './song-project.js';

/** What was drawn in a song before it was opened here. */
export interface DrawnBefore {
  readonly kept: KeptDrawn | null;
  /** The song as its project had it. */
  readonly opened: OpenedSong | undefined;
  /** Its masks that are files, by their hashes. */
  readonly masks: ReadonlyMap<string, TileMask>;
  readonly files: MaskFiles;
  /** The project has less than this. */
  readonly unsent: boolean;
  /** The project's was damaged: something is missing. */
  readonly lost: boolean;
}

/**
 * What the project has, or what the tab has of the same session: that is used unless it is older. Rejects with typed errors
 * when the host cannot be reached.
 */
export async function drawnBefore(
  session: string,
  opened: OpenedSong | undefined,
  files = new MaskFiles(),
): Promise<DrawnBefore> {
  const project = opened?.drawn ?? null;
  const damaged = opened?.recovery.missing.includes('drawing') ?? false;
  const tab = keptDrawn(session);
  if (tab && tab.revision >= (project?.revision ?? 0)) {
    const masks = await fetched(files, session, tab);
    const unsent = damaged || tab.revision > (project?.revision ?? 0);
    if (masks) return { kept: tab, opened, masks, files, unsent, lost: false };
  }
  const masks = project && (await fetched(files, session, project));
  const lost = damaged || (project !== null && masks === null);
  return { kept: masks && project, opened, masks: masks ?? new Map(), files, unsent: lost, lost };
}

/** Null if the host lacks one of them. */
async function fetched(
  files: MaskFiles,
  session: string,
  kept: KeptDrawn,
): Promise<ReadonlyMap<string, TileMask> | null> {
  try {
    return await files.fetch(session, kept);
  } catch (error) {
    if (toUnbraidError(error).code !== 'invalid-argument') throw error;
    return null;
  }
}
