// Which packages are inside the program, and their licences.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import satisfies from 'spdx-satisfies';
import { codecLicences, codecText } from './codec/codec.mjs';
import { root } from './root.mjs';

/** Licences of free software that may be part of a program under the GPL, version 3 or later. */
const free = [
  ...[
    '0BSD',
    'Apache-2.0',
    'BlueOak-1.0.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'CC0-1.0',
    'ISC',
    'MIT',
    'Unlicense',
  ],
  ...[
    'LGPL-2.1-or-later',
    'LGPL-3.0-or-later',
    'GPL-2.0-or-later',
    'GPL-3.0-or-later',
    'MPL-2.0',
    'Python-2.0',
    'Zlib',
  ],
];

/** Of these a part is taken that needs none of their dependencies (tools/libraries.mjs). */
const alone = new Set(['node-av', 'onnxruntime-node']);

/** Imported by the sources, but not part of what is built: Electron brings its own licences. */
const outside = new Set(['assemblyscript', 'electron', 'unbraid']);

const about = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** Where Node finds a package for code in `from`; undefined when it is not installed (another system's binaries). */
function folderOf(name, from) {
  for (let dir = from; ; dir = dirname(dir)) {
    const folder = join(dir, 'node_modules', name);
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dir === dirname(dir)) return undefined;
  }
}

/** Those whose text is the same for all but the name of the author. */
const usual = ['MIT', 'Apache-2.0'];

function keptText(which) {
  return readFileSync(join(root, 'tools/licences', `${which}.txt`), 'utf8').trim();
}

/** The text in the package or in tools/licences; the usual one where a package only names its licence. */
function licenceText(folder, { name, license, author }) {
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  if (file) return readFileSync(join(folder, file), 'utf8').trim();
  if (existsSync(join(root, 'tools/licences', `${name}.txt`))) return keptText(name);
  if (!usual.includes(license)) return undefined;
  const who = typeof author === 'string' ? author : (author?.name ?? `the authors of ${name}`);
  return `Copyright (c) ${who}\n\n${keptText(`texts/${license}`)}`;
}

/**
 * The named packages and all that they depend on, sorted by name. `text` is undefined where neither the package nor
 * tools/licences holds it.
 */
export function packagesOf(names, from = root) {
  const found = new Map();
  const visit = (name, below) => {
    const folder = folderOf(name, below);
    if (!folder || found.has(folder)) return;
    const manifest = about(folder);
    const { version, license, dependencies, optionalDependencies } = manifest;
    found.set(folder, { name, version, licence: license, text: licenceText(folder, manifest) });
    if (alone.has(name)) return;
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) visit(needed, folder);
  };
  for (const name of names) visit(name, from);
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** Names of the packages that the sources import. */
function imported() {
  const names = new Set();
  const read = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) read(path);
      else if (/\.(ts|svelte|mjs)$/.test(entry.name))
        for (const [, name] of readFileSync(path, 'utf8').matchAll(
          /\bfrom '((?:@[\w.-]+\/)?[a-z][\w.-]*)[/']/g,
        ))
          names.add(name);
    }
  };
  for (const folder of ['src-main', 'src-renderer', 'tools/bundles']) read(join(root, folder));
  return [...names].filter((name) => !outside.has(name) && folderOf(name, root) !== undefined);
}

/** All packages that are in the program or installed with it. */
export function packagesInside() {
  const { dependencies, optionalDependencies } = about(root);
  return packagesOf([...imported(), ...Object.keys({ ...dependencies, ...optionalDependencies })]);
}

/** What is wrong with the licences of packages, a line each: not free, or without a text. */
export function complaints(packages) {
  return packages.flatMap(({ name, version, licence, text }) => {
    const lines = [];
    let ok = false;
    try {
      ok = satisfies(licence, free);
    } catch {
      // Not an SPDX expression.
    }
    if (!ok)
      lines.push(`${name} ${version}: the licence ${JSON.stringify(licence ?? null)} is not known as free`);
    if (text === undefined) lines.push(`${name} ${version}: the text of its licence is missing`);
    return lines;
  });
}

/** One text for people: every package, its licence and the text of it. */
export function licencesText(packages) {
  return packages
    .map(({ name, version, licence, text = '' }) => `${name} ${version} (${licence})\n\n${text}\n`)
    .join('\n---\n\n');
}

/** What is in the native libraries, which no package names: of the codecs, and of the inference library. */
export function nativeText() {
  const texts = codecLicences().map((id) => `${id}\n\n${keptText(`texts/${id}`)}\n`);
  const inference = [
    'What ONNX Runtime contains, as its authors have it (ThirdPartyNotices.txt of version 1.30.0). On Windows it comes with',
    'dxcompiler.dll: the DirectX Shader Compiler, NCSA, Microsoft and the LLVM project, which is not in that list.',
  ].join('\n');
  return [
    `${codecText()}\n`,
    ...texts,
    `${inference}\n\nNCSA\n\n${keptText('texts/NCSA')}\n\n${keptText('onnxruntime-node.notices')}\n`,
  ].join('\n---\n\n');
}
