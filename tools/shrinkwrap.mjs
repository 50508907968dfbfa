// `npm pack` calls this before it packs, and with `--remove` afterwards. The package carries its own lock: npm then
// installs exactly the versions that were tested, wherever Unbraid is installed. Entries say nothing of install scripts,
// so npm runs none: all they do is fetch what Unbraid never uses (CUDA for onnxruntime-node, FFmpeg's command for
// node-av), from places other than the package registry.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** The lock of the packages that a user of this one needs, from the lock of those who work on it. */
export function shrinkwrapOf(lock) {
  const { name, version, license, bin, engines, dependencies } = lock.packages[''];
  const needed = Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && !entry.dev && !entry.devOptional && !entry.extraneous)
    .map(([path, { hasInstallScript, ...entry }]) => [path, entry]);
  return {
    ...{ name: lock.name, version: lock.version, lockfileVersion: lock.lockfileVersion, requires: true },
    packages: Object.fromEntries([['', { name, version, license, dependencies, bin, engines }], ...needed]),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = at('npm-shrinkwrap.json');
  if (process.argv.includes('--remove')) rmSync(file, { force: true });
  else {
    const lock = JSON.parse(readFileSync(at('package-lock.json'), 'utf8'));
    writeFileSync(file, `${JSON.stringify(shrinkwrapOf(lock), null, 2)}\n`);
  }
}
