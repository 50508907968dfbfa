import { expect, it } from 'vitest';
import { bundledRows } from '../../../src-renderer/models/score-rows.js';
import { fillText } from '../../../src-renderer/shared/strings/fill.js';
import { texts as en } from '../../../src-renderer/shared/strings/en/index.js';

it('scores of one stem on two sets stand apart, each under what it was measured on', () => {
  const vocals = { stem: 'vocals', truth: ['vocals'], measure: 'uSDR' as const };
  const rows = bundledRows(
    [
      { ...vocals, set: 'mixed', db: 6.6 },
      { ...vocals, set: 'demo', db: 4.5 },
      { stem: 'other', truth: ['other', 'vocals'], set: 'demo', measure: 'uSDR', db: 7 },
    ],
    (key, values = {}) => fillText(en[key], values),
  );
  expect(rows).toEqual([
    { rows: [{ label: 'vocals', db: 6.6 }], notes: [`uSDR, ${en['scores.set.mixed']}`] },
    {
      rows: [
        { label: 'vocals', db: 4.5 },
        { label: 'other, as other + vocals', db: 7 },
      ],
      notes: [`uSDR, ${en['scores.set.demo']}`],
    },
  ]);
});
