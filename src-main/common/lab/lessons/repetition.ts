import { beatSpectrum, medianOfPeriods } from '../../separation/classic/repet.js';
import { masked, synthesise } from '../frames.js';
import { numberOf, type Lesson } from '../lesson.js';
import { sdr } from '../measures.js';
import { maskPicture } from '../pictures.js';
import { add } from '../sounds.js';
import { duo } from './sources.js';
import { ownBand } from '../material.js';

/** Fifty frames a second, so that every period of the slider is a whole number of them. */
const config = { window: 'hann', length: 1024, hop: 441 } as const;
const perSecond = 50;

/** What comes again is the band, what does not is the voice (REPET, Rafii & Pardo, IEEE TASLP 21, 2013). Broken: a band that never plays the same bar twice. */
export const repetition: Lesson = {
  controls: [
    {
      ...{ kind: 'slider', key: 'period', start: 0.8, unit: 's' },
      values: [0.3, 0.4, 0.5, 0.6, 0.8, 0.9, 1, 1.1, 1.2, 1.4],
    },
  ],
  song: 'parts',
  breaksOwn: true,
  run: (settings, material = ownBand) => {
    const parts = duo(material, config, !settings['broken']);
    const { frames, bins } = parts.spectra.mix;
    const period = Math.round(numberOf(settings, 'period') * perSecond);
    const lengths = Float32Array.from(parts.lengths.mix);
    const background = medianOfPeriods(lengths, frames, bins, period);
    const mask = Float64Array.from(lengths, (x, i) => (x > 0 ? 1 - background[i] / x : 0));
    const estimate = synthesise(masked(parts.spectra.mix, mask), config, material.samples);
    const beat = beatSpectrum(lengths, frames, bins);
    const shown = Array.from({ length: Math.floor(1.6 * perSecond) }, (_, lag) => lag);
    return {
      numbers: [
        { key: 'voiceSdr', value: sdr(parts.voice, estimate), unit: 'dB' },
        { key: 'beat', value: 100 * beat[period], unit: '%' },
      ],
      sounds: [
        { key: 'estimate', samples: estimate },
        { key: 'band', samples: add(parts.mix, estimate, -1) },
        { key: 'mixture', samples: parts.mix },
      ],
      curves: [
        {
          ...{ key: 'beat', at: period / perSecond },
          ...{ x: shown.map((lag) => lag / perSecond), y: shown.map((lag) => 100 * beat[lag]) },
        },
      ],
      picture: maskPicture(mask, parts.spectra.mix),
    };
  },
};
