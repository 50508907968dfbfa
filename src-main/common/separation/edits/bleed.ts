import { powerToDb } from '../../base/units.js';
import { silence } from './selection.js';
import type { MaskArea, TileMask } from './tile-mask.js';

/** How far above a stem another one must be to take what is there, dB: with an amount of 0 … 1. */
export function bleedThreshold(amount: number): number {
  return 30 * (1 - Math.min(1, Math.max(0, amount)));
}

/** From the threshold on the share grows from 0 to 1 over so many dB, so that bins do not flicker. */
const softDb = 6;

/**
 * What of a stem other stems dominate, shared out: each bin belongs to the loudest of the others, with a share that
 * grows from 0 to 1 over 6 dB above the threshold. The shares are multiplied by what `selected` says and go into
 * `masks`, one for each stem (that of the stem itself stays as it is).
 *
 * `powers` are those of each stem over the area and one frame more on both sides, `[frames + 2][bins]`, all bins, 1 for
 * a full-scale sine; `selected` is 0 … 1 over the area, `[frames][bins]`, all bins. Powers are means over three frames
 * and three bins, because single bins of noise say little.
 */
export function shareBleed(
  masks: readonly TileMask[],
  area: Pick<MaskArea, 'start' | 'end'>,
  powers: readonly Float32Array[],
  selected: Float32Array,
  { stem, amount }: { readonly stem: number; readonly amount: number },
): void {
  const { bins } = masks[stem];
  const threshold = bleedThreshold(amount);
  for (let at = 0; at < (area.end - area.start) * bins; at++) {
    if (selected[at] <= 0) continue;
    const bin = at % bins;
    let [loudest, most] = [-1, silence];
    for (let s = 0; s < powers.length; s++) {
      const power = s === stem ? 0 : meanAround(powers[s], at + bins, bin, bins);
      if (power > most) [loudest, most] = [s, power];
    }
    if (loudest < 0) continue;
    const own = Math.max(silence / 1000, meanAround(powers[stem], at + bins, bin, bins));
    const share = Math.min(1, (powerToDb(most / own) - threshold) / softDb);
    if (share > 0) masks[loudest].set(area.start + (at - bin) / bins, bin, share * selected[at]);
  }
}

/** The mean of a cell and its neighbours in time and frequency. */
function meanAround(powers: Float32Array, at: number, bin: number, bins: number): number {
  const [low, high] = [bin > 0 ? -1 : 0, bin < bins - 1 ? 1 : 0];
  let sum = 0;
  for (let frame = -bins; frame <= bins; frame += bins) {
    for (let near = low; near <= high; near++) sum += powers[at + frame + near];
  }
  return sum / (3 * (high - low + 1));
}
