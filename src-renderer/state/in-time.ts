import type { AutomationRecord, MarkerRecord } from '../../src-main/common/document/records.js';

/** Markers from left to right. */
export function byFrame(markers: readonly MarkerRecord[]): readonly MarkerRecord[] {
  return [...markers].sort((a, b) => a.frame - b.frame || (a.id < b.id ? -1 : 1));
}

/** Regions of each track from left to right, by the id of its record; those of one range in the order they were made. */
export function byTrack(
  regions: readonly AutomationRecord[],
): ReadonlyMap<string, readonly AutomationRecord[]> {
  const tracks = new Map<string, AutomationRecord[]>();
  for (const region of [...regions].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const known = tracks.get(region.track);
    if (known) known.push(region);
    else tracks.set(region.track, [region]);
  }
  return tracks;
}
