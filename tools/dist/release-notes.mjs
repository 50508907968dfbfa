// The changelog's part of this version, for a release and for what programs show of an update:
//   node tools/dist/release-notes.mjs [--released]
// Fails without any; with --released also while it has no date.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The part below `## [VERSION] - DATE`, without the heading. Throws without that part, or without a date where one must be. */
export function notesOf(changelog, version, released = false) {
  const parts = changelog.split(/^## /m).slice(1);
  const found = parts.find((part) => part.startsWith(`[${version}]`));
  if (!found) throw new Error(`CHANGELOG.md says nothing of ${version}`);
  const [heading, ...lines] = found.split('\n');
  if (released && !/ - \d{4}-\d\d-\d\d$/.test(heading))
    throw new Error(`CHANGELOG.md has no date for ${version}: "## ${heading}"`);
  const text = lines.join('\n').trim();
  if (text === '') throw new Error(`CHANGELOG.md says nothing of ${version}`);
  return text;
}

/** That of the version in package.json. */
export function ownNotes(released = false) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return notesOf(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version, released);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(ownNotes(argv.includes('--released')));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
