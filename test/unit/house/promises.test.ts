import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const files = readdirSync(`${root}test/faults`).filter((name) => /^p\d\d-.*\.test\.ts$/.test(name));
const promises = Array.from({ length: 24 }, (_, i) => i + 1);

/** The titles of the outermost `describe` and `it` of a test file. */
export function titlesOf(text: string): string[] {
  const source = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    if (!ts.isExpressionStatement(statement) || !ts.isCallExpression(statement.expression)) return [];
    const call = statement.expression;
    let callee: ts.Expression = call.expression;
    while (!ts.isIdentifier(callee)) {
      if (ts.isCallExpression(callee) || ts.isPropertyAccessExpression(callee)) callee = callee.expression;
      else return [];
    }
    if (callee.text !== 'describe' && callee.text !== 'it') return [];
    return [call.arguments[0].getText().slice(1)];
  });
}

it('titles are found, whatever stands between the name and them', () => {
  const text = `describe('P1 a', () => { it('b', () => 1); });
    it.each([1])('P2 c', () => 1); describe.runIf(true).each([2])(\`P3 d\`, () => 1); other('e');`;
  expect(titlesOf(text).map((title) => title.slice(0, 4))).toEqual(['P1 a', 'P2 c', 'P3 d']);
});

describe('every promise has tests that carry its number', () => {
  it.each(promises)('P%i has a file', (number) => {
    const own = files.filter((name) => Number(name.slice(1, 3)) === number);
    expect(own.length).toBeGreaterThan(0);
  });

  it.each(files)('the tests of %s carry it', (name) => {
    const titles = titlesOf(readFileSync(`${root}test/faults/${name}`, 'utf8'));
    expect(titles.length).toBeGreaterThan(0);
    const own = new RegExp(`\\bP${Number(name.slice(1, 3))}\\b`);
    expect(titles.filter((title) => !own.test(title))).toEqual([]);
  });

  it.each(['SECURITY.md', 'docs/faults-and-promises.md'])('%s names every promise and every file', (page) => {
    const text = readFileSync(`${root}${page}`, 'utf8');
    expect(promises.filter((number) => !new RegExp(`\\bP${number}\\b`).test(text))).toEqual([]);
    expect(files.filter((name) => !text.includes(name))).toEqual([]);
  });
});
