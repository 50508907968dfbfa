import type { Spectrum } from '../../dsp/stft.js';

/**
 * The multichannel Wiener filter of one or two channels: y_j = v_j·R_j·(Σ v_i·R_i)⁻¹·x, v being a stem's power in a
 * time-frequency bin (mean over channels) and R_j its spatial covariance, one a bin for the whole song.
 */
export class SpatialFilter {
  /** R_j for each stem and bin: (r11, r22, re r12, im r12), sums until `apply` divides them by the power. */
  private readonly covariance: Float64Array[];
  private readonly power: Float64Array[];

  constructor(
    private readonly stems: number,
    private readonly channels: number,
    private readonly bins: number,
  ) {
    this.covariance = Array.from({ length: stems }, () => new Float64Array(4 * bins));
    this.power = Array.from({ length: stems }, () => new Float64Array(bins));
  }

  /** Adds `count` frames from `first` on of the stems' spectra to the covariances. */
  learn(spectra: readonly (readonly Spectrum[])[], first: number, count: number): void {
    const { bins, channels } = this;
    spectra.forEach((planes, s) => {
      const [covariance, power] = [this.covariance[s], this.power[s]];
      const [left, right] = [planes[0], planes[channels - 1]];
      for (let t = first; t < Math.min(first + count, left.frames); t++) {
        for (let f = 0, i = t * bins; f < bins; f++, i++) {
          const [a, b, c, d] = [left.re[i], left.im[i], right.re[i], right.im[i]];
          covariance[4 * f] += a * a + b * b;
          covariance[4 * f + 1] += c * c + d * d;
          // left · conj(right)
          covariance[4 * f + 2] += a * c + b * d;
          covariance[4 * f + 3] += b * c - a * d;
          power[f] += 0.5 * (a * a + b * b + c * c + d * d);
        }
      }
    });
  }

  /** Replaces the stems' spectra by what the filter makes of their sum. */
  apply(spectra: readonly (readonly Spectrum[])[]): void {
    const { bins, channels, stems } = this;
    const v = new Float64Array(stems);
    for (let i = 0; i < spectra[0][0].re.length; i++) {
      const f = i % bins;
      let [xr0, xi0, xr1, xi1] = [0, 0, 0, 0];
      let [m11, m22, m12r, m12i] = [0, 0, 0, 0];
      for (let s = 0; s < stems; s++) {
        const [left, right] = [spectra[s][0], spectra[s][channels - 1]];
        const [a, b, c, d] = [left.re[i], left.im[i], right.re[i], right.im[i]];
        xr0 += a;
        xi0 += b;
        xr1 += c;
        xi1 += d;
        const total = this.power[s][f];
        v[s] = total > 0 ? (0.5 * (a * a + b * b + c * c + d * d)) / total : 0;
        const r = this.covariance[s];
        m11 += v[s] * r[4 * f];
        m22 += v[s] * r[4 * f + 1];
        m12r += v[s] * r[4 * f + 2];
        m12i += v[s] * r[4 * f + 3];
      }
      // A little of the identity holds up bins where all stems come from one place.
      const ridge = 1e-10 * (m11 + m22) + 1e-30;
      m11 += ridge;
      m22 += ridge;
      const det = m11 * m22 - m12r * m12r - m12i * m12i;
      // z = M⁻¹·x
      const zr0 = (m22 * xr0 - (m12r * xr1 - m12i * xi1)) / det;
      const zi0 = (m22 * xi0 - (m12r * xi1 + m12i * xr1)) / det;
      const zr1 = (m11 * xr1 - (m12r * xr0 + m12i * xi0)) / det;
      const zi1 = (m11 * xi1 - (m12r * xi0 - m12i * xr0)) / det;
      for (let s = 0; s < stems; s++) {
        const r = this.covariance[s];
        const [r11, r22, cr, ci] = [r[4 * f], r[4 * f + 1], r[4 * f + 2], r[4 * f + 3]];
        const left = spectra[s][0];
        left.re[i] = v[s] * (r11 * zr0 + cr * zr1 - ci * zi1);
        left.im[i] = v[s] * (r11 * zi0 + cr * zi1 + ci * zr1);
        if (channels === 1) continue;
        const right = spectra[s][1];
        right.re[i] = v[s] * (cr * zr0 + ci * zi0 + r22 * zr1);
        right.im[i] = v[s] * (cr * zi0 - ci * zr0 + r22 * zi1);
      }
    }
  }
}
