import { Stft, allocateSpectrum, checkCola, type MaskView, type Spectrum } from '../dsp/stft.js';
import { analyse, frameCount, magnitudes, masked, synthesise, type FrameConfig } from './frames.js';

/** The spectrogram of a signal, and the way back through a mask. */
export interface BenchTransform {
  readonly frames: number;
  readonly bins: number;
  /** `[frames][bins]`. */
  readonly lengths: Float32Array;
  /** The sound of mask · spectrum, or of the spectrum itself; `mask` is `[frames][bins]`. */
  sound(mask?: Float32Array): Float32Array;
}

/** Magnitudes alone, on the same frames as `transformOf`. */
export const lengthsOf = (signal: Float32Array, config: FrameConfig): Float32Array =>
  transformOf(signal, config).lengths;

/** The quick transform of these settings, with centred frames; null where windows leave gaps. */
export function quickStft({ window, length, hop }: FrameConfig): Stft | null {
  const config = { window, nFft: length, hop };
  return checkCola(config).nola ? new Stft({ ...config, precision: 'single' }) : null;
}

/** The quick transform where windows leave no gaps, else the textbook's. */
export function transformOf(signal: Float32Array, config: FrameConfig): BenchTransform {
  const stft = quickStft(config);
  if (!stft) return withGaps(signal, config);
  const frames = stft.frameCount(signal.length);
  const { bins } = stft;
  const lengths = new Float32Array(frames * bins);
  const spectrum: Spectrum = stft.forward(signal, allocateSpectrum(frames, bins), lengths);
  const view = (data: Float32Array): MaskView => ({
    ...{ data, offset: 0, firstBin: 0, bins },
    ...{ frameStride: bins, binStride: 1 },
  });
  return {
    ...{ frames, bins, lengths },
    sound: (mask) =>
      mask ? stft.inverseMasked(spectrum, view(mask), signal.length) : stft.inverse(spectrum, signal.length),
  };
}

function withGaps(signal: Float32Array, config: FrameConfig): BenchTransform {
  const spectrum = analyse(Float64Array.from(signal), config);
  const back = (mask?: Float32Array): Float64Array =>
    synthesise(mask ? masked(spectrum, Float64Array.from(mask)) : spectrum, config, signal.length);
  return {
    ...{ frames: frameCount(signal.length, config), bins: spectrum.bins },
    lengths: Float32Array.from(magnitudes(spectrum)),
    sound: (mask) => Float32Array.from(back(mask)),
  };
}
