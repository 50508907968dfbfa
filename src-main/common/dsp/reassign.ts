import { PairFft, allocatePair } from './pair-fft.js';
import { createWindow, type WindowName } from './windows.js';

/** The grid and window of a reassigned spectrogram; all in samples. `nFft` may be longer than the window. */
export interface ReassignConfig {
  readonly nFft: number;
  readonly winLength: number;
  readonly hop: number;
  readonly window: WindowName;
}

/** Bins that are this far below a full-scale sine are left out, as power. */
const floor = 1e-12;
/** What would move further in frequency than this is no part of a tone, and stays where it is; bins of the window. */
const furthestBins = 4;

/**
 * Spectrograms whose powers are not where the window's middle is, but at the centre of gravity of what made them: the group
 * delay and the instantaneous frequency (Auger & Flandrin, IEEE Trans. Signal Process. 43 (1995); Fitz & Fulop 2009).
 * With h the window, X_g the transform under window g, t the middle of a frame and k a bin:
 *
 *   time t + Re(X_th / X_h), with th = (n − middle) · h;   bin k − nFft / 2π · Im(X_dh / X_h), with dh = dh/dn
 *
 * A steady sine lies in one bin, with its own level; a click in one frame; a linear chirp on its line.
 */
export class Reassignment {
  /** Frames to either side of those that are wanted, from which powers can come. */
  readonly margin: number;
  private readonly fft: PairFft;
  /** h, th and dh. */
  private readonly windows: readonly Float64Array[];
  private readonly scale: number;

  constructor(private readonly config: ReassignConfig) {
    const { nFft, winLength, hop, window } = config;
    this.margin = Math.ceil(winLength / 2 / hop);
    this.fft = new PairFft(nFft);
    const h = createWindow(window, winLength);
    const at = (i: number): number => (i < 0 || i >= winLength ? 0 : h[i]);
    this.windows = [
      h,
      h.map((w, i) => (i - winLength / 2) * w),
      // Windows are smooth: the central difference is right to 2·10⁻⁶ at 2048 samples.
      h.map((_, i) => (at(i + 1) - at(i - 1)) / 2),
    ];
    // All bins of a tone come together: their sum is by Parseval's theorem what a sine has.
    this.scale = 4 / (nFft * h.reduce((sum, w) => sum + w * w, 0));
  }

  /** Samples that `columns` frames need; the first frame wanted is centred on sample margin · hop + winLength / 2. */
  samples(columns: number): number {
    const { hop, winLength } = this.config;
    return (columns + 2 * this.margin - 1) * hop + winLength;
  }

  /**
   * Adds `share` times the powers of a signal, `samples(columns)` long, to `[nFft / 2][columns]`; 1 for a full-scale sine.
   * What falls off the grid is left out.
   */
  add(signal: Float32Array, columns: number, share: number, power: Float32Array): void {
    const { winLength, hop, nFft } = this.config;
    const spectra = this.windows.map(() => allocatePair(nFft));
    const [a, b] = [new Float64Array(winLength), new Float64Array(winLength)];
    const frames = columns + 2 * this.margin;
    for (let f = 0; f < frames; f += 2) {
      this.windows.forEach((window, i) => {
        for (let n = 0; n < winLength; n++) {
          a[n] = window[n] * (signal[f * hop + n] ?? 0);
          b[n] = window[n] * (signal[(f + 1) * hop + n] ?? 0);
        }
        this.fft.forward(a, b, spectra[i]);
      });
      const [h, th, dh] = spectra;
      const target = { columns, share, power };
      this.place(f, [h.aRe, h.aIm, th.aRe, th.aIm, dh.aRe, dh.aIm], target);
      if (f + 1 < frames) this.place(f + 1, [h.bRe, h.bIm, th.bRe, th.bIm, dh.bRe, dh.bIm], target);
    }
  }

  /** Puts the powers of one frame where they belong. */
  private place(
    frame: number,
    [re, im, tRe, tIm, dRe, dIm]: readonly Float64Array[],
    to: { readonly columns: number; readonly share: number; readonly power: Float32Array },
  ): void {
    const { winLength, hop, nFft } = this.config;
    const { margin, scale } = this;
    const bins = nFft / 2;
    const perRadian = nFft / (2 * Math.PI);
    const furthest = (furthestBins * nFft) / winLength;
    for (let k = 0; k < bins; k++) {
      const energy = re[k] * re[k] + im[k] * im[k];
      if (scale * energy < floor) continue;
      const later = (tRe[k] * re[k] + tIm[k] * im[k]) / energy;
      const higher = (-perRadian * (dIm[k] * re[k] - dRe[k] * im[k])) / energy;
      const stays = Math.abs(later) > winLength / 2 || Math.abs(higher) > furthest;
      const column = frame - margin + (stays ? 0 : Math.round(later / hop));
      const bin = stays ? k : Math.abs(Math.round(k + higher));
      if (column < 0 || column >= to.columns || bin >= bins) continue;
      to.power[bin * to.columns + column] += to.share * scale * energy;
    }
  }
}
