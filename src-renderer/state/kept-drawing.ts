import { keptDrawnSchema, longestDrawn, type KeptDrawn } from '../../src-main/common/contract/drawn.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import type { Entries, Entry } from '../../src-main/common/document/timeline.js';
import type { Drawn } from './drawn-state.js';
import { maskGrid } from './edit-area.js';

import { packRuns, unpackRuns } from '../../src-main/common/separation/edits/mask-runs.js';

const [laneKey, stepsKey] = ['unbraid-lane', 'unbraid-drawn-steps'];

/** Steps that were drawn, among those of the document, and the state they have led to. */
export interface DrawnHistory extends Entries<Drawn> {
  readonly now: Drawn;
}

/** Characters that a state and its step take, at most. */
const stateLength = 250;

type PackedEntry = KeptDrawn['done'][number];

/**
 * Steps that were drawn, in a form to keep: the newest, as far as there is room, and none before a mask that is too large.
 * Where the mask that is shown is too large itself, the newest state before it that can be kept is.
 */
export function packSteps({ now, done, undone }: DrawnHistory): Omit<KeptDrawn, 'revision'> {
  const states = new PackedStates();
  const at = states.place(now);
  const packed = (entries: Entries<Drawn>['done']): PackedEntry[] =>
    entries
      .toReversed()
      .flatMap((entry): readonly PackedEntry[] => {
        if (entry === 'document') return [entry];
        const [from, to] = [states.place(entry.from), states.place(entry.to)];
        return from === null || to === null ? [] : [{ text: entry.text, from, to }];
      })
      .reverse();
  if (at !== null) {
    const { all, masks } = states;
    return { undone: packed(undone), done: packed(done), now: at, states: all, masks };
  }
  const last = done.findLastIndex((entry) => entry !== 'document' && !isTooLarge(entry.to));
  const step = done[last];
  if (step !== undefined && step !== 'document') {
    const later = done.slice(last + 1).filter((entry) => entry === 'document');
    return packSteps({ now: step.to, done: [...done.slice(0, last + 1), ...later], undone: [] });
  }
  const { selection, band } = now;
  return { undone: [], done: [], now: 0, states: [{ selection, band, mask: null }], masks: [] };
}

/** States of drawn steps, and their masks, each packed once. */
class PackedStates {
  readonly all: KeptDrawn['states'][number][] = [];
  readonly masks: string[] = [];
  private readonly places = new Map<Drawn, number>();
  /** Where the mask of each content is. */
  private readonly contents = new Map<number, number | null>();
  private left = longestDrawn;

  /** Where a state is; null for one that is left out, and for all that come after it. */
  place(state: Drawn): number | null {
    const known = this.places.get(state);
    if (known !== undefined) return known;
    this.left -= stateLength;
    const mask = this.maskOf(state);
    if (this.left < 0) return null;
    this.places.set(state, this.all.length);
    return this.all.push({ selection: state.selection, band: state.band, mask }) - 1;
  }

  private maskOf({ mask, content }: Drawn): number | null {
    const known = this.contents.get(content);
    if (known !== undefined) return known;
    const text = maskText(mask);
    this.left -= mask.empty ? 0 : (text?.length ?? Infinity);
    if (this.left < 0) return null;
    const at = text === null ? null : this.masks.push(text) - 1;
    this.contents.set(content, at);
    return at;
  }
}

/** Steps that were kept; their masks are copies. Null for what cannot be read. */
export function unpackSteps(kept: KeptDrawn): DrawnHistory | null {
  try {
    const masks = kept.masks.map((text) => TileMask.decode(unpackRuns(toBytes(text))));
    const states = kept.states.map(({ selection, band, mask }): Drawn => {
      if (mask === null) return { selection, band, mask: new TileMask(maskGrid), content: 0 };
      // Below zero: the numbers from one on are those of masks to come.
      return { selection, band, mask: masks[mask], content: -1 - mask };
    });
    const read = (entries: KeptDrawn['done']): Entry<Drawn>[] =>
      entries.map((entry) =>
        entry === 'document' ? entry : { ...entry, from: states[entry.from], to: states[entry.to] },
      );
    return { now: states[kept.now], done: read(kept.done), undone: read(kept.undone) };
  } catch {
    return null;
  }
}

/** Notes what is drawn in a song, so that this tab has it again after a reload. */
export function keepDrawn(session: string, drawn: KeptDrawn): void {
  try {
    sessionStorage.setItem(stepsKey, JSON.stringify({ session, drawn }));
  } catch {
    // Without room, or without storage, the project has it.
  }
}

/** What this tab had drawn in a song before it was reloaded; null for nothing, or for another song. */
export function keptDrawn(session: string): KeptDrawn | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(stepsKey) ?? 'null') as Record<string, unknown> | null;
    return kept?.['session'] === session ? keptDrawnSchema.parse(kept['drawn']) : null;
  } catch {
    return null;
  }
}

/** A song has another session from now on: the lane that is meant stays. */
export function moveLane(from: string, to: string): void {
  const lane = keptLane(from);
  if (lane !== null) keepLane(to, lane);
}

/** Notes the lane that is meant. */
export function keepLane(session: string, lane: string): void {
  try {
    sessionStorage.setItem(laneKey, JSON.stringify({ session, lane }));
  } catch {
    // Without room, or without storage, it lasts as long as the page.
  }
}

/** The lane that this tab meant in a song before it was reloaded. */
export function keptLane(session: string): string | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(laneKey) ?? 'null') as Record<string, string> | null;
    return kept?.['session'] === session ? kept['lane'] : null;
  } catch {
    return null;
  }
}

/** Largest mask that is kept, bytes of its runs. */
const largestMask = longestDrawn / 2;

/** Texts of masks, which are kept again and again. */
const texts = new WeakMap<TileMask, string | null>();

/** A mask to keep, which is not changed in place; null for an empty one, and for one that is too large. */
function maskText(mask: TileMask): string | null {
  const known = texts.get(mask);
  if (known !== undefined) return known;
  const runs = mask.empty ? null : packRuns(mask.encode());
  const text = runs && runs.length <= largestMask ? toText(runs) : null;
  texts.set(mask, text);
  return text;
}

/** Whether a mask that is drawn cannot be kept. */
export function isTooLarge({ mask }: Pick<Drawn, 'mask'>): boolean {
  return !mask.empty && maskText(mask) === null;
}

/** One character a byte, in base64. */
function toText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function toBytes(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
