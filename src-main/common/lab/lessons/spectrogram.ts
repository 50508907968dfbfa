import { analyse, magnitudes, synthesise, type LabSpectrum } from '../frames.js';
import { numberOf, type Lesson } from '../lesson.js';
import { spectrogramPicture } from '../pictures.js';
import { labRate, labSamples, tonesAndClicks } from '../sounds.js';

/** Mean power of the bin nearest to a frequency, over the frames that lie inside the signal. */
function powerAt({ frames, bins, re, im }: LabSpectrum, hertz: number, length: number, hop: number): number {
  const bin = Math.round((hertz * length) / labRate);
  let [sum, count] = [0, 0];
  for (let f = 0; f < frames; f++) {
    const start = f * hop - length;
    if (start < 0 || start + length > labSamples) continue;
    sum += re[f * bins + bin] ** 2 + im[f * bins + bin] ** 2;
    count++;
  }
  return sum / count;
}

/** Long windows tell tones apart, short ones tell moments apart. Broken: the imaginary part is thrown away. */
export const spectrogram: Lesson = {
  controls: [
    {
      ...{ kind: 'slider', key: 'length', start: 1024, unit: 'samples' },
      values: [64, 128, 256, 512, 1024, 2048, 4096, 8192],
    },
  ],
  song: null,
  run: (settings) => {
    const length = numberOf(settings, 'length');
    const config = { window: 'hann', length, hop: length / 4 } as const;
    const signal = tonesAndClicks();
    const whole = analyse(signal, config);
    const spectrum = settings['broken'] ? { ...whole, im: whole.im.map(() => 0) } : whole;
    const level = (hertz: number): number => powerAt(spectrum, hertz, length, config.hop);
    return {
      numbers: [
        { key: 'valley', value: 10 * Math.log10(level(455) / Math.min(level(440), level(470))), unit: 'dB' },
        { key: 'binWidth', value: labRate / length, unit: 'Hz' },
      ],
      sounds: [
        { key: 'rebuilt', samples: synthesise(spectrum, config, labSamples) },
        { key: 'original', samples: signal },
      ],
      picture: spectrogramPicture(magnitudes(spectrum), spectrum),
    };
  },
};
