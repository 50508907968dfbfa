import { analyse, magnitudes, type FrameConfig, type LabSpectrum } from '../frames.js';
import type { Material } from '../material.js';
import { add } from '../sounds.js';

/** Voice, band and their mixture with their spectra and magnitudes. */
export interface Duo {
  readonly voice: Float64Array;
  readonly band: Float64Array;
  readonly mix: Float64Array;
  readonly spectra: { readonly voice: LabSpectrum; readonly band: LabSpectrum; readonly mix: LabSpectrum };
  readonly lengths: { readonly voice: Float64Array; readonly band: Float64Array; readonly mix: Float64Array };
}

export function duo(material: Material, config: FrameConfig, repeats = true): Duo {
  const parts = { voice: material.voice, band: repeats ? material.band : material.wandering };
  const mix = add(parts.voice, parts.band);
  const spectra = {
    voice: analyse(parts.voice, config),
    band: analyse(parts.band, config),
    mix: analyse(mix, config),
  };
  const lengths = {
    voice: magnitudes(spectra.voice),
    band: magnitudes(spectra.band),
    mix: magnitudes(spectra.mix),
  };
  return { ...parts, mix, spectra, lengths };
}

/** a^p / (a^p + b^p), one half where both are silent (Liutkus & Badeau, ICASSP 2015). */
export function shareOf(a: number, b: number, exponent: number): number {
  const top = Math.max(a, b);
  if (top <= 0) return 0.5;
  // Relative to the louder one, so that no power vanishes.
  const [x, y] = [(a / top) ** exponent, (b / top) ** exponent];
  return x / (x + y);
}
