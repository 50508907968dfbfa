import { describe, expect, it } from 'vitest';
import { mixGains } from '../../../../src-main/common/jobs/mixer.js';
import { presetMixer, type MixPreset } from '../../../../src-main/common/jobs/presets.js';

const stems = ['vocals', 'drums', 'bass'];
const quiet = 10 ** (-6 / 20);

describe('mix presets', () => {
  it.each<[MixPreset, string | undefined, number[]]>([
    ['karaoke', undefined, [0, 1, 1]],
    ['acappella', undefined, [1, 0, 0]],
    ['drumless', undefined, [1, 0, 1]],
    ['practice', 'bass', [1, 1, quiet]],
  ])('%s', (preset, stem, wanted) => {
    expect(mixGains(presetMixer(preset, stem), stems, 1).map(([gain]) => gain)).toEqual(wanted);
  });

  it('practice needs a stem, the others take none', () => {
    expect(() => presetMixer('practice')).toThrow(/needs a stem/);
    expect(() => presetMixer('karaoke', 'bass')).toThrow(/is about vocals/);
    expect(() => presetMixer('practice', '')).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});
