import { describe, expect, it } from 'vitest';
import { UnbraidError } from '../../../../src-main/common/base/errors.js';
import {
  chainInfo,
  chainResidual,
  chainStems,
  planChain,
  stepsKeeping,
} from '../../../../src-main/common/separation/chain.js';
import { parseChain, type ChainManifest } from '../../../../src-main/common/separation/chain-manifest.js';
import { createClassic } from '../../../../src-main/common/separation/classic/registry.js';

type Step = object;

const chain = (steps: readonly Step[]): ChainManifest =>
  parseChain({ schema: 'unbraid-chain/1', id: 'test', name: 'Test', steps }, 'test.json');

const band: Step = {
  of: 'band',
  separator: 'four',
  stems: { order: ['drums', 'bass', 'other'] },
  names: { drums: 'beat' },
};
const voices: Step = { of: 'vocals', separator: 'two', stems: { order: ['lead'], residual: 'backing' } };
const kit: Step = {
  of: 'drums',
  separator: 'kit',
  stems: { order: ['snare', 'kick', 'cymbals'], residual: 'kick' },
};
const song: Step = { separator: 'two', stems: { order: ['vocals'], residual: 'band' } };

const refusal = (steps: readonly Step[]): UnbraidError => {
  try {
    chain(steps);
  } catch (error) {
    if (error instanceof UnbraidError) return error;
  }
  throw new Error('nothing was refused');
};

describe('a chain of separators', () => {
  const whole = chain([song, band, voices, kit]);

  it('has the stems that nothing separates further, each where its parent was', () => {
    expect(chainStems(whole)).toEqual(['lead', 'backing', 'snare', 'kick', 'cymbals', 'bass', 'other']);
    expect(chainResidual(whole)).toBe('other');
    expect(chainResidual(chain([song]))).toBe('band');
  });

  it('leaves out the steps that would part a stem that is wanted whole, and what comes of them', () => {
    expect(stepsKeeping(whole, ['drums'])).toEqual([0, 1, 2]);
    expect(stepsKeeping(whole, ['vocals'])).toEqual([0, 1, 3]);
    expect(stepsKeeping(whole, ['band'])).toEqual([0, 2]);
    expect(stepsKeeping(whole, ['kick', 'no stem'])).toEqual([0, 1, 2, 3]);
  });

  it('runs the steps that the wanted stems need, and no other', () => {
    const steps = (wanted?: readonly string[]): unknown =>
      planChain(whole, wanted).steps.map(({ index, keep }) => [index, ...keep]);
    expect(steps()).toEqual([
      [0, 'vocals'],
      [1, 'beat', 'bass'],
      [2, 'lead'],
      [3, 'snare', 'cymbals'],
    ]);
    expect(steps(['backing'])).toEqual([
      [0, 'vocals'],
      [2, 'lead'],
    ]);
    expect(steps(['kick'])).toEqual([
      [0, 'vocals'],
      [1, 'beat', 'bass'],
      [3, 'snare', 'cymbals'],
    ]);
    expect(planChain(whole, ['backing']).stems).toEqual(['lead', 'backing', 'band']);
    expect(planChain(whole, ['kick']).stems).toEqual(['vocals', 'snare', 'kick', 'cymbals', 'bass', 'other']);
  });

  it.each<[string, readonly Step[]]>([
    ['no earlier step gives "brass"', [song, { ...band, of: 'brass' }]],
    ['the first step separates the song', [{ ...song, of: 'vocals' }]],
    ['an earlier step separates the song', [song, { ...band, of: undefined }]],
    ['"band" is separated already', [song, band, { ...kit, of: 'band' }]],
    ['a stem cannot be called "removed"', [{ ...song, stems: { order: ['vocals', 'removed'] } }]],
    ['a stem cannot be called "source"', [{ ...song, stems: { order: ['source', 'vocals'] } }]],
    ['two stems are called "drums"', [song, band, { ...voices, stems: { order: ['drums', 'backing'] } }]],
    ['two stems are called "lead"', [song, { ...voices, stems: { order: ['lead', 'lead'] } }]],
    ['a step gives two stems at least', [{ ...song, stems: { order: ['vocals'] } }]],
    ['no stem "brass"', [song, { ...band, names: { brass: 'horns' } }]],
  ])('refuses a recipe: %s', (message, steps) => {
    const error = refusal(steps);
    expect(error.code).toBe('model-manifest-invalid');
    expect(error.file).toBe('test.json');
    expect(error.message).toContain(message);
  });

  it('refuses separators that do not have the stems', () => {
    const hpss = createClassic('hpss', {}).info;
    const of = (step: Step, info = hpss): ReturnType<typeof chainInfo> => chainInfo(chain([step]), [info]);
    const fits = { separator: 'hpss', stems: { order: ['beat', 'tones'] }, names: { beat: 'percussive' } };
    expect(of(fits)).toMatchObject({ stems: ['beat', 'tones'], residualStem: 'tones' });
    const refused: [RegExp, Step][] = [
      [/hpss estimates no "vocals"/, { ...fits, names: { beat: 'vocals' } }],
      [
        /two stems of step 1 are hpss’s "percussive"/,
        {
          ...fits,
          stems: { order: ['beat', 'drums', 'rest'] },
          names: { beat: 'percussive', drums: 'percussive' },
        },
      ],
    ];
    for (const [message, step] of refused) expect(() => of(step)).toThrow(message);
    const all = { separator: 'hpss', stems: { order: ['harmonic', 'percussive', 'nothing'] } };
    const one = { ...hpss, stems: ['percussive'], residualStem: 'harmonic' };
    expect(() => of(all, one)).toThrow(/leaves nothing for its residual/);
    // What two estimates leave is something.
    expect(of(all)).toMatchObject({ residualStem: 'nothing' });
  });
});
