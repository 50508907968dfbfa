import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder of ONNX Runtime's libraries for this system; null where it is not as expected. */
function libraries(): string | null {
  try {
    const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
    // The packaged program has them beside its archive, where people can add some.
    const bin = join(root, 'bin').replace(/([\\/]app\.asar)(?=[\\/])/, '$1.unpacked');
    const folders = readdirSync(bin).map((name) => join(bin, name, process.platform, process.arch));
    return folders.find((folder) => existsSync(folder)) ?? null;
  } catch {
    return null;
  }
}

/**
 * The provider libraries that ONNX Runtime does not come with, and that somebody has installed, like CUDA's. Null where
 * that cannot be told.
 */
export function extraProviders(folder = libraries()): readonly string[] | null {
  if (folder === null) return null;
  return readdirSync(folder)
    .flatMap((file) => /^(?:lib)?onnxruntime_providers_(\w+)\.(?:so|dll|dylib)$/.exec(file)?.[1] ?? [])
    .filter((name) => name !== 'shared')
    .sort();
}
