import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AV_CODEC_ID_AAC } from 'node-av/constants';
import { Codec } from 'node-av/lib';
import { afterAll, describe, expect, it } from 'vitest';

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

interface CodecTools {
  readonly known: { readonly version: string; readonly enabled: Readonly<Record<string, readonly string[]>> };
  readonly unknownIn: (system: string, enabled: readonly string[]) => string[];
  readonly obstacles: (system: string, enabled: readonly string[]) => string[];
  readonly hasWholeFdk: (binary: string) => boolean;
  readonly codecComplaints: (version: string, binaries?: { system: string; binary: string }[]) => string[];
}
const codec = (await import(pathToFileURL(join(root, 'tools/licences/codec/codec.mjs')).href)) as CodecTools;

describe('native libraries', () => {
  it('are listed with their terms and texts', () => {
    const text = readFileSync(join(root, 'out/LICENSES.txt'), 'utf8');
    for (const line of ['libx264: GPL-2.0-or-later', 'libfdk-aac: FDK-AAC', 'libmp3lame: LGPL-2.1-or-later'])
      expect(text).toContain(`  ${line}, `);
    expect(text).toContain('Software License for The Fraunhofer FDK AAC Codec Library');
    expect(text).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
    expect(text).toContain('THIRD PARTY SOFTWARE NOTICES AND INFORMATION');
    expect(text).toContain('DirectX Shader Compiler');
  });

  it('are what was looked at, in this system’s binary and by options in those of all others', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    expect(codec.codecComplaints(devDependencies['node-av'])).toEqual([]);
    expect(Object.keys(codec.known.enabled)).toHaveLength(6);
    for (const [system, enabled] of Object.entries(codec.known.enabled))
      expect(codec.unknownIn(system, enabled)).toEqual([]);
  });

  it('that nobody looked at fail the build', () => {
    expect(codec.codecComplaints('0.0.0')).toHaveLength(1);
    const binary = join(folder, 'node-av.node');
    const options = [
      '--disable-ffplay',
      ...codec.known.enabled['linux-x64'].map((name) => `--enable-${name}`),
    ];
    const lay = (more: string): string[] => {
      writeFileSync(binary, `\0${options.join(' ')}${more}\0`);
      return codec.codecComplaints(codec.known.version, [{ system: 'linux-x64', binary }]);
    };
    expect(lay('')).toEqual([]);
    expect(lay(' --enable-libnew').join('\n')).toMatch(/libnew puts into it is not known/);
    expect(lay('\0SBR Encoder')).toEqual([expect.stringContaining('the whole FDK-AAC')]);
  });

  it('that must not be passed on are not: FFmpeg configured as nonfree, and Microsoft’s own', () => {
    const verdicts = Object.entries(codec.known.enabled).map(([system, enabled]) => [
      system,
      codec.obstacles(system, enabled).length,
    ]);
    expect(Object.fromEntries(verdicts)).toMatchObject({ 'linux-x64': 0, 'win32-x64-msvc': 1 });
    const program = join(root, 'tools/licences.mjs');
    const status = (system: string): number | null =>
      spawnSync(process.execPath, [program, '--to-others', system]).status;
    expect([status('win32-x64'), status('win32-arm64'), status('darwin-arm64')]).toEqual([1, 0, 0]);
    const files = readdirSync(join(root, 'out/node_modules/onnxruntime-node/bin'), { recursive: true });
    expect(files.filter((path) => /DirectML|dxil/i.test(String(path)))).toEqual([]);
    expect(files.filter((path) => /dxcompiler/i.test(String(path))).length).toBeGreaterThan(0);
  });

  it('FDK-AAC is used for nothing', () => {
    expect(Codec.findDecoder(AV_CODEC_ID_AAC)?.name).toBe('aac');
    const { status } = spawnSync('grep', ['-rqi', 'fdk', join(root, 'src-main')]);
    expect(status).toBe(1);
  });
});
