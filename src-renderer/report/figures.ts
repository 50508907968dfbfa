import { fixed } from '../../src-main/common/base/figures.js';
import type { StemScores } from '../../src-main/common/base/scores.js';
import type { ComparedSystem } from '../../src-main/common/jobs/comparison.js';

/** What a system is ranked by. */
export interface Column {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  /** What the figure says, in a sentence. */
  readonly about: string;
  readonly digits: number;
  /** Whether a lower figure is better. */
  readonly lower: boolean;
  readonly of: (system: ComparedSystem, scores: StemScores | null) => number | null;
}

type ScoreKey = Exclude<keyof StemScores, 'bandEnds'>;

const score = (key: ScoreKey, title: string, unit: string, about: string): Column => ({
  ...{ key, title, unit, about, digits: 2, lower: false },
  of: (_, scores) => scores?.[key] ?? null,
});

export const scoreColumns: readonly Column[] = [
  score('usdr', 'uSDR', 'dB', 'True stem against error, over the whole clip.'),
  score('sdr', 'SDR', 'dB', 'BSSEval v4: median over seconds of the true stem against all errors.'),
  score('isr', 'ISR', 'dB', 'BSSEval v4: filtering and wrong levels alone.'),
  score('sir', 'SIR', 'dB', 'BSSEval v4: sound of the other stems alone.'),
  score('sar', 'SAR', 'dB', 'BSSEval v4: artefacts alone.'),
  score('siSdr', 'SI-SDR', 'dB', 'As uSDR, whatever the level.'),
  score('bleedless', 'bleedless', 'of 100', 'Falls with what is too much in the spectrogram.'),
  score('fullness', 'fullness', 'of 100', 'Falls with what the spectrogram lacks.'),
  score('l1Freq', 'L1 freq', 'of 100', 'Falls with the mean difference of magnitudes.'),
  score('logWmse', 'log-WMSE', '', 'Error weighed as hearing does; 73.7 is without error.'),
];

export const costColumns: readonly Column[] = [
  {
    ...{ key: 'speed', title: 'Speed', unit: '× realtime', digits: 1, lower: false },
    about: 'Seconds of sound in a second of work, with the time it takes to load.',
    of: ({ workSeconds, heardSeconds }) =>
      workSeconds === null || heardSeconds === null ? null : heardSeconds / workSeconds,
  },
  {
    ...{ key: 'memory', title: 'Memory', unit: 'MiB', digits: 0, lower: true },
    about: 'Most memory of all inference processes, added up.',
    of: ({ memoryBytes }) => (memoryBytes === null ? null : memoryBytes / 2 ** 20),
  },
  {
    ...{ key: 'null', title: 'Null test', unit: 'dB', digits: 0, lower: true },
    about: 'What the sum of all stems lacks of the source.',
    of: ({ nullDb }) => nullDb,
  },
];

/** 999 stands for a figure without error, −999 for a sum without any. */
export function figureText(value: number | null, { digits }: Pick<Column, 'digits'>): string {
  if (value === null) return '–';
  if (Math.abs(value) >= 999) return value > 0 ? '∞' : '−∞';
  return fixed(value, digits).replace('-', '−');
}

/** Systems by a column, best first (or last); those without a figure come last in any case. */
export function ranked(
  systems: readonly ComparedSystem[],
  column: Column | null,
  stem: string,
  backwards: boolean,
): ComparedSystem[] {
  if (!column) return [...systems].sort((a, b) => (backwards ? -1 : 1) * a.id.localeCompare(b.id));
  const sign = (column.lower ? 1 : -1) * (backwards ? -1 : 1);
  const value = (system: ComparedSystem): number | null => column.of(system, scoresOf(system, stem));
  return [...systems].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (x - y);
  });
}

export function scoresOf(system: ComparedSystem, stem: string): StemScores | null {
  return system.stems.find(({ name }) => name === stem)?.scores ?? null;
}
