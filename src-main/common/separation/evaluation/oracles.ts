import { assert } from '../../base/errors.js';
import { griffinLim, misi } from '../../dsp/phase.js';
import { magnitude } from '../../dsp/spectrogram.js';
import { Stft, allocateSpectrum, type Spectrum } from '../../dsp/stft.js';
import { SpatialFilter } from './spatial-filter.js';

export type StemReader = (stem: number, channel: number, start: number, into: Float64Array) => void;

export type OracleKind = 'ibm' | 'irm1' | 'irm2' | 'mwf' | 'psm' | 'cirm' | 'fgla' | 'misi';

export interface OracleSong {
  readonly stems: number;
  readonly channels: number;
  readonly frames: number;
  readonly reference: StemReader;
}

/** STFT of the oracles, as in the SiSEC and MUSDB18 oracle systems (2048 or 4096 points; here 4096). */
const stft = new Stft({ nFft: 4096, hop: 1024 });
/** Samples made at once, and more on both sides that reach into them. */
const block = 1 << 17;
const margin = 8192;

/** Receives samples `[start, start + planes[0].length)` of one stem, `[channels][n]`. */
export type OracleSink = (stem: number, start: number, planes: readonly Float32Array[]) => void;

/**
 * Estimates made with the true stems: the bounds of what masks can do. `ibm`: binary masks at one half (Wang 2005);
 * `irm1`, `irm2`: ratio masks of magnitudes and of powers (Liutkus & Badeau, ICASSP 2015); `mwf`: the multichannel
 * Wiener filter with true powers and one spatial covariance per bin (Duong et al., IEEE TASLP 2010); `psm`: the
 * phase-sensitive mask, held between 0 and 1 (Erdogan et al., ICASSP 2015); `cirm`: complex masks (Williamson et al., IEEE TASLP
 * 2016) that do not amplify. And what phases cost: `fgla` and `misi` have the true magnitudes, and phases that the fast
 * Griffin-Lim algorithm (per stem) or MISI (the stems add up to the mixture) finds from the mixture's.
 */
export function makeOracle(
  song: OracleSong,
  kind: OracleKind,
  sink: OracleSink,
  onProgress: (fraction: number) => void = () => {},
): void {
  const spatial = kind === 'mwf' ? new SpatialFilter(song.stems, song.channels, stft.bins) : undefined;
  const passes = spatial ? 2 : 1;
  for (let pass = 0; pass < passes; pass++) {
    for (let start = 0; start < song.frames; start += block) {
      const spectra = analyse(song, start - margin);
      if (kind === 'fgla' || kind === 'misi') give(song, seekPhases(spectra, kind), start, sink);
      else if (spatial && pass === 0) spatial.learn(spectra, margin / 1024, block / 1024);
      else {
        if (spatial) spatial.apply(spectra);
        else if (kind === 'psm' || kind === 'cirm') maskByPhase(spectra, kind);
        else maskAll(spectra, kind === 'ibm' ? 'binary' : kind === 'irm1' ? 1 : 2);
        synthesise(song, spectra, start, sink);
      }
      onProgress((pass + Math.min(1, (start + block) / song.frames)) / passes);
    }
  }
}

/** `[stem][channel]` spectra of the samples around a block. */
function analyse(song: OracleSong, from: number): Spectrum[][] {
  const samples = new Float64Array(block + 2 * margin);
  const single = new Float32Array(samples.length);
  return Array.from({ length: song.stems }, (_, s) =>
    Array.from({ length: song.channels }, (_, ch) => {
      song.reference(s, ch, from, samples);
      single.set(samples);
      return stft.forward(single, allocateSpectrum(stft.frameCount(single.length), stft.bins));
    }),
  );
}

/** Replaces the spectra of the stems by masks of their magnitudes, applied to their sum. */
function maskAll(spectra: readonly (readonly Spectrum[])[], exponent: number | 'binary'): void {
  const stems = spectra.length;
  const weights = new Float64Array(stems);
  for (let ch = 0; ch < spectra[0].length; ch++) {
    const planes = spectra.map((channels) => channels[ch]);
    for (let i = 0; i < planes[0].re.length; i++) {
      let [re, im, total] = [0, 0, 0];
      planes.forEach((x, s) => {
        re += x.re[i];
        im += x.im[i];
        const power = x.re[i] * x.re[i] + x.im[i] * x.im[i];
        weights[s] = exponent === 1 ? Math.sqrt(power) : power;
        total += weights[s];
      });
      planes.forEach((x, s) => {
        // The binary mask compares a stem with everything else, in power, as SiSEC's does.
        const share = total > 0 ? weights[s] / total : 1 / stems;
        const mask = exponent === 'binary' ? (share > 0.5 ? 1 : 0) : share;
        x.re[i] = mask * re;
        x.im[i] = mask * im;
      });
    }
  }
}

/** Replaces the spectra of the stems by what masks that know their phases make of their sum. */
function maskByPhase(spectra: readonly (readonly Spectrum[])[], kind: 'psm' | 'cirm'): void {
  for (let ch = 0; ch < spectra[0].length; ch++) {
    const planes = spectra.map((channels) => channels[ch]);
    for (let i = 0; i < planes[0].re.length; i++) {
      let [re, im] = [0, 0];
      for (const x of planes) {
        re += x.re[i];
        im += x.im[i];
      }
      const power = re * re + im * im;
      for (const x of planes) {
        // The complex mask stem / mixture; its real part is the phase-sensitive one.
        let along = power > 0 ? (x.re[i] * re + x.im[i] * im) / power : 0;
        let across = power > 0 && kind === 'cirm' ? (x.im[i] * re - x.re[i] * im) / power : 0;
        if (kind === 'psm') along = Math.min(1, Math.max(0, along));
        const scale = 1 / Math.max(1, Math.hypot(along, across));
        [along, across] = [scale * along, scale * across];
        x.re[i] = along * re - across * im;
        x.im[i] = along * im + across * re;
      }
    }
  }
}

/** Rounds of the search for phases. */
const phaseRounds = 30;

/** Signals `[stem][channel]` of a block with the true magnitudes, and phases that are sought. */
function seekPhases(spectra: readonly (readonly Spectrum[])[], kind: 'fgla' | 'misi'): Float32Array[][] {
  const samples = block + 2 * margin;
  const channels = spectra[0].map((_, ch) => {
    const planes = spectra.map((stem) => stem[ch]);
    const targets = planes.map((x) => magnitude(x));
    const mix = allocateSpectrum(planes[0].frames, planes[0].bins);
    for (const x of planes) {
      for (let i = 0; i < mix.re.length; i++) {
        mix.re[i] += x.re[i];
        mix.im[i] += x.im[i];
      }
    }
    const search = { iterations: phaseRounds };
    if (kind === 'misi') return misi(stft, stft.inverse(mix, samples), targets, search);
    return targets.map((target) => griffinLim(stft, target, mix, samples, { ...search, momentum: 0.99 }));
  });
  return spectra.map((_, s) => channels.map((stems) => stems[s]));
}

function synthesise(
  song: OracleSong,
  spectra: readonly (readonly Spectrum[])[],
  start: number,
  sink: OracleSink,
): void {
  const waves = spectra.map((channels) => channels.map((x) => stft.inverse(x, block + 2 * margin)));
  give(song, waves, start, sink);
}

/** Hands on the block itself, without its margins. */
function give(
  song: OracleSong,
  waves: readonly (readonly Float32Array[])[],
  start: number,
  sink: OracleSink,
): void {
  const count = Math.min(block, song.frames - start);
  assert(count > 0, 'a block holds samples');
  waves.forEach((planes, s) =>
    sink(
      s,
      start,
      planes.map((plane) => plane.subarray(margin, margin + count)),
    ),
  );
}
