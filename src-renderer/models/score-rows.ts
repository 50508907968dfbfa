import type { CatalogueEntry } from '../../src-main/common/models/catalogue.js';
import type { BundledScore } from '../../src-main/common/models/scores.js';
import type { Settings } from '../state/settings.svelte.js';
import { stemTitle } from '../shared/title.js';

type Words = Settings['t'];

/** One bar: what was scored, and its score in dB. */
export interface ScoreRow {
  readonly label: string;
  readonly db: number;
}

/** Bars with what they were measured on, each said once. */
export interface ScoreRows {
  readonly rows: readonly ScoreRow[];
  readonly notes: readonly string[];
}

/** Scores that others have published. */
export function publishedScores(scores: CatalogueEntry['scores'], t: Words): ScoreRows {
  const label = (stem: string): string => (stem === 'mean' ? t('catalogue.mean') : stemTitle(stem, t));
  const notes = scores.map(({ measure, on, of, who }) =>
    [`${measure}, ${on}`, ...(of ? [of] : []), who].join('; '),
  );
  return { rows: scores.map(({ stem, db }) => ({ label: label(stem), db })), notes: [...new Set(notes)] };
}

/** Scores of what comes with the program, by set; a stem that goes by another name says what it was compared with. */
export function bundledRows(scores: readonly BundledScore[], t: Words): readonly ScoreRows[] {
  const label = ({ stem, truth }: BundledScore): string => {
    const name = stemTitle(stem, t);
    const same = stem === 'accompaniment' || (truth.length === 1 && truth[0] === stem);
    return same
      ? name
      : t('scores.as', { stem: name, truth: truth.map((of) => stemTitle(of, t)).join(' + ') });
  };
  return [...new Set(scores.map(({ set }) => set))].map((set) => {
    const own = scores.filter((score) => score.set === set);
    const notes = own.map(({ measure }) => `${measure}, ${t(`scores.set.${set}`)}`);
    return { rows: own.map((score) => ({ label: label(score), db: score.db })), notes: [...new Set(notes)] };
  });
}
