import { describe, expect, it } from 'vitest';
import { comparedStems, withoutSums } from '../../../../src-main/common/jobs/comparison.js';

const four = ['bass', 'drums', 'other', 'vocals'];
const shape = (stems: readonly string[], truth: readonly string[]): Record<string, [string[], string[]]> =>
  Object.fromEntries(
    comparedStems(stems, truth).map((part) => [part.name, [[...part.stems], [...part.truth]]]),
  );

describe('which true stems a system’s stems are compared with', () => {
  it('stems of the same names, whatever their order and case', () => {
    expect(shape(['Vocals', 'drums', 'bass', 'other'], four)).toEqual({
      vocals: [['Vocals'], ['vocals']],
      drums: [['drums'], ['drums']],
      bass: [['bass'], ['bass']],
      other: [['other'], ['other']],
    });
  });

  it('an accompaniment, the rest of a part, and parts of other names with what they stand for', () => {
    const rest = ['bass', 'drums', 'other'];
    expect(shape(['vocals', 'accompaniment'], four)['all but vocals']).toEqual([['accompaniment'], rest]);
    expect(shape(['centre', 'sides'], four)).toEqual({
      vocals: [['centre'], ['vocals']],
      'all but vocals': [['sides'], rest],
    });
    expect(shape(['harmonic', 'percussive'], four)['all but drums']).toEqual([
      ['harmonic'],
      ['bass', 'other', 'vocals'],
    ]);
  });

  it('parts of other names whose own true stems are there', () => {
    expect(shape(['harmonic', 'percussive'], ['harmonic', 'percussive'])).toEqual({
      ...{ harmonic: [['harmonic'], ['harmonic']], percussive: [['percussive'], ['percussive']] },
    });
    expect(shape(['harmonic', 'percussive'], ['percussive'])['percussive'][1]).toEqual(['percussive']);
    expect(shape(['centre', 'sides'], ['centre', 'sides'])['centre'][1]).toEqual(['centre']);
  });

  it('the rest takes true stems that nobody stands for, and stems that have no true one', () => {
    expect(shape(['drums', 'bass', 'other'], four)['other + vocals']).toEqual([
      ['other'],
      ['other', 'vocals'],
    ]);
    const six = ['vocals', 'drums', 'bass', 'guitar', 'piano', 'other'];
    expect(shape(six, four)['other']).toEqual([['guitar', 'piano', 'other'], ['other']]);
    expect(shape(six, [...four, 'guitar'])['other']).toEqual([['piano', 'other'], ['other']]);
  });

  it('beside a centre, the sides are all but the vocals', () => {
    expect(shape(['left', 'centre', 'right'], four)).toEqual({
      vocals: [['centre'], ['vocals']],
      'all but vocals': [
        ['left', 'right'],
        ['bass', 'drums', 'other'],
      ],
    });
    expect(shape(['left', 'right'], four)).toEqual({ left: [['left'], []], right: [['right'], []] });
  });

  it('the pieces of a kit are the drums together, and their rest is what is left of a true kit', () => {
    const pieces = ['kick', 'snare', 'hihat', 'rest'];
    expect(shape(['vocals', 'bass', 'other', ...pieces], four)).toEqual({
      ...{ vocals: [['vocals'], ['vocals']], bass: [['bass'], ['bass']], drums: [pieces, ['drums']] },
      other: [['other'], ['other']],
    });
    expect(shape(pieces, ['kick', 'snare', 'toms', 'hihat', 'cymbals'])).toEqual({
      ...{ kick: [['kick'], ['kick']], snare: [['snare'], ['snare']], hihat: [['hihat'], ['hihat']] },
      'toms + cymbals': [['rest'], ['toms', 'cymbals']],
    });
    // A song's pieces are not its drums, nor are they all of a drum track.
    expect(shape(pieces, four)['drums']).toBeUndefined();
    expect(shape(pieces, ['drums'])['drums']).toBeUndefined();
    // Where a stem is the drums itself, the pieces are none of them.
    expect(shape(['drums', 'kick'], four)).toEqual({ drums: [['drums'], ['drums']], kick: [['kick'], []] });
  });

  it('stems without a match, and all without true stems, stand alone', () => {
    expect(shape(['speech', 'noise'], four)).toEqual({ speech: [['speech'], []], noise: [['noise'], []] });
    // Also with a rest among them: all stems against all true ones would be the song against itself.
    expect(shape(['piano', 'violin', 'other'], four)).toEqual({
      ...{ piano: [['piano'], []], violin: [['violin'], []], other: [['other'], []] },
    });
    expect(shape(['other'], ['other'])).toEqual({ other: [['other'], ['other']] });
    expect(shape(['vocals', 'other'], [])).toEqual({ vocals: [['vocals'], []], other: [['other'], []] });
  });

  it('a sum beside single true stems is not a stem; alone with the vocals it is', () => {
    expect(withoutSums([...four, 'accompaniment'])).toEqual(four);
    expect(withoutSums(['accompaniment', 'vocals'])).toEqual(['accompaniment', 'vocals']);
    expect(shape(['vocals', 'accompaniment'], ['accompaniment', 'vocals'])['accompaniment']).toEqual([
      ['accompaniment'],
      ['accompaniment'],
    ]);
  });
});
