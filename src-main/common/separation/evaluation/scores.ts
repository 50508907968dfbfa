import { figure, medianOf, type StemScores } from '../../base/scores.js';
import { bssEval, type EvaluationInput } from './bss-eval.js';
import { fieldScores } from './field-scores.js';

/** Keeps the ratio of two silences at 0 dB. */
const delta = 1e-7;
const block = 1 << 16;

/** Sums over all channels of a stem and its estimate. */
interface Energies {
  target: number;
  error: number;
  cross: number;
  estimate: number;
}

function measure(input: EvaluationInput, stem: number): Energies {
  const sums = { target: 0, error: 0, cross: 0, estimate: 0 };
  const [s, e] = [new Float64Array(block), new Float64Array(block)];
  for (let ch = 0; ch < input.channels; ch++) {
    for (let start = 0; start < input.frames; start += block) {
      const count = Math.min(block, input.frames - start);
      input.reference(stem, ch, start, s);
      input.estimate(stem, ch, start, e);
      for (let i = 0; i < count; i++) {
        sums.target += s[i] * s[i];
        sums.error += (s[i] - e[i]) ** 2;
        sums.cross += s[i] * e[i];
        sums.estimate += e[i] * e[i];
      }
    }
  }
  return sums;
}

function ratio(signal: number, noise: number): number {
  return 10 * Math.log10((signal + delta) / (noise + delta));
}

/** SDR of the Music Demixing Challenge 2021 (Mitsufuji et al. 2022, eq. 1): one ratio over the whole song. */
export function usdr(input: EvaluationInput, stem: number): number {
  const { target, error } = measure(input, stem);
  return ratio(target, error);
}

/** Scale-invariant SDR (Le Roux et al., ICASSP 2019) of all channels as one vector. */
export function siSdr(input: EvaluationInput, stem: number): number {
  const { target, cross, estimate } = measure(input, stem);
  const scale = cross / (target + delta);
  // |e − αs|² = |e|² − 2α⟨s, e⟩ + α²|s|².
  const rest = Math.max(0, estimate - 2 * scale * cross + scale * scale * target);
  return ratio(scale * scale * target, rest);
}

/** All figures of every stem; a stem that is silent in the reference gets none. */
export function scoreStems(
  input: EvaluationInput,
  onProgress: (fraction: number) => void = () => {},
): StemScores[] {
  const silent = {
    ...{ sdr: null, isr: null, sir: null, sar: null, usdr: null, siSdr: null },
    ...{ bleedless: null, fullness: null, l1Freq: null, logWmse: null, bandEnds: null },
  };
  const heard = Array.from({ length: input.stems }, (_, s) => s).filter(
    (s) => measure(input, s).target / (input.frames * input.channels) > 1e-8,
  );
  const scores: StemScores[] = Array.from({ length: input.stems }, () => silent);
  if (heard.length === 0) return scores;
  // A reference without any sound would make every window silent (museval refuses it).
  const part: EvaluationInput = {
    ...input,
    stems: heard.length,
    reference: (s, ...rest) => input.reference(heard[s], ...rest),
    estimate: (s, ...rest) => input.estimate(heard[s], ...rest),
  };
  const frames = bssEval(part, (fraction) => onProgress(0.7 * fraction));
  heard.forEach((stem, s) => {
    const field = fieldScores(input, stem);
    onProgress(0.7 + (0.3 * (s + 1)) / heard.length);
    scores[stem] = {
      sdr: figure(medianOf(frames.sdr[s])),
      isr: figure(medianOf(frames.isr[s])),
      // With one stem alone nothing interferes: museval's figure is infinite then, and says nothing.
      sir: heard.length > 1 ? figure(medianOf(frames.sir[s])) : null,
      sar: figure(medianOf(frames.sar[s])),
      usdr: figure(usdr(input, stem)),
      siSdr: figure(siSdr(input, stem)),
      bleedless: figure(field.bleedless),
      fullness: figure(field.fullness),
      l1Freq: figure(field.l1Freq),
      logWmse: figure(field.logWmse),
      bandEnds: frames.bandEnds[s],
    };
  });
  return scores;
}
