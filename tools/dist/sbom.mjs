// What is in a package, as CycloneDX 1.6 (JSON): not what the repository is built with.
//   node tools/dist/sbom.mjs --output FILE                                      the npm package
//   node tools/dist/sbom.mjs --packed FOLDER --system linux-x64 --output FILE   a packed desktop program
// Packages are those of LICENSES.txt. A package that lies in the packed program and is not among them is an error.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { extractFile, listPackage } from '@electron/asar';
import { known, partsOf } from '../licences/codec/codec.mjs';
import { packagesInside } from '../licences/collect.mjs';
import { root } from '../licences/root.mjs';

const about = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const hashOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');
const purl = (name, version) => `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;
const licences = (expression) =>
  /^[\w.+-]+$/.test(expression) && !expression.startsWith('LicenseRef-')
    ? [{ license: { id: expression } }]
    : [{ expression }];

function library({ name, version, licence }) {
  const ref = purl(name, version);
  return { type: 'library', 'bom-ref': ref, name, version, purl: ref, licenses: licences(licence) };
}

/** What is inside the codecs' binaries; their versions are not told by them. */
function codecParts(systems) {
  const enabled = [...new Set(systems.flatMap((system) => known.enabled[system]))].sort();
  const inside = partsOf(enabled).map(({ name, licence, by, home }) => ({
    type: 'library',
    'bom-ref': `codec:${name}`,
    name: name.replace(/^indev=/, ''),
    supplier: { name: by },
    licenses: licences(licence),
    externalReferences: [{ type: 'website', url: `https://${home}` }],
  }));
  const ffmpeg = { 'bom-ref': 'codec:ffmpeg', name: 'FFmpeg', licenses: licences('GPL-3.0-or-later') };
  return [{ type: 'library', ...ffmpeg, components: inside }];
}

/** The networks that ship, as their manifests name them. */
function models() {
  const manifests = join(root, 'models/manifests');
  return readdirSync(manifests).flatMap((name) => {
    const { id, license, graphs = [] } = JSON.parse(readFileSync(join(manifests, name), 'utf8'));
    return graphs.map(({ file }) => ({
      ...{ type: 'machine-learning-model', 'bom-ref': `model:${file}`, name: file, description: id },
      licenses: licences(license.weights),
      hashes: [{ alg: 'SHA-256', content: hashOf(join(root, 'models/weights', file)) }],
    }));
  });
}

/** Where the program's own files are in a packed folder. */
function resourcesOf(packed) {
  const places = ['resources', 'Unbraid.app/Contents/Resources'].map((place) => join(packed, place));
  const found = places.find((place) => existsSync(join(place, 'app.asar')));
  if (!found) throw new Error(`${packed} holds no packed program`);
  return found;
}

/** Names and versions of the packages that lie in a packed program. */
function packedPackages(archive) {
  const manifests = listPackage(archive, { isPack: false }).filter((path) =>
    /[\\/]node_modules[\\/](@[^\\/]+[\\/])?[^\\/@]+[\\/]package\.json$/.test(path),
  );
  return manifests
    .map((path) => JSON.parse(extractFile(archive, path.replace(/^[\\/]/, '')).toString('utf8')))
    .filter(({ name, version }) => name && version);
}

/** Native files of a packed program, with what they are and their hashes. */
function nativeFiles(resources) {
  const loose = join(resources, 'app.asar.unpacked');
  return readdirSync(loose, { recursive: true })
    .filter((path) => /\.(node|so(\.\d+)*|dll|dylib)$/.test(path))
    .map((path) => ({
      ...{ type: 'file', 'bom-ref': `file:${path}`, name: path.replaceAll('\\', '/') },
      hashes: [{ alg: 'SHA-256', content: hashOf(join(loose, path)) }],
    }));
}

/** The parts of a packed desktop program, beyond those of the npm package. */
function desktop(packed, packages) {
  const resources = resourcesOf(packed);
  const names = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  const strange = packedPackages(join(resources, 'app.asar'))
    .map(({ name, version }) => `${name}@${version}`)
    .filter((name) => !names.has(name));
  if (strange.length > 0) throw new Error(`Packed, but not known: ${[...new Set(strange)].join(', ')}`);
  const { version } = createRequire(import.meta.url)('electron/package.json');
  const electron = { 'bom-ref': purl('electron', version), purl: purl('electron', version) };
  return [
    { type: 'framework', ...electron, name: 'electron', version, licenses: licences('MIT') },
    ...nativeFiles(resources),
  ];
}

/** The document; `system` undefined means the npm package, which is for all systems. */
export function sbom({ packed, system } = {}) {
  const own = Object.keys(known.enabled).find((name) => name === system || name === `${system}-msvc`);
  if (packed && !own) throw new Error(`There are no codecs for ${system}`);
  // Codecs come from the registry with the npm package, and lie in the desktop program.
  const packages = packagesInside().filter(
    ({ name }) => !name.startsWith('@seydx/') || name === `@seydx/node-av-${own}`,
  );
  const root = purl(about.name, about.version);
  return {
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: `urn:uuid:${randomUUID()}`, version: 1 },
    metadata: {
      timestamp: new Date().toISOString(),
      component: {
        ...{ type: 'application', 'bom-ref': root, name: about.name, version: about.version, purl: root },
        licenses: licences(about.license),
      },
      ...(system && { properties: [{ name: 'unbraid:system', value: system }] }),
    },
    components: [
      ...packages.map(library),
      ...models(),
      ...(packed ? [...codecParts([own]), ...desktop(packed, packages)] : []),
    ],
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = { type: 'string' };
  const { values } = parseArgs({ options: { packed: text, system: text, output: text } });
  const { output, ...of } = values;
  const json = `${JSON.stringify(sbom(of), null, 2)}\n`;
  if (output) writeFileSync(output, json);
  else process.stdout.write(json);
}
