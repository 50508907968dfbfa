// Two native libraries have install scripts that fetch what Unbraid never uses from outside the package registry:
// onnxruntime-node hundreds of megabytes of CUDA, node-av the command `ffmpeg`. A package cannot forbid the scripts of
// what it depends on, so both are part of Unbraid's own package, without scripts: in out/node_modules, where everything
// in out/ finds them first. node-av's binaries are packages without scripts, of which npm takes the system's own.
import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { licencesText, packagesOf } from './licences/collect.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Microsoft's own licence: not free. Windows has a DirectML, and the shader compiler needs no dxil.dll any more. */
function isProprietary(path) {
  return /\/(DirectML|dxil)\.dll$/i.test(path);
}

/** What is taken of each library, by path from its folder. */
const libraries = {
  'onnxruntime-node': (path) =>
    /^dist\/[^/]+\.js$/.test(path) ||
    // macOS loads the short name; the long one is the same file again.
    (path.startsWith('bin/') && !/libonnxruntime\.\d+\.\d+\.\d+\.dylib$/.test(path) && !isProprietary(path)),
  'node-av': (path) =>
    path === 'LICENSE.md' ||
    /^dist\/(lib|constants)\/[^/]+\.js$/.test(path) ||
    path === 'dist/utils/electron.js',
};

/** Of a library's package.json: its identity and how it is imported, and no scripts or dependencies. */
function identity({ name, version, description, license, repository, type, main, exports }) {
  const entries = exports && { './lib': exports['./lib'], './constants': exports['./constants'] };
  return {
    name,
    version,
    description,
    license,
    repository,
    type,
    main: exports ? undefined : main,
    exports: entries,
  };
}

function filesBelow(dir, path = '') {
  return readdirSync(join(dir, path), { withFileTypes: true }).flatMap((entry) => {
    const below = path === '' ? entry.name : `${path}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(dir, below) : [below];
  });
}

/** Hard links cost no disk; a copy where the file system has none. */
function place(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

/** Libraries that are one file each with what they need (vite.bundles.config.ts), and what is imported of them. */
const bundles = {
  bullmq: ['.'],
  'electron-updater': ['.'],
  '@aws-sdk/client-s3': ['.'],
  '@aws-sdk/lib-storage': ['.'],
  '@modelcontextprotocol/sdk': ['./server/mcp.js', './server/stdio.js'],
};

/** Names a bundle, and puts the licences of all that may be in it beside it. */
function describeBundle(bundle, entries, target) {
  const { name, version, license } = JSON.parse(
    readFileSync(join(root, 'node_modules', bundle, 'package.json'), 'utf8'),
  );
  const dir = join(target, bundle);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'LICENSES'), licencesText(packagesOf([bundle])));
  const exports = Object.fromEntries(entries.map((entry) => [entry, './index.mjs']));
  writeFileSync(
    join(dir, 'package.json'),
    `${JSON.stringify({ name, version, license, type: 'module', exports }, null, 2)}\n`,
  );
}

/** Makes out/node_modules; what is there already, of the same version and the same choice, stays. */
export function placeLibraries(target = join(root, 'out/node_modules')) {
  for (const [name, wanted] of Object.entries(libraries)) {
    const from = join(root, 'node_modules', name);
    const to = join(target, name);
    const about = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
    const text = `${JSON.stringify(identity(about), null, 2)}\n`;
    const paths = filesBelow(from).filter(wanted);
    const there = join(to, 'package.json');
    const same = existsSync(there) && readFileSync(there, 'utf8') === text;
    // onnxruntime-node's package names its licence, but does not hold it.
    const licence = paths.includes('LICENSE.md') ? [] : [join(root, 'tools/licences', `${name}.txt`)];
    if (same && filesBelow(to).length === paths.length + licence.length + 1) continue;
    rmSync(to, { recursive: true, force: true });
    for (const path of paths) place(join(from, path), join(to, path));
    for (const file of licence) copyFileSync(file, join(to, 'LICENSE'));
    writeFileSync(there, text);
  }
  for (const [name, entries] of Object.entries(bundles)) describeBundle(name, entries, target);
}
