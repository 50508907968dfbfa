import type { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import type { Band } from '../picture/axis.js';
import type { FrameRange } from './view.svelte.js';

/** All that a person selects with: a range of time, its frequencies, and what is painted. */
export interface Drawn {
  readonly selection: FrameRange | null;
  readonly band: Band | null;
  /** Never changed in place. */
  readonly mask: TileMask;
  /** Changes with the mask. */
  readonly content: number;
}
