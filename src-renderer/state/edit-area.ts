import { fillRectangle } from '../../src-main/common/separation/edits/shapes.js';
import { TileMask, maskGrid } from '../../src-main/common/separation/edits/tile-mask.js';

export { maskGrid };

/** A rectangle in time and frequency: frames of the source, and Hz; no band is every frequency. */
export interface EditArea {
  readonly start: number;
  readonly end: number;
  readonly band: { readonly low: number; readonly high: number } | null;
}

/** Widths in time and frequency: of soft rims, or of what a mask grows by. */
export interface EdgeWidth {
  readonly seconds: number;
  readonly hertz: number;
}

/** The same in frames and bins of the mask's STFT. */
export function edgeCells(
  { seconds, hertz }: EdgeWidth,
  rate: number,
): { readonly frames: number; readonly bins: number } {
  return {
    frames: Math.round((seconds * rate) / maskGrid.hop),
    bins: Math.round((hertz * maskGrid.nFft) / rate),
  };
}

/** The mask of an area: 1 inside, fading outside. Given a mask, adds the area to it. */
export function areaMask(
  { start, end, band }: EditArea,
  rate: number,
  feather: EdgeWidth,
  mask = new TileMask(maskGrid),
): TileMask {
  const { nFft, hop } = maskGrid;
  const first = Math.round(start / hop);
  const low = band ? Math.floor((band.low * nFft) / rate) : 0;
  const high = band ? Math.min(mask.bins, Math.ceil((band.high * nFft) / rate) + 1) : mask.bins;
  const { frames, bins } = edgeCells(feather, rate);
  fillRectangle(
    mask,
    { start: first, end: Math.max(first + 1, Math.round(end / hop)), low, high: Math.max(low + 1, high) },
    { frames, bins: band ? bins : 0 },
  );
  return mask;
}

/** The smallest rectangle around what a mask covers in a song of `length` frames; null for nothing. */
export function boundsOf(
  mask: TileMask,
  length: number,
  rate: number,
): (EditArea & { readonly band: { readonly low: number; readonly high: number } }) | null {
  const [range, area] = [mask.frameRange(), mask.area()];
  if (!range || !area) return null;
  const used = (bin: number): boolean => {
    for (let t = range[0]; t < range[1]; t++) if (mask.get(t, bin) > 0) return true;
    return false;
  };
  let { low, high } = area;
  while (low < high - 1 && !used(low)) low++;
  while (high > low + 1 && !used(high - 1)) high--;
  const hertz = (bin: number): number => Math.min(Math.max((bin * rate) / mask.grid.nFft, 0), rate / 2);
  // A frame and a bin stand for what is half a step around them.
  const frame = (t: number): number => Math.round(Math.min(Math.max((t - 0.5) * mask.grid.hop, 0), length));
  return {
    start: frame(range[0]),
    end: frame(range[1]),
    band: { low: hertz(low - 0.5), high: hertz(high - 0.5) },
  };
}
