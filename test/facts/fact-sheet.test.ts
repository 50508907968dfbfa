import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testFolder } from '../cli/support/run.js';
import { Bench } from './bench.js';
import {
  editing,
  exporting,
  handingOver,
  keeping,
  masks,
  mixing,
  opening,
  playing,
  resampling,
  separating,
} from './operations.js';
import { parse, render, worse, type Fact } from './sheet.js';

const sheet = new URL('../../docs/fact-sheet.md', import.meta.url);
const writes = process.env['UNBRAID_WRITE_FACTS'] !== undefined;

describe('the audio fact sheet', () => {
  const bench = new Bench(testFolder());
  const facts: Fact[] = [];
  beforeAll(async () => {
    facts.push(...(await opening(bench)), ...resampling(), ...(await separating(bench)));
    const two = await bench.separated('hpss');
    facts.push(...(await editing(bench, two)), ...(await mixing(bench, two)), ...playing());
    const four = await bench.separated('classic-4');
    facts.push(...(await exporting(bench, four)), ...(await handingOver(bench, four)));
    facts.push(...(await masks(bench, two)), ...(await keeping(bench, four)));
    if (writes) writeFileSync(sheet, render(facts));
  }, 600_000);
  afterAll(() => bench.dispose());

  it('is as good as it was in every figure', () => {
    expect(worse(readFileSync(sheet, 'utf8'), facts)).toEqual([]);
  });

  it('holds operations that may not change a sample, whatever the sheet says', () => {
    const changed = facts.filter(({ errorDb }) => errorDb !== -Infinity);
    const must = ['Open', 'Hand over', 'Projects', 'Masks', 'Play'];
    expect(changed.filter(({ group }) => must.includes(group))).toEqual([]);
    const exact = /^(WAV|FLAC|AIFF|ALAC).*(16|24) bits$/;
    expect(
      changed.filter(({ group, operation }) => group === 'Export stems' && exact.test(operation)),
    ).toEqual([]);
    expect(changed.filter(({ operation }) => operation.endsWith('undone'))).toEqual([]);
  });
});

describe('a sheet', () => {
  const fact = (operation: string, errorDb: number): Fact => ({
    group: 'G',
    operation,
    errorDb,
    measure: 'a / b',
  });
  const facts = [fact('one', -Infinity), fact('two, here', -120.04)];

  it('is read as it was written', () => {
    expect([...parse(render(facts))]).toEqual([
      ['G: one', -Infinity],
      ['G: two, here', -120],
    ]);
    expect(worse(render(facts), facts)).toEqual([]);
  });

  it.each([
    ['a sample that changes', [fact('one', -200), facts[1]], /one: -200.0 dB, was neutral/],
    ['a figure that is worse', [facts[0], fact('two, here', -118.9)], /two, here: -118.9 dB, was -120.0 dB/],
    ['an operation that is gone', [facts[0]], /two, here is not measured any more/],
    ['a new one', [...facts, fact('three', -1)], /three is not in the sheet/],
    ['a figure that is not a number', [facts[0], fact('two, here', NaN)], /two, here: NaN dB/],
  ])('does not let %s pass', (_, now, said) => {
    const found = worse(render(facts), now);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(said);
  });

  it('lets a figure pass that is better, or as good within the tolerance', () => {
    expect(worse(render(facts), [facts[0], fact('two, here', -119.5)])).toEqual([]);
    expect(worse(render(facts), [facts[0], fact('two, here', -Infinity)])).toEqual([]);
  });
});
