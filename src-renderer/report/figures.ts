import type { StemScores } from '../../src-main/common/base/scores.js';
import type { ComparedSystem } from '../../src-main/common/jobs/comparison.js';
import { scoreTitles, type ScoreName } from '../../src-main/common/jobs/evaluation.js';
import { decimal } from '../base/figures.js';
import type { ReportText } from './texts/en.js';

/** What a system is ranked by; the text `about.KEY` says what the figure tells. */
export interface Column {
  readonly key: 'speed' | 'memory' | 'null' | ScoreName;
  /** The same in every language; null for `column.KEY`. */
  readonly title: string | null;
  readonly unit: '' | 'dB' | 'MiB' | 'unit.of100' | 'unit.realtime';
  readonly digits: number;
  /** Whether a lower figure is better. */
  readonly lower: boolean;
  readonly of: (system: ComparedSystem, scores: StemScores | null) => number | null;
}

const score = (key: ScoreName, unit: Column['unit']): Column => ({
  ...{ key, title: scoreTitles[key], unit, digits: 2, lower: false },
  of: (_, scores) => scores?.[key] ?? null,
});

export const scoreColumns: readonly Column[] = [
  score('usdr', 'dB'),
  score('sdr', 'dB'),
  score('isr', 'dB'),
  score('sir', 'dB'),
  score('sar', 'dB'),
  score('siSdr', 'dB'),
  score('bleedless', 'unit.of100'),
  score('fullness', 'unit.of100'),
  score('l1Freq', 'unit.of100'),
  score('logWmse', ''),
];

export const costColumns: readonly Column[] = [
  {
    ...{ key: 'speed', title: null, unit: 'unit.realtime', digits: 1, lower: false },
    of: ({ workSeconds, heardSeconds }) =>
      workSeconds === null || heardSeconds === null ? null : heardSeconds / workSeconds,
  },
  {
    ...{ key: 'memory', title: null, unit: 'MiB', digits: 0, lower: true },
    of: ({ memoryBytes }) => (memoryBytes === null ? null : memoryBytes / 2 ** 20),
  },
  {
    ...{ key: 'null', title: null, unit: 'dB', digits: 0, lower: true },
    of: ({ nullDb }) => nullDb,
  },
];

/** A unit in words; nothing where a figure has none. */
export const unitText = (unit: Column['unit'], t: (key: ReportText) => string): string =>
  unit === 'unit.of100' || unit === 'unit.realtime' ? t(unit) : unit;

/** The heading of a column. */
export function columnTitle({ key, title }: Column, t: (key: ReportText) => string): string {
  if (title !== null) return title;
  return t(`column.${key}` as ReportText);
}

/** 999 stands for a figure without error, −999 for a sum without any. */
export function figureText(value: number | null, { digits }: Pick<Column, 'digits'>): string {
  if (value === null) return '–';
  if (Math.abs(value) >= 999) return value > 0 ? '∞' : '−∞';
  return decimal(value, digits).replace('-', '−');
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

/** Minutes, seconds and tenths. */
export const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${decimal(seconds % 60, 1).padStart(4, '0')}`;
