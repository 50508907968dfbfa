import fc from 'fast-check';
import { newTrack, trackId, type DocumentRecord } from '../../../../src-main/common/document/records.js';
import type { Transaction } from '../../../../src-main/common/document/store.js';

export const stems = ['vocals', 'drums', 'bass'] as const;

/** A region of a track, of silence unless points are given. */
export function region(
  name: string,
  start: number,
  end: number,
  points: readonly { readonly frame: number; readonly db: number }[] = [],
): Extract<DocumentRecord, { type: 'automation' }> {
  return {
    type: 'automation',
    id: `automation:${name}`,
    track: trackId('vocals'),
    kind: points.length > 0 ? 'gain' : 'mute',
    start,
    end,
    points: [...points],
  };
}

/** One edit, small enough that sequences of them hit the same records again and again. */
export type Edit =
  { readonly do: 'put'; readonly record: DocumentRecord } | { readonly do: 'remove'; readonly id: string };

const track = fc
  .record({ stem: fc.constantFrom(...stems), gainDb: fc.integer({ min: -3, max: 3 }), mute: fc.boolean() })
  .map(({ stem, ...change }): DocumentRecord => ({ ...newTrack(stem, 0), ...change }));
const automation = fc
  .record({ name: fc.constantFrom('a', 'b'), start: fc.nat(3), length: fc.integer({ min: 1, max: 3 }) })
  .map(({ name, start, length }): DocumentRecord => region(name, start, start + length));
const marker = fc
  .record({ name: fc.constantFrom('', 'Verse'), frame: fc.nat(3), id: fc.constantFrom('a', 'b') })
  .map(({ id, ...rest }): DocumentRecord => ({ type: 'marker', id: `marker:${id}`, ...rest }));
const loop = fc
  .record({ slot: fc.constantFrom(1, 9), start: fc.nat(3), length: fc.integer({ min: 1, max: 3 }) })
  .map(({ slot, start, length }): DocumentRecord => ({
    ...{ type: 'loop', id: `loop:${slot}`, slot },
    ...{ start, end: start + length },
  }));
const record = fc.oneof(track, automation, marker, loop);

export const edits: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 3, arbitrary: record.map((value) => ({ do: 'put', record: value }) as const) },
  { weight: 1, arbitrary: record.map(({ id }) => ({ do: 'remove', id }) as const) },
);

export function perform(tx: Transaction, edit: Edit): void {
  if (edit.do === 'put') tx.put(edit.record);
  else tx.remove(edit.id);
}

/** Records by id in one order, to compare documents by what they say. */
export function contents(records: ReadonlyMap<string, DocumentRecord>): [string, DocumentRecord][] {
  return [...records].sort(([a], [b]) => (a < b ? -1 : 1));
}
