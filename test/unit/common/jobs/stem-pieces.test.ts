import { describe, expect, it } from 'vitest';
import { mixGains } from '../../../../src-main/common/jobs/mixer.js';
import { canMix, presetMixer } from '../../../../src-main/common/jobs/presets.js';
import { forPieces, piecesOf } from '../../../../src-main/common/jobs/stem-pieces.js';

const kit = ['vocals', 'kick', 'snare', 'hihat', 'rest', 'bass', 'other'];
const voices = ['lead', 'backing', 'drums', 'bass', 'other'];

describe('the pieces of a stem', () => {
  it.each([
    ['drums', kit, ['kick', 'snare', 'hihat', 'rest']],
    ['vocals', voices, ['lead', 'backing']],
    ['vocals', ['dry', 'reverb', 'instrumental'], ['dry', 'reverb']],
    ['drums', ['Kick', 'Snare', 'Vocals'], ['Kick', 'Snare']],
    // The stem itself goes before, whatever else there is.
    ['drums', ['drums', 'kick', 'bass'], ['drums']],
    // In capitals or not, unless that could be either of two.
    ['vocals', ['Vocals', 'Lead'], ['Vocals']],
    ['Bass', ['bass', 'BASS'], []],
    // What is left of a song is no piece of a kit, and a kit alone is no part of a song.
    ['drums', ['vocals', 'bass', 'rest'], []],
    ['drums', ['kick', 'snare', 'rest'], []],
    ['bass', kit, ['bass']],
    ['guitar', kit, []],
    ['toString', kit, []],
  ])('%s of %j', (name, stems, pieces) => {
    expect(piecesOf(name, stems)).toEqual(pieces);
  });

  const parents = {
    ...{ cowbell: 'drums', skins: 'drums', a: 'skins', b: 'skins' },
    ...{ keys: 'rest', strings: 'rest' },
  };
  it.each([
    ['drums', ['vocals', 'cowbell', 'a', 'b'], ['cowbell', 'a', 'b']],
    ['skins', ['vocals', 'cowbell', 'a', 'b'], ['a', 'b']],
    ['rest', ['vocals', 'keys', 'strings', 'drums'], ['keys', 'strings']],
    ['drums', ['drums', 'cowbell'], ['drums']],
    // A recipe that says nothing of them leaves their names.
    ['drums', kit, ['kick', 'snare', 'hihat', 'rest']],
    ['bass', ['vocals', 'cowbell'], []],
  ])('%s of %j by the recipe', (name, stems, pieces) => {
    expect(piecesOf(name, stems, parents)).toEqual(pieces);
  });

  it('are muted and mixed by the recipe', () => {
    const stems = ['vocals', 'cowbell', 'a', 'b'];
    expect(mixGains({ drums: { mute: true } }, stems, 1, parents)).toEqual([[1], [0], [0], [0]]);
    expect(() => mixGains({ drums: { mute: true } }, stems, 1)).toThrow('no stem "drums"');
    expect([canMix('drumless', stems, parents), canMix('drumless', stems)]).toEqual([true, false]);
  });

  it('take what is set for the stem, and keep what is set for themselves', () => {
    const set = { kick: { gainDb: -3 }, drums: { gainDb: 2, pan: 1 }, bass: { pan: -1 } };
    expect(forPieces(set, kit)).toEqual({
      ...{ kick: { gainDb: -3, pan: 1 }, snare: { gainDb: 2, pan: 1 } },
      ...{ hihat: { gainDb: 2, pan: 1 }, rest: { gainDb: 2, pan: 1 }, bass: { pan: -1 } },
    });
    expect(forPieces({ guitar: { pan: 1 } }, kit)).toEqual({ guitar: { pan: 1 } });
  });
});

describe('mixes of pieces', () => {
  const gains = (mixer: Parameters<typeof mixGains>[0], stems: readonly string[]): number[] =>
    mixGains(mixer, stems, 1).map(([gain]) => gain);

  it('presets are about all pieces of their stem', () => {
    expect(gains(presetMixer('drumless'), kit)).toEqual([1, 0, 0, 0, 0, 1, 1]);
    expect(gains(presetMixer('karaoke'), voices)).toEqual([0, 0, 1, 1, 1]);
    expect(gains(presetMixer('acappella'), voices)).toEqual([1, 1, 0, 0, 0]);
    expect(() => gains(presetMixer('drumless'), ['kick', 'snare', 'rest'])).toThrow('no stem "drums"');
  });

  it('are offered where the pieces are', () => {
    expect([canMix('drumless', kit), canMix('karaoke', voices), canMix('practice', [])]).toEqual([
      true,
      true,
      true,
    ]);
    expect([canMix('drumless', ['vocals', 'rest']), canMix('karaoke', ['bass'])]).toEqual([false, false]);
  });
});
