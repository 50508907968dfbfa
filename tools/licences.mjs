// The licences of all that is inside the program: writes out/LICENSES.txt and complains about those that are not known as
// free or have no text (exit 1). With a folder and names of packages: about those, and nothing is written.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { complaints, licencesText, packagesInside, packagesOf, root } from './licences/collect.mjs';

const [folder, ...names] = process.argv.slice(2);
const packages = folder === undefined ? packagesInside() : packagesOf(names, folder);
if (folder === undefined) {
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(join(root, 'out/LICENSES.txt'), licencesText(packages));
}
const lines = complaints(packages);
for (const line of lines) console.error(line);
process.exitCode = lines.length > 0 ? 1 : 0;
