import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeEach, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'unbraid-packed-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rmSync(join(folder, 'resources'), { recursive: true, force: true }));

interface Packed {
  readonly appOutDir: string;
  readonly arch: number;
  readonly electronPlatformName: string;
  readonly packager: { readonly getResourcesDir: (dir: string) => string };
}
const { default: afterPack } = (await import(
  pathToFileURL(join(root, 'tools/dist/after-pack.mjs')).href
)) as { default: (packed: Packed) => void };

/** A packed folder with these native libraries, for Windows on 64-bit ARM. */
function pack(codecs: readonly string[], inference: readonly string[]): () => void {
  const loose = join(folder, 'resources/app.asar.unpacked');
  for (const name of codecs) mkdirSync(join(loose, 'node_modules/@seydx', name), { recursive: true });
  for (const pair of inference)
    mkdirSync(join(loose, 'out/node_modules/onnxruntime-node/bin/napi-v6', pair), { recursive: true });
  writeFileSync(join(folder, 'resources/default_app.asar'), '');
  const packager = { getResourcesDir: (dir: string) => join(dir, 'resources') };
  return () => afterPack({ appOutDir: folder, arch: 3, electronPlatformName: 'win32', packager });
}

it('a packed program has the native libraries of its own system and processor', () => {
  expect(pack(['node-av-win32-arm64-msvc'], ['win32/arm64'])).not.toThrow();
  expect(() => readFileSync(join(folder, 'resources/default_app.asar'))).toThrow('ENOENT');
});

it('packing fails with the codecs of another processor, with none, and with another inference library', () => {
  const both = ['node-av-win32-arm64-msvc', 'node-av-win32-x64-msvc'];
  expect(pack(both, ['win32/arm64'])).toThrow('node-av-win32-x64-msvc does not belong to win32-arm64');
  rmSync(join(folder, 'resources'), { recursive: true });
  expect(pack(['node-av-win32-x64-msvc'], ['win32/arm64'])).toThrow(
    /is missing: npm ci --os=win32 --cpu=arm64/,
  );
  rmSync(join(folder, 'resources'), { recursive: true });
  expect(pack(['node-av-win32-arm64-msvc'], ['win32/x64'])).toThrow('win32/x64 in place of win32/arm64');
});
