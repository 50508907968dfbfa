import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseScores } from '../../../src-main/common/models/scores.js';
import { createClassic } from '../../../src-main/common/separation/classic/registry.js';

const text = (name: string): string => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
const scores = parseScores(JSON.parse(text('models/scores.json')));

/**
 * The tables of scores in the documentation: dB by model or method and by what it was compared with; those of the clips of
 * `mixed` are called after their set.
 */
function documented(): Map<string, Map<string, number>> {
  const found = new Map<string, Map<string, number>>();
  let columns: string[] = [];
  for (const line of text('docs/models.md').split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim());
    if (/^\| (system|model|mixed) +\| +vocals/.test(line)) columns = cells;
    else if (!line.startsWith('|')) columns = [];
    const id = /^`(.+)`$/.exec(cells[1] ?? '')?.[1];
    if (id === undefined || columns.length === 0) continue;
    const row = cells.flatMap((cell, i): [string, number][] =>
      /^−?[\d.]+$/.test(cell) ? [[columns[i], Number(cell.replace('−', '-'))]] : [],
    );
    found.set(columns[1] === 'mixed' ? `mixed/${id}` : id, new Map(row));
  }
  return found;
}

/** The stems of what comes with the program. */
function stemsOf(id: string): readonly string[] {
  try {
    const manifest = JSON.parse(text(`models/manifests/${id}.json`)) as { stems: { order: string[] } };
    return manifest.stems.order;
  } catch {
    return createClassic(id).info.stems;
  }
}

describe('the scores that ship', () => {
  const columnOf = (truth: readonly string[]): string => {
    if (truth.length < 3) return truth[0];
    return `all but ${['vocals', 'drums'].find((stem) => !truth.includes(stem))!}`;
  };

  it('are those of the documentation, figure by figure', () => {
    const tables = documented();
    expect(scores.size).toBeGreaterThan(15);
    for (const [id, list] of scores) {
      // The table has no column for a sum of two; the text above it has the figure.
      for (const { set, truth, db } of list.filter((one) => one.truth.length !== 2)) {
        const table = tables.get(set === 'mixed' ? `mixed/${id}` : id);
        expect([id, set, truth, table?.get(columnOf(truth))]).toEqual([id, set, truth, db]);
      }
    }
    const sums = [...scores].flatMap(([id, list]) =>
      list.filter(({ truth }) => truth.length === 2).map((one) => ({ id, ...one })),
    );
    expect(sums.map(({ id, stem, truth }) => [id, stem, truth])).toEqual([
      ['nmf', 'other', ['other', 'vocals']],
    ]);
    const figure = sums[0].db.toFixed(2);
    expect(text('docs/models.md')).toContain(`\`nmf\`'s other is compared with other + vocals (${figure})`);
  });

  it('are of stems that there are', () => {
    for (const [id, list] of scores)
      for (const { stem } of list) expect([id, stemsOf(id).includes(stem)]).toEqual([id, true]);
  });

  it('keep their set where one model was measured on several', () => {
    const score = { stem: 'vocals', truth: ['vocals'] };
    const set = (name: string, db: number): object => ({
      ...{ set: name, measure: 'uSDR', command: 'unbraid compare' },
      scores: { one: [{ ...score, db }] },
    });
    const both = parseScores({ schema: 'unbraid-scores/1', sets: [set('demo', 3), set('duet', -4)] });
    expect(both.get('one')).toEqual([
      { ...score, db: 3, set: 'demo', measure: 'uSDR' },
      { ...score, db: -4, set: 'duet', measure: 'uSDR' },
    ]);
    expect(() => parseScores({ schema: 'unbraid-scores/1', sets: [set('else', 3)] })).toThrow();
  });
});
