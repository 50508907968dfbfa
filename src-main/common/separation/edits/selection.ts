import type { MaskArea, TileMask } from './tile-mask.js';

/** a ∪ b: the larger value of each bin. */
export function union(a: TileMask, b: TileMask): TileMask {
  return combine(a, b, Math.max);
}

/** a ∩ b: the smaller value of each bin. */
export function intersect(a: TileMask, b: TileMask): TileMask {
  return combine(a, b, Math.min);
}

/** a without b: what b does not take. */
export function subtract(a: TileMask, b: TileMask): TileMask {
  return combine(a, b, (x, y) => Math.min(x, 1 - y));
}

function combine(a: TileMask, b: TileMask, rule: (x: number, y: number) => number): TileMask {
  const result = a.clone();
  for (const area of [a.area(), b.area()]) {
    if (area) result.update(area, (_, t, f) => rule(a.get(t, f), b.get(t, f)));
  }
  return result;
}

/** 1 − value inside an area; what lies outside of it stays. */
export function invert(mask: TileMask, area: MaskArea): TileMask {
  const result = mask.clone();
  result.update(area, (value) => 1 - value);
  return result;
}

function widened(area: MaskArea, frames: number, bins: number): MaskArea {
  return {
    start: area.start - frames,
    end: area.end + frames,
    low: area.low - bins,
    high: area.high + bins,
  };
}

/** Frames that are looked at together: a few MB of values with what lies around them. */
const stripe = 256;

/**
 * The largest (or smallest) value within an ellipse of the given radii: dilation and erosion of a grey image. Stripe
 * by stripe on plain arrays, because a mask may be a whole song's.
 */
function extreme(mask: TileMask, frames: number, bins: number, grow: boolean): TileMask {
  const area = mask.area();
  if (!area) return mask.clone();
  const result = mask.clone();
  const { start, end } = widened(area, frames, bins);
  for (let first = Math.max(0, start); first < end; first += stripe) {
    const count = Math.min(stripe, end - first);
    const values = extremeOf(mask, first, count, { frames, bins, grow });
    const part = { start: first, end: first + count, low: 0, high: mask.bins };
    result.update(part, (_, t, f) => values[(t - first) * mask.bins + f]);
  }
  return result;
}

/** The same for frames `[first, first + count)`: `[count][bins]`. */
function extremeOf(
  mask: TileMask,
  first: number,
  count: number,
  { frames, bins, grow }: { readonly frames: number; readonly bins: number; readonly grow: boolean },
): Float32Array {
  const wide = mask.bins;
  const from = mask.plane(first - frames, count + 2 * frames);
  const best = from.slice(frames * wide, (frames + count) * wide);
  for (let dt = -frames; dt <= frames; dt++) {
    for (let df = -bins; df <= bins; df++) {
      if ((dt / (frames + 0.5)) ** 2 + (df / (bins + 0.5)) ** 2 > 1) continue;
      // Beyond the edges of the song and the spectrum nothing can shrink a selection.
      for (let t = Math.max(0, -first - dt); t < count; t++) {
        const at = (t + dt + frames) * wide + df;
        const to = t * wide;
        for (let f = Math.max(0, -df); f < Math.min(wide, wide - df); f++) {
          const other = from[at + f];
          if (grow ? other > best[to + f] : other < best[to + f]) best[to + f] = other;
        }
      }
    }
  }
  return best;
}

export function grow(mask: TileMask, frames: number, bins: number): TileMask {
  return extreme(mask, frames, bins, true);
}

export function shrink(mask: TileMask, frames: number, bins: number): TileMask {
  return extreme(mask, frames, bins, false);
}

/** Soft rims: the mean over a box of the given radii. */
export function feather(mask: TileMask, frames: number, bins: number): TileMask {
  const area = mask.area();
  if (!area) return mask.clone();
  const result = mask.clone();
  const size = (2 * frames + 1) * (2 * bins + 1);
  result.update(widened(area, frames, bins), (_, t, f) => {
    let sum = 0;
    for (let dt = -frames; dt <= frames; dt++) {
      for (let df = -bins; df <= bins; df++) {
        sum += t + dt < 0 || f + df < 0 ? 0 : mask.get(t + dt, f + df);
      }
    }
    return sum / size;
  });
  return result;
}

/** Levels of a spectrogram region in dB, `[frames][bins]` from (start, low) on. */
export interface LevelPlane extends MaskArea {
  readonly levels: Float32Array;
}

/** The magic wand: bins at least as loud as `threshold` dB that are connected with the seed (8 neighbours). */
export function wand(mask: TileMask, plane: LevelPlane, frame: number, bin: number, threshold: number): void {
  const frames = plane.end - plane.start;
  const bins = plane.high - plane.low;
  const seen = new Uint8Array(frames * bins);
  const waiting = [(frame - plane.start) * bins + (bin - plane.low)];
  const isInside = frame >= plane.start && frame < plane.end && bin >= plane.low && bin < plane.high;
  if (!isInside) return;
  seen[waiting[0]] = 1;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (!(plane.levels[at] >= threshold)) continue;
    const [t, f] = [Math.floor(at / bins), at % bins];
    mask.set(plane.start + t, plane.low + f, 1);
    for (let dt = -1; dt <= 1; dt++) {
      for (let df = -1; df <= 1; df++) {
        const [nt, nf] = [t + dt, f + df];
        if (nt < 0 || nt >= frames || nf < 0 || nf >= bins) continue;
        const next = nt * bins + nf;
        if (seen[next]) continue;
        seen[next] = 1;
        waiting.push(next);
      }
    }
  }
}

/** Powers below this belong to no stem: −100 dB of a full-scale sine. */
export const silence = 1e-10;

/**
 * Where one stem has at least `share` (0 … 1) of the power of all stems together. `powers` are those of each stem
 * over the area, `[frames][bins]`, 1 for a full-scale sine; bins in which all stems are silent are left out.
 */
export function selectByStem(
  mask: TileMask,
  area: MaskArea,
  powers: readonly Float32Array[],
  stem: number,
  share: number,
): void {
  const bins = area.high - area.low;
  for (let i = 0; i < powers[stem].length; i++) {
    const all = powers.reduce((sum, power) => sum + power[i], 0);
    if (all >= silence && powers[stem][i] >= share * all) {
      mask.set(area.start + Math.floor(i / bins), area.low + (i % bins), 1);
    }
  }
}
