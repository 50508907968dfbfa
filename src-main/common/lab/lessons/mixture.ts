import { analyse, magnitudes } from '../frames.js';
import { numberOf, type Lesson } from '../lesson.js';
import { errorDb, sdr } from '../measures.js';
import { spectrogramPicture } from '../pictures.js';
import { add, delayed } from '../sounds.js';
import { ownBand } from '../material.js';

/** A mixture is a sum, sample by sample, so taking one part away leaves the other. Broken: the wrong sign. */
export const mixture: Lesson = {
  controls: [
    { kind: 'slider', key: 'delay', values: [0, 1, 2, 3, 5, 10, 20, 50], start: 0, unit: 'samples' },
  ],
  song: 'parts',
  run: (settings, { voice: sung, band: played } = ownBand) => {
    const mix = add(sung, played);
    const taken = delayed(played, numberOf(settings, 'delay'));
    const estimate = add(mix, taken, settings['broken'] ? 1 : -1);
    const spectrum = analyse(estimate, { window: 'hann', length: 1024, hop: 256 });
    return {
      numbers: [
        { key: 'error', value: errorDb(sung, estimate), unit: 'dB' },
        { key: 'mixtureSdr', value: sdr(sung, mix), unit: 'dB' },
      ],
      sounds: [
        { key: 'estimate', samples: estimate },
        { key: 'mixture', samples: mix },
        { key: 'band', samples: played },
        { key: 'voice', samples: sung },
      ],
      picture: spectrogramPicture(magnitudes(spectrum), spectrum),
    };
  },
};
