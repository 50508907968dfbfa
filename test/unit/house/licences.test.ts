import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'unbraid-licences-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function lay(name: string, about: object, licence?: string): void {
  const dir = join(folder, 'node_modules', name);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...about }));
  if (licence !== undefined) writeFileSync(join(dir, 'LICENSE'), licence);
}

function complaintsOf(...names: string[]): { status: number | null; lines: string[] } {
  const program = join(root, 'tools/licences.mjs');
  const { status, stderr } = spawnSync(process.execPath, [program, folder, ...names], { encoding: 'utf8' });
  return { status, lines: stderr.trim().split('\n') };
}

it('the build writes the licence of every package that is in the program', () => {
  const text = readFileSync(join(root, 'out/LICENSES.txt'), 'utf8');
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const inside = [...Object.keys(dependencies), 'svelte', 'wavesurfer.js', 'bullmq', 'ioredis', 'node-av'];
  for (const name of inside) expect(text).toMatch(new RegExp(`^${name} [0-9.]+\\S* \\(.+\\)$`, 'm'));
  expect(text).toContain('Copyright (c) Microsoft Corporation');
});

it('a licence that is not known as free, or has no text, fails the build', () => {
  lay('good', { license: '(MIT OR Apache-2.0)', dependencies: { hidden: '1', silent: '1' } }, 'As you like');
  lay('hidden', { license: 'SSPL-1.0' }, 'Not as you like');
  lay('silent', { license: 'BSD-3-Clause' });
  lay('nameless', {}, 'Ask me');
  expect(complaintsOf('good', 'nameless')).toEqual({
    status: 1,
    lines: [
      'hidden 1.0.0: the licence "SSPL-1.0" is not known as free',
      'nameless 1.0.0: the licence null is not known as free',
      'silent 1.0.0: the text of its licence is missing',
    ],
  });
  lay('plain', { license: 'MIT', author: 'A. Author' });
  expect(complaintsOf('plain')).toEqual({ status: 0, lines: [''] });
});
