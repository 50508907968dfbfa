import { describe, expect, it } from 'vitest';
import { merge, reaches, type Change, type Footprint } from '../../../../src-main/node/edits/edit-changes.js';

const change: Change = {
  track: 'vocals',
  start: 1000,
  count: 500,
  band: { low: 0.1, high: 0.2 },
  margin: 0.02,
};
const footprint: Footprint = {
  reads: { start: 1200, count: 500 },
  band: { low: 0.15, high: 0.3 },
  margin: 0.01,
};

describe('what a change reaches', () => {
  it('is an edit that reads its track, at its time, at its frequencies', () => {
    expect(reaches(change, ['drums', 'vocals'], footprint)).toBe(true);
    expect(reaches(change, ['drums'], footprint)).toBe(false);
    expect(reaches(change, ['vocals'], { ...footprint, reads: { start: 1500, count: 1 } })).toBe(false);
    expect(reaches(change, ['vocals'], { ...footprint, reads: { start: 1499, count: 1 } })).toBe(true);
    expect(reaches(change, ['vocals'], { ...footprint, reads: { start: 0, count: 1000 } })).toBe(false);
  });

  it('goes as far beside its band as the wider of both leakages', () => {
    const band = { low: 0.215, high: 0.3 };
    expect(reaches(change, ['vocals'], { ...footprint, band })).toBe(true);
    expect(reaches({ ...change, margin: 0.01 }, ['vocals'], { ...footprint, band })).toBe(false);
    expect(reaches({ ...change, margin: 0.01 }, ['vocals'], { ...footprint, band, margin: 0.02 })).toBe(true);
    const below = { low: 0, high: 0.085 };
    expect(reaches(change, ['vocals'], { ...footprint, band: below })).toBe(true);
    expect(reaches({ ...change, margin: 0.01 }, ['vocals'], { ...footprint, band: below })).toBe(false);
  });
});

describe('ranges', () => {
  it('that touch or overlap become one, in order', () => {
    expect(
      merge([
        { start: 50, count: 10 },
        { start: 0, count: 10 },
        { start: 10, count: 5 },
        { start: 52, count: 2 },
      ]),
    ).toEqual([
      { start: 0, count: 15 },
      { start: 50, count: 10 },
    ]);
  });
});
