import { keptDrawnSchema, longestDrawn, type KeptDrawn } from '../../src-main/common/contract/drawn.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import type { Entries, Entry } from '../../src-main/common/document/timeline.js';
import type { Drawn } from './drawn-state.js';
import { maskGrid } from './edit-area.js';

import { packRuns, unpackRuns } from '../../src-main/common/separation/edits/mask-runs.js';

const [laneKey, stepsKey] = ['unbraid-lane', 'unbraid-drawn-steps'];

/** The largest mask that is kept among the steps, bytes of its runs: room for as many as there are steps. */
const largestText = 16 << 10;
/** Bytes of all larger ones, which are files of the project; steps before them are forgotten. */
const mostBytes = 1 << 29;

/** Steps that were drawn, as they are kept; a mask that is to be a file is there itself. */
export type PackedDrawn = Omit<KeptDrawn, 'masks'> & { readonly masks: readonly (string | TileMask)[] };

/** Steps that were drawn, among those of the document, and the state they have led to. */
export interface DrawnHistory extends Entries<Drawn> {
  readonly now: Drawn;
}

/** Characters that a state and its step take, at most. */
const stateLength = 250;

type PackedEntry = KeptDrawn['done'][number];

/** Steps that were drawn, in a form to keep: the newest, as far as there is room. What is shown is always among them. */
export function packSteps({ now, done, undone }: DrawnHistory): Omit<PackedDrawn, 'revision'> {
  const states = new PackedStates();
  const at = states.place(now)!;
  const packed = (entries: Entries<Drawn>['done']): PackedEntry[] =>
    entries
      .toReversed()
      .flatMap((entry): readonly PackedEntry[] => {
        if (entry === 'document') return [entry];
        const [from, to] = [states.place(entry.from), states.place(entry.to)];
        return from === null || to === null ? [] : [{ text: entry.text, from, to }];
      })
      .reverse();
  const { all, masks } = states;
  return { undone: packed(undone), done: packed(done), now: at, states: all, masks };
}

/** States of drawn steps, and their masks, each packed once. */
class PackedStates {
  readonly all: KeptDrawn['states'][number][] = [];
  readonly masks: (string | TileMask)[] = [];
  private readonly places = new Map<Drawn, number>();
  /** Where the mask of each content is. */
  private readonly contents = new Map<number, number>();
  private characters = longestDrawn;
  private bytes = mostBytes;

  /** Where a state is; null for one that is left out, and for all that come after it. */
  place(state: Drawn): number | null {
    const known = this.places.get(state);
    if (known !== undefined) return known;
    const mask = this.maskOf(state);
    this.characters -= stateLength;
    const full = this.characters < 0 || this.bytes < 0;
    // The first is the one that is shown.
    if (full && this.all.length > 0) return null;
    this.places.set(state, this.all.length);
    return this.all.push({ selection: state.selection, band: state.band, mask }) - 1;
  }

  private maskOf({ mask, content }: Drawn): number | null {
    if (mask.empty) return null;
    const known = this.contents.get(content);
    if (known !== undefined) return known;
    const text = maskText(mask);
    if (text === null) this.bytes -= mask.size;
    else this.characters -= text.length;
    if ((this.characters < 0 || this.bytes < 0) && this.all.length > 0) return null;
    const at = this.masks.push(text ?? mask) - 1;
    this.contents.set(content, at);
    return at;
  }
}

/** Steps that were kept, with the masks that are files, by their hashes. Null for what cannot be read. */
export function unpackSteps(kept: KeptDrawn, files: ReadonlyMap<string, TileMask>): DrawnHistory | null {
  try {
    const masks = kept.masks.map((mask) =>
      typeof mask === 'string' ? TileMask.decode(unpackRuns(toBytes(mask))) : files.get(mask.blob)!,
    );
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

/** Texts of masks, which are kept again and again. */
const texts = new WeakMap<TileMask, string | null>();

/** A mask as text to keep, which is not changed in place; null for one that is long. */
function maskText(mask: TileMask): string | null {
  const known = texts.get(mask);
  if (known !== undefined) return known;
  const runs = packRuns(mask.encode(), largestText);
  const text = runs && toText(runs);
  texts.set(mask, text);
  return text;
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
