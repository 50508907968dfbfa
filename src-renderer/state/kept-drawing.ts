import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import type { Entries, Entry } from '../../src-main/common/document/timeline.js';
import type { Drawn } from './drawn-state.js';
import { maskGrid } from './edit-area.js';

const [key, laneKey, stepsKey] = ['unbraid-drawn', 'unbraid-lane', 'unbraid-drawn-steps'];
/** Largest painted mask that is kept, bytes: a browser's room for a tab is a few MB. */
const largestMask = 1 << 20;

/** Most that is kept of the steps that were drawn, characters; the oldest go. */
const longestSteps = 1 << 21;

type Kept = Pick<Drawn, 'selection' | 'band'> & { readonly mask: TileMask | null };

/** Notes what is drawn in a song, so that this tab has it again after a reload. */
export function keepDrawn(session: string, { selection, band, mask }: Drawn): void {
  const painted = maskText(mask);
  try {
    sessionStorage.setItem(key, JSON.stringify({ session, selection, band, painted }));
  } catch {
    // Without room, or without storage, it lasts as long as the page.
  }
}

/** What this tab had drawn in a song before it was reloaded; null for nothing, or for another song. */
export function keptDrawn(session: string): Kept | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as
      | (Pick<Drawn, 'selection' | 'band'> & { readonly session: string; readonly painted: string | null })
      | null;
    if (kept?.session !== session) return null;
    const { selection, band, painted } = kept;
    return { selection, band, mask: painted === null ? null : TileMask.decode(toBytes(painted)) };
  } catch {
    return null;
  }
}

/** Steps that were drawn, among those of the document, and the state they have led to. */
export interface KeptSteps extends Entries<Drawn> {
  readonly now: Drawn;
}

interface StoredSteps {
  readonly session: string;
  readonly states: readonly (Pick<Drawn, 'selection' | 'band' | 'content'> & {
    readonly painted: string | null;
  })[];
  readonly now: number;
  readonly done: readonly StoredEntry[];
  readonly undone: readonly StoredEntry[];
}
type StoredEntry = 'document' | { readonly text: string; readonly from: number; readonly to: number };

/**
 * Notes the steps that were drawn in a song, so that this tab can take them back after a reload: the newest, as far as
 * there is room, and none before a mask that is too large.
 */
export function keepSteps(session: string, { now, done, undone }: KeptSteps): void {
  const states = new StoredStates();
  const stored = (entries: Entries<Drawn>['done']): StoredEntry[] =>
    entries
      .toReversed()
      .flatMap((entry): readonly StoredEntry[] => {
        if (entry === 'document') return [entry];
        const [from, to] = [states.place(entry.from), states.place(entry.to)];
        return from === null || to === null ? [] : [{ text: entry.text, from, to }];
      })
      .reverse();
  const at = states.place(now);
  const steps = { undone: stored(undone), done: stored(done) };
  try {
    if (at === null) sessionStorage.removeItem(stepsKey);
    else {
      const kept: StoredSteps = { session, now: at, ...steps, states: states.all };
      sessionStorage.setItem(stepsKey, JSON.stringify(kept));
    }
  } catch {
    // As above.
  }
}

/** States of drawn steps, each stored once. */
class StoredStates {
  readonly all: StoredSteps['states'][number][] = [];
  private readonly places = new Map<Drawn, number>();
  private readonly texts = new Map<number, string | null>();
  private left = longestSteps;

  /** Where a state is stored; null for one that is not, and for all that come after it. */
  place(state: Drawn): number | null {
    const known = this.places.get(state);
    if (known !== undefined) return known;
    const { selection, band, content, mask } = state;
    if (!this.texts.has(content)) this.texts.set(content, maskText(mask));
    const painted = this.texts.get(content) ?? null;
    this.left -= !mask.empty && painted === null ? Infinity : 200 + (painted?.length ?? 0);
    if (this.left < 0) return null;
    this.places.set(state, this.all.length);
    return this.all.push({ selection, band, content, painted }) - 1;
  }
}

/** The steps that this tab had drawn in a song before it was reloaded, once; their masks are copies. */
export function takeSteps(session: string): KeptSteps | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(stepsKey) ?? 'null') as StoredSteps | null;
    sessionStorage.removeItem(stepsKey);
    if (kept?.session !== session) return null;
    // Below zero: the numbers from one on are those of masks to come.
    const contents = [...new Set(kept.states.map(({ content }) => content))];
    const states = kept.states.map(({ selection, band, content, painted }): Drawn => {
      const mask = painted === null ? new TileMask(maskGrid) : TileMask.decode(toBytes(painted));
      return { selection, band, mask, content: painted === null ? 0 : -1 - contents.indexOf(content) };
    });
    const read = (entries: readonly StoredEntry[]): Entry<Drawn>[] =>
      entries.map((entry) =>
        entry === 'document' ? entry : { ...entry, from: states[entry.from], to: states[entry.to] },
      );
    return { now: states[kept.now], done: read(kept.done), undone: read(kept.undone) };
  } catch {
    return null;
  }
}

/** A song has another session from now on: what is drawn in it stays. */
export function moveDrawn(from: string, to: string): void {
  try {
    for (const name of [key, laneKey]) {
      const kept = JSON.parse(sessionStorage.getItem(name) ?? 'null') as { readonly session: string } | null;
      if (kept?.session === from) sessionStorage.setItem(name, JSON.stringify({ ...kept, session: to }));
    }
  } catch {
    // As above.
  }
}

/** Notes the lane that is meant. */
export function keepLane(session: string, lane: string): void {
  try {
    sessionStorage.setItem(laneKey, JSON.stringify({ session, lane }));
  } catch {
    // As above.
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

/** A mask to keep, which is not changed in place; null for an empty one, and for one that is too large. */
function maskText(mask: TileMask): string | null {
  const known = texts.get(mask);
  if (known !== undefined) return known;
  const bytes = mask.empty ? null : mask.encode();
  const text = bytes && bytes.length <= largestMask ? toText(bytes) : null;
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
