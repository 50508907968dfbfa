import { masked, synthesise } from '../frames.js';
import { numberOf, type Lesson } from '../lesson.js';
import { sdr } from '../measures.js';
import { maskPicture } from '../pictures.js';
import { TinyNet, type Examples } from '../tiny-net.js';
import { duo, type Duo } from './sources.js';
import { ownBand } from '../material.js';

const config = { window: 'hann', length: 1024, hop: 512 } as const;
const bands = 32;
const stops = [0, 10, 30, 100, 200, 400];

/** Mean powers of 32 bands of 16 bins, `[frames][bands]`; the last bin belongs to the last band. */
function bandPowers(lengths: Float64Array, frames: number, bins: number): Float64Array {
  const out = new Float64Array(frames * bands);
  for (let f = 0; f < frames; f++) {
    for (let b = 0; b < 16 * bands; b++) out[f * bands + (b >> 4)] += lengths[f * bins + b] ** 2 / 16;
  }
  return out;
}

/** Levels of the mixture's bands (mean 0, deviation 1 over the frames that are learned from) and the voice's share. */
function examples({ lengths, spectra }: Duo, learned: number): Examples {
  const { frames, bins } = spectra.mix;
  const powers = (x: Float64Array): Float64Array => bandPowers(x, frames, bins);
  const [mix, sung, played] = [powers(lengths.mix), powers(lengths.voice), powers(lengths.band)];
  const inputs = mix.map((x) => Math.log10(x + 1e-6));
  for (let b = 0; b < bands; b++) {
    let [sum, squares] = [0, 0];
    for (let f = 0; f < learned; f++) sum += inputs[f * bands + b];
    const mean = sum / learned;
    for (let f = 0; f < learned; f++) squares += (inputs[f * bands + b] - mean) ** 2;
    const scale = Math.sqrt(squares / learned) + 1e-6;
    for (let f = 0; f < frames; f++) inputs[f * bands + b] = (inputs[f * bands + b] - mean) / scale;
  }
  const targets = sung.map((x, i) => x / (x + played[i] + 1e-12));
  return { inputs, targets, width: bands };
}

/** Instead of a rule for masks, examples. Broken: the answers are those of the band. */
export const networks: Lesson = {
  controls: [{ kind: 'slider', key: 'steps', values: stops, start: 100, unit: '' }],
  song: 'parts',
  run: (settings, material = ownBand) => {
    const parts = duo(material, config);
    const { frames, bins } = parts.spectra.mix;
    const learned = Math.floor(frames / 2);
    const { inputs, targets } = examples(parts, learned);
    const answers = settings['broken'] ? targets.map((share) => 1 - share) : targets;
    const net = new TinyNet(bands, 16);
    const steps = numberOf(settings, 'steps');
    const losses = net.train({ inputs, targets: answers, width: bands }, learned, steps);
    const shares = net.answers(inputs, frames);
    const mask = parts.lengths.mix.map(
      (_, i) => shares[Math.floor(i / bins) * bands + Math.min(bands - 1, (i % bins) >> 4)],
    );
    const estimate = synthesise(masked(parts.spectra.mix, mask), config, material.samples);
    const half = Math.floor(material.samples / 2);
    const plain = targets.subarray(learned * bands);
    const guess = shares.subarray(learned * bands);
    const loss = plain.reduce((sum, y, i) => sum + (y - guess[i]) ** 2, 0) / plain.length;
    return {
      numbers: [
        { key: 'voiceSdr', value: sdr(parts.voice.subarray(half), estimate.subarray(half)), unit: 'dB' },
        { key: 'loss', value: 100 * loss, unit: '' },
      ],
      sounds: [
        { key: 'estimate', samples: estimate },
        { key: 'mixture', samples: parts.mix },
      ],
      curves: [{ key: 'loss', x: losses.map((_, i) => i), y: losses.map((x) => 100 * x) }],
      picture: maskPicture(mask, parts.spectra.mix),
    };
  },
};
