import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parseChain, type ChainManifest } from '../../../src-main/common/separation/chain-manifest.js';
import { classicMethods } from '../../../src-main/common/separation/classic/registry.js';

const models = fileURLToPath(new URL('../../../models/', import.meta.url));
const read = (path: string): unknown => JSON.parse(readFileSync(`${models}${path}`, 'utf8'));
const listed = (folder: string): string[] =>
  readdirSync(`${models}${folder}`).map((name) => `${folder}/${name}`);

interface Source {
  readonly id: string;
  readonly schema?: string;
  readonly stems: readonly string[] | { readonly order: readonly string[] };
}

/** What ships, and what the catalogue has: stems by separator. */
const stemsOf = new Map(
  [
    ...(read('catalogue.json') as { models: Source[] }).models,
    ...listed('manifests').map((path) => read(path) as Source),
    ...classicMethods.map(({ id, stems }) => ({ id, stems })),
  ]
    .filter(({ stems }) => stems !== undefined)
    .map(({ id, stems }) => [id, 'order' in stems ? stems.order : stems]),
);

const chains = [...listed('recipes'), ...listed('manifests')]
  .map((path) => [path, read(path) as Source] as const)
  .filter(([, json]) => json.schema?.startsWith('unbraid-chain/'))
  .map(([path, json]): [string, ChainManifest] => [path, parseChain(json, path)]);

it('two chains ship, and four recipes', () => {
  expect(chains.map(([path]) => path)).toEqual([
    ...['clean-vocals', 'dry-vocals', 'guitar-and-piano', 'lead-and-backing'].map(
      (id) => `recipes/${id}.json`,
    ),
    'manifests/band-and-kit.json',
    'manifests/voice-beat-tones.json',
  ]);
});

it.each(chains)('%s: there is every separator, and it gives what the step wants of it', (path, chain) => {
  expect(path).toMatch(new RegExp(`/${chain.id}\\.json$`));
  for (const { separator, stems, names } of chain.steps) {
    const given = stemsOf.get(separator);
    expect(given, separator).toBeDefined();
    const residual = stems.residual ?? stems.order.at(-1);
    for (const stem of stems.order) if (stem !== residual) expect(given).toContain(names[stem] ?? stem);
  }
});
