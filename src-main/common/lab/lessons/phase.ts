import { randoms } from '../../dsp/randoms.js';
import { polar, synthesise } from '../frames.js';
import { numberOf, type Lesson } from '../lesson.js';
import { sdr } from '../measures.js';
import { spectrogramPicture } from '../pictures.js';
import { duo } from './sources.js';
import { ownBand } from '../material.js';

const config = { window: 'hann', length: 1024, hop: 256 } as const;

/** The true magnitudes with phases that are wrong by up to so many degrees. Broken: all phases are zero. */
export const phase: Lesson = {
  controls: [
    { kind: 'choice', key: 'phase', options: ['true', 'mixture'], start: 'true' },
    { kind: 'slider', key: 'noise', values: [0, 15, 30, 45, 60, 90, 120, 180], start: 0, unit: '°' },
  ],
  song: 'parts',
  run: (settings, material = ownBand) => {
    const parts = duo(material, config);
    const from = settings['phase'] === 'mixture' ? parts.spectra.mix : parts.spectra.voice;
    const reach = (numberOf(settings, 'noise') * Math.PI) / 180;
    const random = randoms(5);
    const phases = from.re.map((x, i) => {
      const error = reach * (2 * random() - 1);
      return settings['broken'] ? 0 : Math.atan2(from.im[i], x) + error;
    });
    const estimate = synthesise(polar(from, parts.lengths.voice, phases), config, material.samples);
    return {
      numbers: [{ key: 'voiceSdr', value: sdr(parts.voice, estimate), unit: 'dB' }],
      sounds: [
        { key: 'estimate', samples: estimate },
        { key: 'voice', samples: parts.voice },
      ],
      picture: spectrogramPicture(parts.lengths.voice, from),
    };
  },
};
