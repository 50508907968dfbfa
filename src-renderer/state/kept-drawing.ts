import {
  keptDrawnSchema,
  longestDrawn,
  type KeptDrawn,
  type KeptMask,
} from '../../src-main/common/contract/drawn.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import type { Entries, Entry } from '../../src-main/common/document/timeline.js';
import type { Drawn } from './drawn-state.js';
import { maskGrid } from './edit-area.js';

import { unpackRuns } from '../../src-main/common/separation/edits/mask-runs.js';
import { filesOf, MaskForms, type MaskForm } from './mask-forms.js';

const [laneKey, stepsKey] = ['unbraid-lane', 'unbraid-drawn-steps'];

/** Bytes of all masks that are files of the project; steps before them are forgotten. */
const mostBytes = 1 << 29;

/** Steps that were drawn, as they are kept; what is to be a file is there itself. */
export type PackedDrawn = Omit<KeptDrawn, 'masks'> & { readonly masks: readonly MaskForm[] };

/** Steps that were drawn, among those of the document, and the state they have led to. */
export interface DrawnHistory extends Entries<Drawn> {
  readonly now: Drawn;
}

/** Characters that a state and its step take, at most. */
const stateLength = 250;
/** Characters of the names of a mask's files, at most. */
const hashLength = 200;

type PackedEntry = KeptDrawn['done'][number];

/** Steps that were drawn, in a form to keep: the newest, as far as there is room. What is shown is always among them. */
export function packSteps(
  { now, done, undone }: DrawnHistory,
  forms = new MaskForms(),
): Omit<PackedDrawn, 'revision'> {
  const states = new PackedStates(forms);
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
  readonly masks: MaskForm[] = [];
  private readonly places = new Map<Drawn, number>();
  /** Where the mask of each content is. */
  private readonly contents = new Map<number, number>();
  /** What is a file already: it takes room once. */
  private readonly files = new Set<TileMask>();
  private characters = longestDrawn;
  private bytes = mostBytes;

  constructor(private readonly forms: MaskForms) {}

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
    const form = this.forms.formOf(mask);
    for (const file of filesOf(form)) {
      if (!this.files.has(file)) this.bytes -= file.size;
      this.files.add(file);
    }
    this.characters -= textLength(form);
    if ((this.characters < 0 || this.bytes < 0) && this.all.length > 0) return null;
    const at = this.masks.push(form) - 1;
    this.contents.set(content, at);
    return at;
  }
}

/** Characters that the form of a mask takes. */
function textLength(form: MaskForm): number {
  if (typeof form === 'string') return form.length;
  return 'base' in form && typeof form.patch === 'string' ? form.patch.length + hashLength : hashLength;
}

/** Steps that were kept, with the masks that are files, by their hashes. Null for what cannot be read. */
export function unpackSteps(
  kept: KeptDrawn,
  files: ReadonlyMap<string, TileMask>,
  forms = new MaskForms(),
): DrawnHistory | null {
  try {
    const masks = kept.masks.map((mask) => unpackMask(mask, files, forms));
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

function unpackMask(kept: KeptMask, files: ReadonlyMap<string, TileMask>, forms: MaskForms): TileMask {
  const read = (one: string | { readonly blob: string }): TileMask =>
    typeof one === 'string' ? TileMask.decode(unpackRuns(toBytes(one))) : files.get(one.blob)!;
  const whole = read(kept);
  if (typeof kept === 'string' || !('patch' in kept)) {
    forms.note(whole, typeof kept === 'string' ? kept : whole);
    return whole;
  }
  const patch = read(kept.patch);
  const mask = whole.xor(patch);
  forms.note(mask, { base: whole, patch: typeof kept.patch === 'string' ? kept.patch : patch });
  return mask;
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

function toBytes(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
