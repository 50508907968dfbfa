import { check } from '../base/errors.js';
import type { Frames } from '../base/units.js';
import { allocateSpectrum, type Spectrum } from './spectrum.js';
import type { Stft } from './stft.js';

/** How far the phases of wanted magnitudes are sought. */
export interface PhaseSearch {
  /** Rounds of inverse and forward transform; 0 leaves the phases of the start. */
  readonly iterations: number;
  /**
   * How far each round goes on beyond the last one, for Griffin-Lim: 0 (the default) is the original, 0.99 the fast variant,
   * which comes nearer in as many rounds but not in every single one.
   */
  readonly momentum?: number;
  /** Is called before every transform; it may throw to stop the search. */
  readonly ask?: (() => void) | undefined;
}

/**
 * A signal of `samples` whose magnitudes come near `target`, by Griffin & Lim (1984): the phases of the signal that the
 * magnitudes and the last phases give, again and again. With momentum: Perraudin, Balazs & Søndergaard, "A fast Griffin-Lim
 * algorithm", WASPAA 2013.
 *
 * @param target wanted magnitudes, `[frames][bins]`
 * @param start where the first phases come from, `[frames][bins]`
 */
export function griffinLim(
  stft: Stft,
  target: Float32Array,
  start: Spectrum,
  samples: Frames,
  { iterations, momentum = 0, ask }: PhaseSearch,
): Float32Array {
  const last = momentum === 0 ? undefined : allocateSpectrum(start.frames, start.bins);
  const spectrum = allocateSpectrum(start.frames, start.bins);
  withPhases(target, start, spectrum);
  const wave = stft.inverse(spectrum, samples);
  for (let round = 0; round < iterations; round++) {
    ask?.();
    stft.forward(wave, spectrum);
    if (last) goOn(spectrum, last, round === 0 ? 0 : momentum);
    withPhases(target, spectrum, spectrum);
    ask?.();
    stft.inverse(spectrum, samples, wave);
  }
  return wave;
}

/**
 * Signals of wanted magnitudes that add up to a mixture: multiple input spectrogram inversion, Gunawan & Sen (2010).
 * All start with the mixture's phases; in every round what the sum lacks is shared out evenly before phases are
 * taken again, and it is shared out at the end, so that the sum is the mixture's to float32 rounding.
 *
 * @param mix the mixture
 * @param targets wanted magnitudes of each source, `[frames][bins]`
 * @returns the sources, as long as the mixture
 */
export function misi(
  stft: Stft,
  mix: Float32Array,
  targets: readonly Float32Array[],
  { iterations, ask }: PhaseSearch,
): Float32Array[] {
  check(targets.length > 0, 'MISI needs one source at least');
  const spectrum = stft.forward(mix);
  const phases = allocateSpectrum(spectrum.frames, spectrum.bins);
  const waves = targets.map((target) => {
    withPhases(target, spectrum, phases);
    return stft.inverse(phases, mix.length);
  });
  shareError(mix, waves);
  for (let round = 0; round < iterations; round++) {
    waves.forEach((wave, s) => {
      ask?.();
      stft.forward(wave, phases);
      withPhases(targets[s], phases, phases);
      ask?.();
      stft.inverse(phases, mix.length, wave);
    });
    shareError(mix, waves);
  }
  return waves;
}

/** spectrum += momentum · (spectrum − last); `last` becomes what the spectrum was. */
function goOn(spectrum: Spectrum, last: Spectrum, momentum: number): void {
  for (const part of ['re', 'im'] as const) {
    const [now, before] = [spectrum[part], last[part]];
    for (let i = 0; i < now.length; i++) {
      const x = now[i];
      now[i] += momentum * (x - before[i]);
      before[i] = x;
    }
  }
}

/** into = target · e^(i·arg phases); a bin without a phase has phase 0. `into` may be `phases`. */
function withPhases(target: Float32Array, phases: Spectrum, into: Spectrum): void {
  check(target.length === phases.re.length, 'Magnitudes and phases need the same frames and bins');
  for (let i = 0; i < target.length; i++) {
    const re = phases.re[i];
    const im = phases.im[i];
    const length = Math.sqrt(re * re + im * im);
    into.re[i] = length > 0 ? (target[i] * re) / length : target[i];
    into.im[i] = length > 0 ? (target[i] * im) / length : 0;
  }
}

/** Gives each wave its share of mix − Σ waves. */
function shareError(mix: Float32Array, waves: readonly Float32Array[]): void {
  const share = 1 / waves.length;
  for (let i = 0; i < mix.length; i++) {
    let error = mix[i];
    for (const wave of waves) error -= wave[i];
    for (const wave of waves) wave[i] += error * share;
  }
}
