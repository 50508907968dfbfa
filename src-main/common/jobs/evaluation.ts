import { figure, medianOf, type StemScores } from '../base/scores.js';

/** What can stand in for a separator: the mixture itself, or what masks and phases made with the true stems can reach. */
export const baselines = ['mixture', 'ibm', 'irm1', 'irm2', 'mwf', 'psm', 'cirm', 'fgla', 'misi'] as const;
export type Baseline = (typeof baselines)[number];

/** Those that are made with the true stems. */
export const oracles = baselines.filter((name) => name !== 'mixture');
export type Oracle = Exclude<Baseline, 'mixture'>;

export const scoreNames = [
  'sdr',
  'isr',
  'sir',
  'sar',
  'usdr',
  'siSdr',
  'bleedless',
  'fullness',
  'l1Freq',
  'logWmse',
] as const;
export type ScoreName = (typeof scoreNames)[number];

/** What they are called, in every language. */
export const scoreTitles = {
  ...{ sdr: 'SDR', isr: 'ISR', sir: 'SIR', sar: 'SAR', usdr: 'uSDR', siSdr: 'SI-SDR' },
  ...{ bleedless: 'bleedless', fullness: 'fullness', l1Freq: 'L1 freq', logWmse: 'log-WMSE' },
} as const satisfies Readonly<Record<ScoreName, string>>;

/** Whether a figure is ill-conditioned: the parts of BSSEval are where the band of the true stem ends early. */
export function isShaky(name: string, scores: StemScores | null): boolean {
  return ['isr', 'sir', 'sar'].includes(name) && typeof scores?.bandEnds === 'number';
}

export type SongScores = Readonly<Record<string, StemScores>>;

/** One method on all songs. */
export interface MethodScores {
  /** `estimates`, or a baseline. */
  readonly method: string;
  readonly songs: readonly { readonly name: string; readonly stems: SongScores }[];
  /** Medians over songs. */
  readonly median: SongScores;
}

export interface EvaluationReport {
  readonly methods: readonly MethodScores[];
  readonly warnings: readonly string[];
}

function lowestBand(found: readonly StemScores[]): number | null {
  const ends = found.flatMap(({ bandEnds }) => bandEnds ?? []);
  return ends.length > 0 ? Math.min(...ends) : null;
}

/** The medians over songs of every stem and figure. */
export function medianSong(songs: readonly { readonly stems: SongScores }[]): SongScores {
  const names = [...new Set(songs.flatMap(({ stems }) => Object.keys(stems)))];
  return Object.fromEntries(
    names.map((stem) => {
      const found = songs.flatMap(({ stems }) => (stem in stems ? [stems[stem]] : []));
      const scores = scoreNames.map((name) => [name, figure(medianOf(found.map((one) => one[name])))]);
      return [stem, { ...Object.fromEntries(scores), bandEnds: lowestBand(found) }];
    }),
  );
}

/** Says that figures rest on the noise floor of BSSEval, because a true stem has nothing in some band; null elsewhere. */
export function bandWarning(stem: string, { bandEnds }: StemScores, song: string): string | null {
  if (bandEnds === null) return null;
  return (
    `The true ${stem} of "${song}" has nothing above ${(bandEnds / 1000).toFixed(1)} kHz: ISR, SIR and SAR ` +
    'are ill-conditioned there, and rest on a noise floor of 16-bit rounding'
  );
}
