import { feather, grow, shrink } from '../../src-main/common/separation/edits/selection.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';

/** A change of a whole mask that takes too long for the page; `frames` and `bins` are how far it reaches. */
export interface MaskChange {
  readonly kind: 'grow' | 'shrink' | 'soften';
  readonly frames: number;
  readonly bins: number;
}

/** A mask as TileMask writes it, and what to do with it. */
export interface MaskChangeTask extends MaskChange {
  readonly mask: Uint8Array<ArrayBuffer>;
}

/** Throws `invalid-argument` for bytes that are not a mask. */
export function changeMask({ kind, frames, bins, mask }: MaskChangeTask): Uint8Array<ArrayBuffer> {
  const from = TileMask.decode(mask);
  const changed = {
    grow: () => grow(from, frames, bins),
    shrink: () => shrink(from, frames, bins),
    // The mean over a box is that over its height of those over its width: far fewer sums.
    soften: () => feather(feather(from, frames, 0), 0, bins),
  }[kind]();
  return changed.encode() as Uint8Array<ArrayBuffer>;
}
