import { packRuns } from '../../src-main/common/separation/edits/mask-runs.js';
import type { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';

/** A mask by how it differs from another one, its base, which is a file of the project. */
export interface PatchedMask {
  readonly base: TileMask;
  /** `TileMask.xor` of both: as text, or a file too. */
  readonly patch: string | TileMask;
}

/** How a mask is kept: as text, as a file, or by how it differs from one. */
export type MaskForm = string | TileMask | PatchedMask;

/** The longest text of a mask, bytes of its runs: room for as many as there are steps. */
const largestText = 16 << 10;
/** A mask of more bytes than this has no such text: a run is at most 255 bytes of it, and takes two. */
const largestPacked = (largestText / 2) * 255;
/**
 * Patches have at most this part of their mask's bytes. Those that follow each other grow by what each stroke changes, until
 * one becomes the next base: with an eighth, strokes over 40 tiles of a five-minute song cost least.
 */
const largestPatch = 1 / 8;

/**
 * How the masks of a song are kept, which are never changed in place: a stroke on a large one costs what it changes. A base
 * is always a whole mask, so that none is lost with another step, and two files are enough to read any.
 */
export class MaskForms {
  private readonly known = new WeakMap<TileMask, MaskForm>();
  private base: TileMask | null = null;

  formOf(mask: TileMask): MaskForm {
    const known = this.known.get(mask);
    if (known !== undefined) return known;
    const form = textOf(mask) ?? this.patchOf(mask) ?? mask;
    this.known.set(mask, form);
    if (form === mask) this.base = mask;
    return form;
  }

  /** A mask that was kept, and how; the newest first. */
  note(mask: TileMask, form: MaskForm): void {
    this.known.set(mask, form);
    if (typeof form !== 'string') this.base ??= 'base' in form ? form.base : form;
  }

  private patchOf(mask: TileMask): PatchedMask | null {
    const { base } = this;
    if (base === null) return null;
    const patch = mask.xor(base);
    if (patch.size > mask.size * largestPatch) return null;
    return { base, patch: textOf(patch) ?? patch };
  }
}

/** The files that a form needs. */
export function filesOf(form: MaskForm): TileMask[] {
  if (typeof form === 'string') return [];
  if (!('base' in form)) return [form];
  return [form.base, ...(typeof form.patch === 'string' ? [] : [form.patch])];
}

/** A mask as text; null for one that is long. */
function textOf(mask: TileMask): string | null {
  if (mask.size > largestPacked) return null;
  const runs = packRuns(mask.encode(), largestText);
  if (!runs) return null;
  // One character a byte, in base64.
  let text = '';
  for (const byte of runs) text += String.fromCharCode(byte);
  return btoa(text);
}
