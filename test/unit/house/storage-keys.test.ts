import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const state = fileURLToPath(new URL('../../../src-renderer/state/', import.meta.url));

it('no two sources keep something in the browser under the same name', () => {
  const owners = new Map<string, string[]>();
  for (const file of readdirSync(state, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(join(state, file), 'utf8');
    for (const name of new Set(text.match(/(?<=')unbraid[-.][a-z-]+(?=')/g))) {
      owners.set(name, [...(owners.get(name) ?? []), file]);
    }
  }
  expect(owners.size).toBeGreaterThan(10);
  expect([...owners].filter(([, files]) => files.length > 1)).toEqual([]);
});
