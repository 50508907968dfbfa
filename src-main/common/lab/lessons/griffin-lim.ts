import { analyse, magnitudes, polar, synthesise, type FrameConfig, type LabSpectrum } from '../frames.js';
import { numberOf, type Lesson } from '../lesson.js';
import { sdr } from '../measures.js';
import { spectrogramPicture } from '../pictures.js';
import { labRate } from '../sounds.js';
import { ownBand, type Material } from '../material.js';

const stops = [0, 1, 2, 3, 5, 10, 20, 30, 50, 70, 100];
const seconds = 2;

/** What a search has found after so many rounds. */
interface Stop {
  readonly wave: Float64Array;
  /** ‖|STFT(wave)| − V‖² / ‖V‖² in dB. */
  readonly misfit: number;
}

/** The spectrum that has the phases of another and the magnitudes that are wanted; phase 0 where it has no value. */
function withLengths(target: Float64Array, { frames, bins, re, im }: LabSpectrum): LabSpectrum {
  const lengths = magnitudes({ frames, bins, re, im });
  return {
    ...{ frames, bins },
    re: re.map((x, i) => (lengths[i] > 0 ? (target[i] * x) / lengths[i] : target[i])),
    im: im.map((y, i) => (lengths[i] > 0 ? (target[i] * y) / lengths[i] : 0)),
  };
}

/** a + momentum · (a − b). */
function beyond(a: LabSpectrum, b: LabSpectrum, momentum: number): LabSpectrum {
  const on = (x: Float64Array, y: Float64Array): Float64Array => x.map((v, i) => v + momentum * (v - y[i]));
  return { ...a, re: on(a.re, b.re), im: on(a.im, b.im) };
}

/**
 * Griffin & Lim (IEEE TASSP 32, 1984) from phases of zero, with momentum 0.99 its fast variant (Perraudin et al., WASPAA
 * 2013): what every stop of the slider hears.
 */
function search(signal: Float64Array, config: FrameConfig, momentum: number): ReadonlyMap<number, Stop> {
  const samples = signal.length;
  const first = analyse(signal, config);
  const target = magnitudes(first);
  let wave = synthesise(polar(first, target, new Float64Array(target.length)), config, samples);
  let last: LabSpectrum | undefined;
  const found = new Map<number, Stop>();
  for (let round = 0; round <= stops[stops.length - 1]; round++) {
    const spectrum = analyse(wave, config);
    if (stops.includes(round)) found.set(round, { wave, misfit: -sdr(target, magnitudes(spectrum)) });
    const next = last && momentum > 0 ? beyond(spectrum, last, momentum) : spectrum;
    last = spectrum;
    wave = synthesise(withLengths(target, next), config, samples);
  }
  return found;
}

/** All rounds take half a second, so they are kept. */
const searches = new WeakMap<Material, Map<string, ReadonlyMap<number, Stop>>>();

/** The sound whose phases are sought. */
const soundOf = ({ one }: Material): Float64Array => one.subarray(0, seconds * labRate);

function searched(material: Material, fast: boolean, broken: boolean): ReadonlyMap<number, Stop> {
  const known = searches.get(material) ?? new Map<string, ReadonlyMap<number, Stop>>();
  searches.set(material, known);
  const key = `${fast} ${broken}`;
  const config: FrameConfig = broken
    ? { window: 'rectangular', length: 1024, hop: 1024 }
    : { window: 'hann', length: 1024, hop: 256 };
  const found = known.get(key) ?? search(soundOf(material), config, fast ? 0.99 : 0);
  known.set(key, found);
  return found;
}

/** Phases that fit the magnitudes, sought again and again. Broken: frames that do not overlap, which any phases fit. */
export const griffinLim: Lesson = {
  controls: [
    { kind: 'slider', key: 'iterations', values: stops, start: 10, unit: '' },
    { kind: 'choice', key: 'momentum', options: ['plain', 'fast'], start: 'plain' },
  ],
  song: 'sound',
  run: (settings, material = ownBand) => {
    const found = searched(material, settings['momentum'] === 'fast', settings['broken'] === true);
    const rounds = numberOf(settings, 'iterations');
    const { wave, misfit } = found.get(rounds)!;
    const spectrum = analyse(wave, { window: 'hann', length: 1024, hop: 256 });
    return {
      numbers: [{ key: 'misfit', value: misfit, unit: 'dB' }],
      sounds: [
        { key: 'estimate', samples: wave },
        { key: material.isSong ? 'original' : 'voice', samples: soundOf(material) },
      ],
      curves: [{ key: 'misfit', x: stops, y: stops.map((stop) => found.get(stop)!.misfit), at: rounds }],
      picture: spectrogramPicture(magnitudes(spectrum), spectrum),
    };
  },
};
