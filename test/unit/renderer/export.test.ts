import { describe, expect, it } from 'vitest';
import { neutralStrip } from '../../../src-main/common/jobs/mixer.js';
import {
  canExport,
  exportKinds,
  formatsFor,
  levelsOf,
  mixFor,
  practisedIn,
} from '../../../src-renderer/shared/export/export-choices.js';

describe('what can be exported', () => {
  const possible = (stems: readonly string[], selected = false): string[] =>
    exportKinds.map(({ kind }) => kind).filter((kind) => canExport(kind, stems, selected));

  it('depends on the stems and on what is selected', () => {
    expect(possible([])).toEqual(['mix', 'project']);
    expect(possible(['harmonic', 'percussive'], true)).toEqual([
      ...['stems', 'practice', 'mix', 'selection', 'dawproject', 'reaper', 'project'],
    ]);
    expect(possible(['vocals', 'drums', 'bass', 'other'])).toContain('dj');
    // What was taken away is no stem to a DJ.
    expect(possible(['vocals', 'drums', 'bass', 'other', 'removed'])).toContain('dj');
    expect(possible(['vocals', 'drums', 'bass', 'removed'])).not.toContain('dj');
  });

  it('has the formats that fit', () => {
    const names = (kind: Parameters<typeof formatsFor>[0]): string[] =>
      formatsFor(kind).map(({ format }) => format);
    expect(names('dj')).toEqual(['stem.mp4', 'stem.m4a']);
    expect(names('reaper')).toEqual(['wav']);
    expect(names('karaoke')).toContain('mp3');
    expect(names('stems')).not.toContain('stem.mp4');
  });
});

describe('the mixes that people ask for', () => {
  const automation = [{ kind: 'mute', start: 1, end: 2, points: [] }] as const;
  const strips = {
    vocals: { ...neutralStrip, gainDb: -3, solo: true },
    drums: { ...neutralStrip, pan: 0.5, mute: true, automation },
    bass: { ...neutralStrip, gainDb: -60, mute: true },
    removed: neutralStrip,
  };
  const practised = { stem: 'drums', dB: 6 };

  it('have the levels, pans and automation of the mixer, but not its mutes and solos', () => {
    expect(mixFor('karaoke', strips, true, practised)).toEqual({
      vocals: { mute: true, solo: false, gainDb: -3, pan: 0, automation: [] },
      drums: { mute: false, solo: false, gainDb: 0, pan: 0.5, automation },
      // A fader that is all the way down is silence.
      bass: { mute: true, solo: false, gainDb: -60, pan: 0, automation: [] },
    });
    expect(mixFor('acappella', strips, true, practised).vocals).toMatchObject({ solo: true, gainDb: -3 });
  });

  it('turn the practised stem down once, whatever the mixer has', () => {
    const practice = (stem: string, dB: number): unknown =>
      mixFor('practice', strips, true, { stem, dB })[stem];
    expect(practice('vocals', 6)).toMatchObject({ gainDb: -6, mute: false, solo: false });
    expect(practice('drums', 9)).toMatchObject({ gainDb: -9, pan: 0.5, automation });
    // From silence it comes back.
    expect(practice('bass', 6)).toMatchObject({ gainDb: -6, mute: false });
    // The others are as in the mixer.
    expect(mixFor('practice', strips, true, { stem: 'drums', dB: 6 }).vocals).toMatchObject({ gainDb: -3 });
  });

  it('begin with what the mixer turns down already', () => {
    const mixed = (gains: Record<string, number>): typeof strips =>
      Object.fromEntries(
        Object.keys(strips).map((name) => [name, { ...neutralStrip, gainDb: gains[name] ?? 0 }]),
      ) as typeof strips;
    expect(practisedIn(mixed({}), 'drums')).toEqual({ stem: 'drums', dB: 6 });
    expect(practisedIn(mixed({ bass: -9 }), 'drums')).toEqual({ stem: 'bass', dB: 9 });
    expect(practisedIn(mixed({ bass: 3, removed: -9 }), 'bass')).toEqual({ stem: 'bass', dB: 6 });
    expect(practisedIn(mixed({ bass: -9, vocals: -4 }), 'vocals')).toEqual({ stem: 'vocals', dB: 4 });
    expect(practisedIn(mixed({ bass: -9, vocals: -4 }), 'drums')).toEqual({ stem: 'drums', dB: 6 });
  });

  it('an a cappella is not silent because the mixer has a karaoke', () => {
    const karaoke = { ...strips, vocals: { ...neutralStrip, gainDb: -60, mute: true } };
    expect(levelsOf(mixFor('acappella', karaoke, true, practised))).toEqual([
      { stem: 'vocals', dB: 0, automated: false },
      { stem: 'drums', dB: -Infinity, automated: false },
      { stem: 'bass', dB: -Infinity, automated: false },
    ]);
  });

  it('say what they have of each stem', () => {
    expect(levelsOf(mixFor('karaoke', strips, true, practised))).toEqual([
      { stem: 'vocals', dB: -Infinity, automated: false },
      { stem: 'drums', dB: 0, automated: true },
      { stem: 'bass', dB: -Infinity, automated: false },
    ]);
    expect(levelsOf(mixFor('practice', strips, false, practised))).toEqual([
      { stem: 'vocals', dB: 0, automated: false },
      { stem: 'drums', dB: -6, automated: false },
      { stem: 'bass', dB: 0, automated: false },
    ]);
  });

  it('are neutral without it', () => {
    expect(mixFor('karaoke', strips, false, practised)).toEqual({
      vocals: { mute: true },
      drums: {},
      bass: {},
    });
    expect(mixFor('practice', strips, false, practised).drums).toEqual({ gainDb: -6, mute: false });
  });
});
