import { randoms } from '../../dsp/randoms.js';
import { analyse, magnitudes } from '../frames.js';
import { numberOf, type Lesson } from '../lesson.js';
import { sdr, siSdr } from '../measures.js';
import { spectrogramPicture } from '../pictures.js';
import { add, delayed } from '../sounds.js';
import { ownBand, type Material } from '../material.js';

/** The voice with one fault: the band in it, hiss, or ten milliseconds missing out of every hundred. */
function faulty({ voice: sung, band }: Material, fault: string): Float64Array {
  if (fault === 'bleed') return add(sung, band, 0.3);
  if (fault === 'holes') return sung.map((x, i) => (i % 2205 < 220 ? 0 : x));
  const random = randoms(9);
  return sung.map((x) => x + 0.02 * (2 * random() - 1));
}

/** A score compares samples, so it depends on what one holds fixed. Broken: the estimate comes twenty samples late. */
export const measuring: Lesson = {
  controls: [
    { kind: 'slider', key: 'gain', values: [-20, -12, -6, -3, 0, 3, 6], start: 0, unit: 'dB' },
    { kind: 'choice', key: 'fault', options: ['bleed', 'hiss', 'holes'], start: 'bleed' },
  ],
  song: 'parts',
  run: (settings, material = ownBand) => {
    const sung = material.voice;
    const gain = 10 ** (numberOf(settings, 'gain') / 20);
    const heard = faulty(material, String(settings['fault'])).map((x) => gain * x);
    const estimate = settings['broken'] ? delayed(heard, 20) : heard;
    const spectrum = analyse(estimate, { window: 'hann', length: 1024, hop: 256 });
    return {
      numbers: [
        { key: 'voiceSdr', value: sdr(sung, estimate), unit: 'dB' },
        { key: 'siSdr', value: siSdr(sung, estimate), unit: 'dB' },
      ],
      sounds: [
        { key: 'estimate', samples: estimate },
        { key: 'voice', samples: sung },
      ],
      picture: spectrogramPicture(magnitudes(spectrum), spectrum),
    };
  },
};
