import { expect, it } from 'vitest';
import { mixGains } from '../../../src-main/common/jobs/mixer.js';
import { canExport, mixFor } from '../../../src-renderer/shared/export/export-choices.js';
import { makesOf } from '../../../src-renderer/state/batch-choice.svelte.js';

const kit = ['vocals', 'kick', 'snare', 'hihat', 'rest', 'bass', 'other'];
const voices = ['lead', 'backing', 'drums', 'bass', 'other'];

it('mixes are offered where their stem is there in pieces', () => {
  expect(makesOf({ stems: kit })).toContain('drumless');
  expect(makesOf({ stems: voices })).toContain('karaoke');
  expect(makesOf({ stems: ['vocals', 'rest'] })).not.toContain('drumless');
  expect(canExport('karaoke', voices, false)).toBe(true);
  expect(canExport('karaoke', ['drums', 'bass'], false)).toBe(false);
});

it('an export mutes every piece', () => {
  const strip = { mute: false, solo: false, soloSafe: false, gainDb: 0, pan: 0, automation: [] };
  const strips = Object.fromEntries(voices.map((stem) => [stem, strip]));
  const mix = mixFor('karaoke', strips, true, { stem: 'drums', dB: 6 });
  expect(Object.keys(mix)).toEqual(voices);
  expect(mixGains(mix, voices, 1).map(([gain]) => gain)).toEqual([0, 0, 1, 1, 1]);
});
