import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Parts of the DSP library, as a textbook has them, that only tests use so far. Take a name out when a caller comes.
 */
const library: ReadonlySet<string> = new Set([
  ...['ratioMasks', 'binaryMask', 'applyMask', 'withPhaseOf'],
  ...['powerToDecibels', 'magnitudeToDecibels'],
]);

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

/** Exported names that no source mentions again, each with its file. */
export function unusedExports(sources: ReadonlyMap<string, string>): string[] {
  const mentions = new Map<string, number>();
  for (const text of sources.values())
    for (const [word] of withoutComments(text).matchAll(/[A-Za-z_$][\w$]*/g))
      mentions.set(word, (mentions.get(word) ?? 0) + 1);
  const declared = /^export (?:abstract |async )?(?:function\*?|const|let|class|interface|type) ([\w$]+)/gm;
  return [...sources].flatMap(([file, text]) =>
    [...text.matchAll(declared)].flatMap(([, name]) =>
      mentions.get(name) === 1 ? [`${file}: ${name}`] : [],
    ),
  );
}

it('exports that only tests use are found, and only those', () => {
  const sources = new Map([
    ['a.ts', 'export function used() {}\nexport const lonely = 1; // lonely\nexport type Shape = 1;\n'],
    ['b.ts', "import { used, type Shape } from './a.js';\nexport class Alone {}\nused(1 as Shape);\n"],
  ]);
  expect(unusedExports(sources)).toEqual(['a.ts: lonely', 'b.ts: Alone']);
});

it('nothing is exported for tests alone', () => {
  const sources = new Map(
    ['src-main', 'src-renderer', 'models/training', 'tools']
      .flatMap((folder) =>
        readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
          join(folder, name),
        ),
      )
      .filter((name) => /\.(ts|mjs|svelte)$/.test(name) && !name.includes('assembly'))
      .map((name) => [name, readFileSync(join(root, name), 'utf8')] as const),
  );
  const unused = unusedExports(sources).filter((found) => found.startsWith('src-'));
  const nameOf = (found: string): string => found.slice(found.indexOf(': ') + 2);
  expect(unused.filter((found) => !library.has(nameOf(found)))).toEqual([]);
});
