import { gramMatrix } from '../../src-main/common/dsp/gram.js';
import { createResampler } from '../../src-main/common/dsp/resample.js';
import { allocateSpectrum, Stft } from '../../src-main/common/dsp/stft.js';
import { wienerEm } from '../../src-main/common/dsp/wiener.js';
import { noise } from '../fixtures/signals.js';
import { startReference, type Reference } from './dsp-reference.js';

export interface BenchRow {
  readonly name: string;
  readonly seconds: number;
  /** What `referenceSeconds` timed, or why it could not be timed. */
  readonly reference: string;
  /** NaN without a reference, as is the ratio. */
  readonly referenceSeconds: number;
  /** referenceSeconds / seconds: above 1 is faster than the reference. */
  readonly ratio: number;
  readonly unit?: string;
}

interface Contest {
  readonly name: string;
  readonly work: () => void;
  /** What the reference does, and the job that it is given; none to time the work alone. */
  readonly against?: readonly [string, object];
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** The median of interleaved runs, after one of each to warm up. */
async function compete(contest: Contest, reference: Reference, runs = 5): Promise<BenchRow> {
  const { name, work, against } = contest;
  const rival = against && reference.available ? against : undefined;
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let i = 0; i <= runs; i++) {
    const start = performance.now();
    work();
    ours.push((performance.now() - start) / 1000);
    if (rival) theirs.push(await reference.time(rival[1]));
  }
  const seconds = median(ours.slice(1));
  const referenceSeconds = rival ? median(theirs.slice(1)) : NaN;
  return {
    name,
    seconds,
    reference: against ? `${against[0]} (${reference.description})` : 'none',
    referenceSeconds,
    ratio: referenceSeconds / seconds,
    unit: 's',
  };
}

/** Seconds of stereo at 44.1 kHz. */
const duration = 240;

function transforms(nFft: number, hop: number): Contest[] {
  const stft = new Stft({ nFft, hop });
  const samples = duration * 44100;
  const waves = [noise(samples, 1), noise(samples, 2)];
  const spectra = waves.map(() => allocateSpectrum(stft.frameCount(samples), stft.bins));
  const output = new Float32Array(samples);
  const size = { seconds: duration, n: nFft, hop };
  return [
    {
      name: `STFT ${nFft}/${hop}, ${duration} s stereo`,
      work: () => waves.forEach((wave, c) => stft.forward(wave, spectra[c])),
      against: ['torch.stft, one thread', { op: 'stft', ...size }],
    },
    {
      name: `inverse STFT ${nFft}/${hop}, ${duration} s stereo`,
      work: () => spectra.forEach((spectrum) => stft.inverse(spectrum, samples, output)),
      against: ['scipy.signal.istft, float32', { op: 'istft', ...size }],
    },
  ];
}

function resampling(): Contest {
  const resampler = createResampler(44100, 48000);
  const count = duration * 48000;
  const range = resampler.inputRange(0, count);
  const [input, output] = [noise(range.count), new Float32Array(count)];
  return {
    name: `44100 to 48000 Hz, ${duration} s mono`,
    work: () => resampler.process(input, range.start, 0, count, output),
    against: ['scipy.signal.resample_poly, equal length', { op: 'resample', seconds: duration }],
  };
}

function others(): Contest[] {
  const [frames, bins] = [300, 2049];
  const spectrum = (seed: number) => ({
    frames,
    bins,
    re: noise(frames * bins, seed),
    im: noise(frames * bins, seed + 1),
  });
  const mix = [spectrum(1), spectrum(3)];
  const estimates = [5, 9, 13, 17].map((seed) => [spectrum(seed), spectrum(seed + 2)]);
  const rows = noise(1000 * bins);
  const gram = new Float32Array(1000 * 1000);
  return [
    {
      name: 'Wiener EM, 1 iteration, 4 stems, 300 frames of 2049 bins',
      work: () => void wienerEm(mix, estimates),
    },
    {
      name: 'gram matrix of 1000 rows of 2049',
      work: () => void gramMatrix(rows, 1000, bins, gram),
      against: ['torch matmul, one thread', { op: 'gram', n: 1000, k: bins }],
    },
  ];
}

/** The DSP core against PyTorch and SciPy in the same run, one thread each. */
export async function benchDsp(): Promise<BenchRow[]> {
  const reference = await startReference('dsp_reference.py');
  try {
    const rows: BenchRow[] = [];
    for (const make of [
      () => transforms(4096, 1024),
      () => transforms(2048, 512),
      () => [resampling()],
      others,
    ]) {
      for (const contest of make()) rows.push(await compete(contest, reference));
    }
    return rows;
  } finally {
    reference.close();
  }
}
