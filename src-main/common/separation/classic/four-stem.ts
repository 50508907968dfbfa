import { centreShare } from './centre.js';
import { PlanePool, enhance, softShare } from './hpss.js';
import { classicRate, classicSegment, type MaskMethod } from './masking.js';
import { repeatingBackground } from './repet-sim.js';

/** The parameters of the combination; the defaults did best on songs with known stems. */
export interface FourStemOptions {
  /** Exponent of the drums' soft mask, and how much louder the percussive part must be. */
  readonly drumPower: number;
  readonly drumMargin: number;
  /** Exponent of the stereo-centre weight of the vocals. */
  readonly centrePower: number;
  /** Exponent of the foreground weight of the vocals. */
  readonly foregroundPower: number;
  readonly vocalGain: number;
  /** The voice's range and the top of the bass, Hz, each faded over an octave. */
  readonly vocalLow: number;
  readonly vocalHigh: number;
  readonly bassTop: number;
  /** Most repetitions of REPET-SIM; few are enough and much faster than the paper's 100. */
  readonly repetitions: number;
}

export const fourStemDefaults: FourStemOptions = {
  drumPower: 2,
  drumMargin: 1,
  centrePower: 2,
  foregroundPower: 1,
  vocalGain: 1,
  vocalLow: 220,
  vocalHigh: 8000,
  bassTop: 150,
  repetitions: 20,
};

const nFft = 4096;
const hop = 1024;

/** 0 an octave below `edge` Hz, 1 an octave above, smooth in log frequency. */
function riseAt(edge: number, hz: number): number {
  const octaves = hz > 0 ? Math.log2(hz / edge) : -Infinity;
  const t = Math.min(1, Math.max(0, 0.5 + 0.5 * octaves));
  return t * t * (3 - 2 * t);
}

/**
 * Vocals, drums, bass and other without a model: drums are what HPSS finds percussive; the voice is what does
 * not repeat (REPET-SIM), sounds in the middle and lies in its range; the bass is the low end of the rest.
 * The four masks add up to 1 in every bin.
 */
export function fourStem(options: FourStemOptions = fourStemDefaults): MaskMethod {
  const medians = new PlanePool();
  const repet = new PlanePool();
  const masks = new PlanePool();
  return {
    stems: ['vocals', 'drums', 'bass', 'other'],
    residualStem: 'other',
    stft: { nFft, hop, window: 'hann' },
    segment: classicSegment(40, 0.2),
    masks: (analysis) => {
      const { frames, bins, magnitude } = analysis;
      const size = frames * bins;
      const { harmonic, percussive } = enhance(
        analysis,
        { harmonicFrames: 31, percussiveBins: 31, power: 2 },
        medians,
      );
      const background = repeatingBackground(
        analysis,
        hop,
        { threshold: 0, distanceSeconds: 1, repetitions: options.repetitions, highPass: 0 },
        repet,
        Math.min(bins, Math.ceil((2 * options.vocalHigh * nFft) / classicRate)),
      );
      const [vocals, drums, bass, other] = [0, 1, 2, 3].map((s) => masks.get(s, size));
      const hz = (bin: number): number => (bin * classicRate) / nFft;
      const inVoice = Float32Array.from(
        { length: bins },
        (_, b) => riseAt(options.vocalLow, hz(b)) * (1 - riseAt(options.vocalHigh, hz(b))),
      );
      const inBass = Float32Array.from({ length: bins }, (_, b) => 1 - riseAt(options.bassTop, hz(b)));
      for (let i = 0; i < size; i++) {
        const bin = i % bins;
        const drum = softShare(percussive[i], options.drumMargin * harmonic[i], options.drumPower);
        const foreground = magnitude[i] > 0 ? 1 - background[i] / magnitude[i] : 0;
        const voice =
          Math.min(1, options.vocalGain * foreground ** options.foregroundPower) *
          centreShare(analysis, i) ** options.centrePower *
          inVoice[bin];
        drums[i] = drum;
        vocals[i] = (1 - drum) * voice;
        const rest = 1 - drums[i] - vocals[i];
        bass[i] = rest * inBass[bin];
        other[i] = rest - bass[i];
      }
      return [vocals, drums, bass, other];
    },
  };
}
