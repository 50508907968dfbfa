// The licences of all that is inside the program: writes out/LICENSES.txt and complains about those that are not known as
// free or have no text, and about native libraries that nobody has looked into (exit 1). With a folder and names of
// packages: about those, and nothing is written. With --to-others SYSTEM (like linux-x64): whether the program with that
// system's native libraries may be given to others.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codecComplaints, known, obstacles } from './licences/codec/codec.mjs';
import { complaints, licencesText, nativeText, packagesInside, packagesOf } from './licences/collect.mjs';
import { root } from './licences/root.mjs';

function check(folder, names) {
  if (folder !== undefined) return complaints(packagesOf(names, folder));
  const packages = packagesInside();
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(join(root, 'out/LICENSES.txt'), `${licencesText(packages)}\n---\n\n${nativeText()}`);
  const { version } = packages.find(({ name }) => name === 'node-av');
  return [...complaints(packages), ...codecComplaints(version)];
}

function toOthers(system) {
  const enabled = known.enabled[system] ?? known.enabled[`${system}-msvc`];
  if (!enabled) return [`There is no node-av for ${system}`];
  return obstacles(known.enabled[system] ? system : `${system}-msvc`, enabled);
}

const [first, ...names] = process.argv.slice(2);
const lines = first === '--to-others' ? toOthers(names[0]) : check(first, names);
for (const line of lines) console.error(line);
process.exitCode = lines.length > 0 ? 1 : 0;
