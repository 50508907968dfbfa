import { encode } from 'fast-png';
import { Stft, allocateSpectrum } from '../../common/dsp/stft.js';
import { PcmReader, type PcmCacheRef } from '../audio/pcm-cache.js';

/** Of the pictures, in pixels. */
export const pictureSize = { width: 640, height: 144 } as const;
/** Frequencies of the lowest and the highest row, Hz, and the span of levels, dB. */
export const pictureRange = { low: 40, high: 16_000, decibels: 80 } as const;

const nFft = 4096;
// One frame a call: the hop matters only for the inverse, which is not used.
const stft = new Stft({ nFft, hop: nFft / 4, centre: false });

/** Levels of a sound, dB, `[row][column]`, from the highest frequency down; rows are equal steps of pitch. */
export function levelPicture(ref: PcmCacheRef): Float32Array {
  const { width, height } = pictureSize;
  const out = new Float32Array(width * height);
  const reader = new PcmReader(ref);
  try {
    const samples = new Float32Array(nFft);
    const spectrum = allocateSpectrum(stft.frameCount(nFft), stft.bins);
    const power = new Float64Array(stft.bins);
    const edges = rowEdges(ref.sampleRate);
    for (let x = 0; x < width; x++) {
      power.fill(0);
      const centre = Math.round(((x + 0.5) / width) * ref.frames);
      for (let ch = 0; ch < ref.channels; ch++) {
        reader.readChannel(ch, centre - nFft / 2, nFft, samples);
        stft.forward(samples, spectrum);
        for (let k = 0; k < stft.bins; k++)
          power[k] += (spectrum.re[k] ** 2 + spectrum.im[k] ** 2) / ref.channels;
      }
      for (let y = 0; y < height; y++) {
        let loudest = 0;
        for (let k = edges[y].from; k <= edges[y].to; k++) loudest = Math.max(loudest, power[k]);
        out[y * width + x] = 10 * Math.log10(loudest + 1e-12);
      }
    }
  } finally {
    reader.dispose();
  }
  return out;
}

/** The bins of each row, at least one, from the top down. */
function rowEdges(rate: number): { readonly from: number; readonly to: number }[] {
  const { low, high } = pictureRange;
  const { height } = pictureSize;
  const top = Math.min(high, rate / 2);
  const bin = (row: number): number => (low * (top / low) ** (1 - row / height) * nFft) / rate;
  return Array.from({ length: height }, (_, y) => {
    const [from, to] = [Math.floor(bin(y + 1)), Math.floor(bin(y))];
    return { from: Math.min(from, stft.bins - 1), to: Math.min(Math.max(from, to), stft.bins - 1) };
  });
}

/** A grey PNG as a data URL: white at `peak` dB, black `pictureRange.decibels` below. */
export function pictureUrl(levels: Float32Array, peak: number): string {
  const { decibels } = pictureRange;
  const data = Uint8Array.from(levels, (level) =>
    Math.round(255 * Math.min(1, Math.max(0, 1 + (level - peak) / decibels))),
  );
  const png = encode({ ...pictureSize, data, channels: 1, depth: 8 });
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}
