import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../src-main/common/separation/manifest.js';
import { listSeparators } from '../../src-main/node/inference/model-store.js';
import { testFolder } from '../cli/support/run.js';
import { graph, manifest, smallStft } from '../fixtures/manifests.js';

const dir = testFolder();
const good = {
  ...manifest({
    stft: smallStft,
    graphs: [graph({ role: 'wave', layout: 'b ch n' }, { role: 'wave', layout: 'b s ch n' })],
  }),
};

/** The manifest with one number replaced, found by its path. */
function withNumber(path: readonly string[], value: number): unknown {
  const copy = structuredClone(good) as unknown as Record<string, unknown>;
  let at = copy;
  for (const name of path.slice(0, -1)) at = at[name] as Record<string, unknown>;
  at[path.at(-1)!] = value;
  return copy;
}

describe('P20 hostile manifests', () => {
  it('the one they are made of is a good one', () => expect(() => parseManifest(good)).not.toThrow());

  it.each([
    [['segment', 'length'], 1e9],
    [['segment', 'align'], 1e12],
    [['segment', 'edge'], 1e9],
    [['segment', 'shiftMaxSeconds'], 1e9],
    [['audio', 'sampleRate'], 1],
    [['audio', 'sampleRate'], 1e9],
    [['stft', 'nFft'], 2 ** 30],
    [['stft', 'hop'], 2 ** 30],
    [['stft', 'winLength'], 2 ** 30],
    [['stems', 'compensate'], 1e38],
  ])('%j = %d is refused, and named', (path, value) => {
    expect(() => parseManifest(withNumber(path, value))).toThrow(
      expect.objectContaining({
        code: 'model-manifest-invalid',
        message: expect.stringContaining(path.join('.')),
      }),
    );
  });

  it.runIf(process.platform !== 'win32')(
    'a pipe, a device, a folder or gigabytes as a manifest are one error each',
    () => {
      const folder = join(dir, 'models');
      mkdirSync(join(folder, 'folder.json'), { recursive: true });
      expect(spawnSync('mkfifo', [join(folder, 'pipe.json')]).status).toBe(0);
      symlinkSync('/dev/zero', join(folder, 'zero.json'));
      writeFileSync(join(folder, 'long.json'), Buffer.alloc((1 << 20) + 1, 32));
      writeFileSync(join(folder, 'text.json'), 'no JSON');
      const { broken } = listSeparators(folder);
      const found = broken.map(({ file, error }) => [file.slice(folder.length + 1), error.code]).sort();
      expect(found).toEqual([
        ['folder.json', 'invalid-argument'],
        ['long.json', 'too-large'],
        ['pipe.json', 'invalid-argument'],
        ['text.json', 'model-manifest-invalid'],
        ['zero.json', 'invalid-argument'],
      ]);
    },
  );
});
