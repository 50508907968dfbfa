import { check } from '../base/errors.js';
import { highestDb, lowestDb, newTrack, type AutomationRecord, type TrackRecord } from './records.js';
import type { DocumentStore, Transaction } from './store.js';

/** What people do to tracks and their automation, as edits for `History.step`. Ids are those of records. */

type Reader = Pick<DocumentStore, 'ofType'>;

/** Tracks from top to bottom. */
export function inOrder(tracks: readonly TrackRecord[]): TrackRecord[] {
  return [...tracks].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
}

/** Records for the stems that have none yet, below those that are there; in the order given. */
export function tracksFor(store: Reader, stems: readonly string[]): TrackRecord[] {
  const known = store.ofType('track');
  const last = Math.max(-1, ...known.map(({ order }) => order));
  return stems
    .filter((stem) => !known.some((track) => track.stem === stem))
    .map((stem, i) => newTrack(stem, last + 1 + i));
}

/** Solo on or off; `exclusive` puts it on and takes it from all others. */
export function toggleSolo(tx: Transaction, id: string, exclusive: boolean): void {
  const solo = tx.ofType('track').some((track) => track.id === id && track.solo);
  if (exclusive) for (const other of tx.ofType('track')) tx.update('track', other.id, { solo: false });
  tx.update('track', id, { solo: exclusive || !solo });
}

/** Puts a track at place `to` of `shown` (ids from top to bottom); tracks that are not shown keep their places. */
export function moveTrack(tx: Transaction, id: string, to: number, shown: readonly string[]): void {
  check(shown.includes(id), `There is no track "${id}" to move`);
  const moved = shown.filter((other) => other !== id);
  moved.splice(Math.min(Math.max(to, 0), moved.length), 0, id);
  const places = inOrder(tx.ofType('track')).map((track) =>
    shown.includes(track.id) ? moved.shift()! : track.id,
  );
  places.forEach((track, order) => tx.update('track', track, { order }));
}

/**
 * Sets the mixer of the given tracks: neutral, but for what `strips` says of a stem. Solo-safe stays, and what was taken
 * away is silent.
 */
export function setMixer(
  tx: Transaction,
  tracks: readonly string[],
  strips: Readonly<Record<string, Partial<Pick<TrackRecord, 'mute' | 'solo' | 'gainDb' | 'pan'>>>>,
): void {
  for (const track of tx.ofType('track')) {
    if (!tracks.includes(track.id)) continue;
    const { mute } = newTrack(track.stem, 0);
    tx.update('track', track.id, { mute, solo: false, gainDb: 0, pan: 0, ...strips[track.stem] });
  }
}

/** A new region; `db` is the level of a gain region. Frames of the source, `end` excluded. */
export function addRegion(
  tx: Transaction,
  region: Pick<AutomationRecord, 'id' | 'track' | 'kind' | 'start' | 'end'>,
  db = 0,
): void {
  const points = region.kind === 'gain' ? [region.start, region.end].map((frame) => ({ frame, db })) : [];
  tx.put({ type: 'automation', ...region, points });
}

/**
 * Moves the borders of a region, by frames of the source; at least one frame stays. Points go with the border
 * they lie on and are drawn in when it passes them.
 */
export function resizeRegion(tx: Transaction, region: AutomationRecord, start: number, end: number): void {
  const from = Math.max(0, Math.min(start, end - 1));
  const to = Math.max(end, from + 1);
  const points = region.points.map(({ frame, db }) => {
    if (frame === region.start) return { frame: from, db };
    if (frame === region.end) return { frame: to, db };
    return { frame: Math.min(Math.max(frame, from), to), db };
  });
  tx.update('automation', region.id, { start: from, end: to, points });
}

/** Moves point `index` between its neighbours, and within the region and the range of levels. */
export function movePoint(
  tx: Transaction,
  region: AutomationRecord,
  index: number,
  frame: number,
  db: number,
): void {
  const low = region.points[index - 1]?.frame ?? region.start;
  const high = region.points[index + 1]?.frame ?? region.end;
  const moved = {
    frame: Math.round(Math.min(Math.max(frame, low), high)),
    db: Math.min(Math.max(db, lowestDb), highestDb),
  };
  tx.update('automation', region.id, { points: region.points.with(index, moved) });
}

/** Raises or lowers a whole gain region, dB, as far as all of its points stay in the range of levels. */
export function shiftLevel(tx: Transaction, region: AutomationRecord, by: number): void {
  const levels = region.points.map(({ db }) => db);
  const shift = Math.min(Math.max(by, lowestDb - Math.min(...levels)), highestDb - Math.max(...levels));
  // Rounded to tenths, so that a level that goes up and down again is the same number.
  const points = region.points.map(({ frame, db }) => ({ frame, db: Math.round((db + shift) * 10) / 10 }));
  tx.update('automation', region.id, { points });
}

export function addPoint(tx: Transaction, region: AutomationRecord, frame: number, db: number): void {
  const point = { frame: Math.min(Math.max(frame, region.start), region.end), db };
  const points = [...region.points, point].sort((a, b) => a.frame - b.frame);
  tx.update('automation', region.id, { points });
}

/** Removes a point; the last one stays, because a gain region has a level. */
export function removePoint(tx: Transaction, region: AutomationRecord, index: number): void {
  if (region.points.length < 2) return;
  tx.update('automation', region.id, { points: region.points.filter((_, i) => i !== index) });
}
