import { createWindow, type WindowName } from '../../dsp/windows.js';
import { analyse, magnitudes, overlapAdd, overlapOf } from '../frames.js';
import { numberOf, type Lesson } from '../lesson.js';
import { errorDb } from '../measures.js';
import { spectrogramPicture } from '../pictures.js';
import { add } from '../sounds.js';
import { ownBand } from '../material.js';

const length = 1024;

/** Windows must add up to a constant (COLA). Broken: a hop of one and a half windows. */
export const windows: Lesson = {
  controls: [
    {
      ...{ kind: 'choice', key: 'window', start: 'hann' },
      options: ['hann', 'sqrt-hann', 'hamming', 'blackman', 'rectangular'],
    },
    { kind: 'slider', key: 'hop', values: [12.5, 25, 37.5, 50, 62.5, 75, 100], start: 50, unit: '%' },
  ],
  song: 'sound',
  run: (settings, material = ownBand) => {
    const window = String(settings['window']) as WindowName;
    const hop = Math.round(((settings['broken'] ? 150 : numberOf(settings, 'hop')) / 100) * length);
    const signal = add(material.voice, material.band);
    const config = { window, length, hop };
    const rebuilt = overlapAdd(analyse(signal, config), config, material.samples);
    const heard = analyse(rebuilt, { window: 'hann', length, hop: 256 });
    const sums = [...overlapOf(createWindow(window, length), hop)];
    const mean = sums.reduce((a, b) => a + b) / hop;
    const shown = Array.from({ length: 2 * length }, (_, n) => n);
    return {
      numbers: [
        { key: 'error', value: errorDb(signal, rebuilt), unit: 'dB' },
        { key: 'ripple', value: (100 * (Math.max(...sums) - Math.min(...sums))) / mean, unit: '%' },
      ],
      sounds: [
        { key: 'rebuilt', samples: rebuilt },
        { key: 'original', samples: signal },
      ],
      curves: [{ key: 'windows', x: shown, y: shown.map((n) => sums[n % hop]) }],
      picture: spectrogramPicture(magnitudes(heard), heard),
    };
  },
};
