import { allocateLab, synthesise, type LabSpectrum } from '../frames.js';
import { numberOf, type Lesson } from '../lesson.js';
import { sdr } from '../measures.js';
import { maskPicture } from '../pictures.js';
import { add, labRate } from '../sounds.js';
import { duo, shareOf, type Duo } from './sources.js';
import { ownBand } from '../material.js';

/** Complex masks of the voice, real and imaginary parts, `[frames][bins]`; kinds as in `evaluation/oracles`. */
function oracleMask({ spectra, lengths }: Duo, kind: string): LabSpectrum {
  const { voice, mix } = spectra;
  const out = allocateLab(mix.frames, mix.bins);
  for (let i = 0; i < out.re.length; i++) {
    const [v, b] = [lengths.voice[i], lengths.band[i]];
    if (kind === 'ibm') out.re[i] = Number(v > b);
    else if (kind === 'irm1' || kind === 'irm2') out.re[i] = shareOf(v, b, kind === 'irm1' ? 1 : 2);
    else {
      const power = mix.re[i] ** 2 + mix.im[i] ** 2;
      if (power <= 0) continue;
      const along = (voice.re[i] * mix.re[i] + voice.im[i] * mix.im[i]) / power;
      const across = (voice.im[i] * mix.re[i] - voice.re[i] * mix.im[i]) / power;
      const limit = 1 / Math.max(1, Math.sqrt(along * along + across * across));
      out.re[i] = kind === 'psm' ? Math.max(0, Math.min(1, along)) : along * limit;
      out.im[i] = kind === 'psm' ? 0 : across * limit;
    }
  }
  return out;
}

/** A complex mask times a spectrum. */
function times(mask: LabSpectrum, { frames, bins, re, im }: LabSpectrum): LabSpectrum {
  return {
    ...{ frames, bins },
    re: re.map((x, i) => x * mask.re[i] - im[i] * mask.im[i]),
    im: im.map((y, i) => y * mask.re[i] + re[i] * mask.im[i]),
  };
}

/** The mask `frames` later. */
function later(mask: LabSpectrum, frames: number): LabSpectrum {
  const out = allocateLab(mask.frames, mask.bins);
  const kept = (mask.frames - frames) * mask.bins;
  out.re.set(mask.re.subarray(0, kept), frames * mask.bins);
  out.im.set(mask.im.subarray(0, kept), frames * mask.bins);
  return out;
}

/** With the true stems a mask is as good as its kind can be. Broken: the mask comes half a second late. */
export const oracle: Lesson = {
  controls: [
    { kind: 'choice', key: 'oracle', options: ['ibm', 'irm1', 'irm2', 'psm', 'cirm'], start: 'irm2' },
    {
      ...{ kind: 'slider', key: 'length', start: 1024, unit: 'samples' },
      values: [128, 256, 512, 1024, 2048, 4096, 8192],
    },
  ],
  song: 'parts',
  run: (settings, material = ownBand) => {
    const length = numberOf(settings, 'length');
    const config = { window: 'hann', length, hop: length / 4 } as const;
    const parts = duo(material, config);
    const ideal = oracleMask(parts, String(settings['oracle']));
    const mask = settings['broken'] ? later(ideal, Math.round((0.5 * labRate) / config.hop)) : ideal;
    const estimate = synthesise(times(mask, parts.spectra.mix), config, material.samples);
    return {
      numbers: [
        { key: 'voiceSdr', value: sdr(parts.voice, estimate), unit: 'dB' },
        { key: 'bandSdr', value: sdr(parts.band, add(parts.mix, estimate, -1)), unit: 'dB' },
      ],
      sounds: [
        { key: 'estimate', samples: estimate },
        { key: 'band', samples: add(parts.mix, estimate, -1) },
        { key: 'mixture', samples: parts.mix },
      ],
      picture: maskPicture(
        mask.re.map((x, i) => Math.hypot(x, mask.im[i])),
        mask,
      ),
    };
  },
};
