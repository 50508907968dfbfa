import { describe, expect, it } from 'vitest';
import { mixGains } from '../../../../src-main/common/jobs/mixer.js';

const stems = ['vocals', 'drums', 'bass'];

describe('the mixer', () => {
  it('leaves everything as it is when nothing is set', () => {
    expect(mixGains({}, stems, 2)).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
  });

  it('mute silences its stem only', () => {
    expect(mixGains({ drums: { mute: true } }, stems, 1)).toEqual([[1], [0], [1]]);
  });

  it('any solo silences the stems that are not soloed', () => {
    expect(mixGains({ drums: { solo: true } }, stems, 1)).toEqual([[0], [1], [0]]);
    expect(mixGains({ drums: { solo: true }, bass: { solo: true } }, stems, 1)).toEqual([[0], [1], [1]]);
  });

  it('solo-safe stems are not silenced by the solo of others, but by their own mute', () => {
    const mixer = { drums: { solo: true }, bass: { soloSafe: true } };
    expect(mixGains(mixer, stems, 1)).toEqual([[0], [1], [1]]);
    expect(mixGains({ ...mixer, bass: { soloSafe: true, mute: true } }, stems, 1)).toEqual([[0], [1], [0]]);
    expect(mixGains({ bass: { soloSafe: true } }, stems, 1)).toEqual([[1], [1], [1]]);
  });

  it('mute wins over solo, and the solo still counts', () => {
    expect(mixGains({ drums: { solo: true, mute: true } }, stems, 1)).toEqual([[0], [0], [0]]);
  });

  it('gain is 20·log10 of the amplitude factor', () => {
    const [[vocals], [drums], [bass]] = mixGains(
      { vocals: { gainDb: 20 }, drums: { gainDb: -6 }, bass: { gainDb: -Infinity } },
      stems,
      1,
    );
    expect(vocals).toBeCloseTo(10, 12);
    expect(drums).toBeCloseTo(0.501187233627, 12);
    expect(bass).toBe(0);
  });

  it('pan is a balance: the near side stays at unity, the far side fades linearly', () => {
    expect(mixGains({ vocals: { pan: 0.25 } }, stems, 2)[0]).toEqual([0.75, 1]);
    expect(mixGains({ vocals: { pan: -1 } }, stems, 2)[0]).toEqual([1, 0]);
    expect(mixGains({ vocals: { pan: 1, gainDb: 20 } }, stems, 2)[0]).toEqual([0, 10]);
  });

  it('pan does nothing to songs that are not stereo', () => {
    expect(mixGains({ vocals: { pan: 1 } }, stems, 1)[0]).toEqual([1]);
    expect(mixGains({ vocals: { pan: 1 } }, stems, 6)[0]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it.each([
    [{ horns: { mute: true } }, /no stem "horns"/],
    [{ vocals: { pan: 1.01 } }, /pan of "vocals"/],
    [{ vocals: { pan: NaN } }, /pan of "vocals"/],
    [{ vocals: { gainDb: 61 } }, /gain of "vocals"/],
    [{ vocals: { gainDb: NaN } }, /gain of "vocals"/],
  ])('%j is refused', (mixer, message) => {
    expect(() => mixGains(mixer, stems, 2)).toThrow(message);
    expect(() => mixGains(mixer, stems, 2)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});
