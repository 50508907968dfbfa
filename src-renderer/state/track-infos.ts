import type { TrackInfo } from '../../src-main/common/contract/session.js';

/** Ids of the stems among tracks. */
export function stemIds(tracks: readonly TrackInfo[]): Set<string> {
  return new Set(tracks.filter(({ kind }) => kind === 'stem').map(({ id }) => id));
}

/** Whether two lists are about the same tracks in the same order. */
export function sameTracks(a: readonly TrackInfo[], b: readonly TrackInfo[]): boolean {
  return a.length === b.length && a.every(({ id }, i) => id === b[i].id);
}

/** A set with an id, or without it when it was there. */
export function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}
