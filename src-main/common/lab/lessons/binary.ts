import { randoms } from '../../dsp/randoms.js';
import { masked, synthesise } from '../frames.js';
import { numberOf, type Lesson } from '../lesson.js';
import { sdr } from '../measures.js';
import { maskPicture } from '../pictures.js';
import { duo, shareOf } from './sources.js';
import { ownBand } from '../material.js';

const config = { window: 'hann', length: 1024, hop: 256 } as const;

/** A binary mask decides, a soft one shares. Broken: one bin in twenty, drawn by lot, has the wrong value. */
export const binary: Lesson = {
  controls: [
    { kind: 'choice', key: 'mask', options: ['soft', 'binary'], start: 'soft' },
    { kind: 'slider', key: 'exponent', values: [0.5, 1, 1.5, 2, 3, 4, 6, 10], start: 2, unit: '' },
  ],
  song: 'parts',
  run: (settings, material = ownBand) => {
    const parts = duo(material, config);
    const { voice, band } = parts.lengths;
    const exponent = numberOf(settings, 'exponent');
    const mask = voice.map((x, i) =>
      settings['mask'] === 'binary' ? Number(x > band[i]) : shareOf(x, band[i], exponent),
    );
    if (settings['broken']) {
      const random = randoms(3);
      for (let i = 0; i < mask.length; i++) if (random() < 0.05) mask[i] = 1 - mask[i];
    }
    const estimate = synthesise(masked(parts.spectra.mix, mask), config, material.samples);
    const undecided = mask.reduce((count, m) => count + Number(m > 0.1 && m < 0.9), 0) / mask.length;
    return {
      numbers: [
        { key: 'voiceSdr', value: sdr(parts.voice, estimate), unit: 'dB' },
        { key: 'undecided', value: 100 * undecided, unit: '%' },
      ],
      sounds: [
        { key: 'estimate', samples: estimate },
        { key: 'mixture', samples: parts.mix },
        { key: 'voice', samples: parts.voice },
      ],
      picture: maskPicture(mask, parts.spectra.mix),
    };
  },
};
