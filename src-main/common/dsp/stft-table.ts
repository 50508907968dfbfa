import { planFft } from './fft.js';
import type { Kernels } from './wasm/kernels.js';

/** Addresses in the kernels' memory. */
export interface StftTable {
  readonly analysis: number;
  readonly synthesis: number;
  /** The passes of the complex transform, as the kernel reads them. */
  readonly plan: number;
  /** (cos, sin) of 2πk/nFft, for splitting an even transform. */
  readonly turns: number;
}

/**
 * Windows, twiddles and plan of one configuration. Even sizes run as a complex transform of half the size;
 * the split's factor ½, the inverse's 1/nFft and the normalisation are inside the windows. With `single` all
 * numbers are float32.
 */
export function stftTable(
  key: string,
  config: { readonly nFft: number; readonly normalised: 'none' | 'sqrt-n'; readonly single: boolean },
  window: Float64Array,
  k: Kernels,
): StftTable {
  const { nFft, normalised, single } = config;
  const even = nFft % 2 === 0;
  // Generous: passes hold at most 2·nFft numbers of twiddles altogether.
  return k.table(`stft ${key}`, 8 * (6 * nFft + 256), (address) => {
    const passes = planFft(even ? nFft / 2 : nFft);
    let next = address;
    const place = (values: Float64Array): number => {
      const at = next;
      (single ? k.f32(at, values.length) : k.f64(at, values.length)).set(values);
      next += (single ? 4 : 8) * values.length;
      return at;
    };
    const scale = normalised === 'sqrt-n' ? Math.sqrt(nFft) : 1;
    const analysis = place(window.map((w) => (w * (even ? 0.5 : 1)) / scale));
    // A pair of samples is read at once, so odd sizes leave one number free to keep 16-byte steps.
    if (!even) next += 8;
    const synthesis = place(window.map((w) => (w * scale) / nFft));
    if (!even) next += 8;
    const turns = next;
    for (let i = 0; i <= nFft / 4; i++) {
      const angle = (2 * Math.PI * i) / nFft;
      place(Float64Array.of(Math.cos(angle), Math.sin(angle)));
    }
    const words = [passes.length];
    for (const { radix, m, s, twiddles } of passes) words.push(radix, m, s, place(twiddles));
    k.u32(next, words.length).set(words);
    return { analysis, synthesis, plan: next, turns };
  });
}
