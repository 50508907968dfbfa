import { analyse, magnitudes, masked, synthesise } from '../frames.js';
import { numberOf, type Lesson } from '../lesson.js';
import { errorDb, sdr } from '../measures.js';
import { maskPicture } from '../pictures.js';
import { add } from '../sounds.js';
import { ownBand } from '../material.js';

const config = { window: 'hann', length: 1024, hop: 256 } as const;

const sumOf = (signals: readonly Float64Array[]): Float64Array => signals.reduce((a, b) => add(a, b));

/** Masks that add up to one give stems that add up to the song. Broken: they are not divided by their sum. */
export const masks: Lesson = {
  controls: [{ kind: 'slider', key: 'floor', values: [0, 0.02, 0.05, 0.1, 0.2, 0.3], start: 0.1, unit: '' }],
  song: 'parts',
  run: (settings, material = ownBand) => {
    const floor = numberOf(settings, 'floor');
    const { parts } = material;
    const mix = sumOf(parts);
    const powers = parts.map((part) => magnitudes(analyse(part, config)).map((x) => x * x));
    const total = sumOf(powers);
    const wanted = powers.map((power) =>
      power.map((x, i) => Math.max(floor, total[i] > 0 ? x / total[i] : 1 / parts.length)),
    );
    const sum = sumOf(wanted);
    const shares = settings['broken'] ? wanted : wanted.map((mask) => mask.map((x, i) => x / sum[i]));
    const spectrum = analyse(mix, config);
    const stems = shares.map((mask) => synthesise(masked(spectrum, mask), config, material.samples));
    const together = sumOf(stems);
    return {
      numbers: [
        { key: 'nullTest', value: errorDb(mix, together), unit: 'dB' },
        { key: 'voiceSdr', value: sdr(parts[0], stems[0]), unit: 'dB' },
      ],
      sounds: [
        { key: 'sum', samples: together },
        { key: 'estimate', samples: stems[0] },
        { key: 'mixture', samples: mix },
      ],
      picture: maskPicture(shares[0], spectrum),
    };
  },
};
