// What is inside node-av's binaries: FFmpeg, and what its configuration puts into it. The binary says how it was
// configured; tools/licences/codec/configurations.json has that of every system's, for the version that is used.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.mjs';
import { options, parts } from './parts.mjs';

const file = join(root, 'tools/licences/codec/configurations.json');

/** Options of each system's binary, like `linux-x64`, and the version of node-av. */
export const known = JSON.parse(readFileSync(file, 'utf8'));

/** The options that a binary was built with (`gpl`, `libx264` …), from the text that FFmpeg keeps of them. */
export function enabledIn(binary) {
  const bytes = readFileSync(binary);
  const at = bytes.indexOf('--disable-ffplay');
  if (at < 0) throw new Error(`${binary} does not say how FFmpeg was configured`);
  const text = bytes.toString('latin1', bytes.lastIndexOf(0, at) + 1, bytes.indexOf(0, at));
  return [...new Set([...text.matchAll(/--enable-([\w-]+(?:=[\w-]+)?)/g)].map(([, name]) => name))].sort();
}

/** The binaries that are installed here, by system. */
export function installed(from = root) {
  const folder = join(from, 'node_modules/@seydx');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => ({
    system: name.replace(/^node-av-/, ''),
    binary: join(folder, name, 'node-av.node'),
  }));
}

/** The libraries in a binary with these options. */
export function partsOf(enabled) {
  return enabled.filter((name) => parts[name]).map((name) => ({ name, ...parts[name] }));
}

/** What nobody has looked at yet, a line each. */
export function unknownIn(system, enabled) {
  return enabled
    .filter((name) => !parts[name] && !options.has(name) && name !== 'nonfree')
    .map((name) => `node-av for ${system}: what --enable-${name} puts into it is not known (parts.mjs)`);
}

/** Why a binary must not be given to others, a line each; none when it may be. */
export function obstacles(system, enabled) {
  if (!enabled.includes('nonfree')) return [];
  return [
    `node-av for ${system} is built with --enable-nonfree: FFmpeg's authors allow nobody to pass it on`,
  ];
}

/**
 * Whether the FDK-AAC in a binary is the whole one: its encoder tells of the one for SBR, which is not in the stripped
 * version (`fdk-aac-free`) that Red Hat passes on together with FFmpeg. docs/building.md has the reasons.
 */
export function hasWholeFdk(binary) {
  return readFileSync(binary).includes('\0SBR Encoder\0');
}

/** Complaints about the binaries that are installed: they are not what was looked at. */
export function codecComplaints(version, binaries = installed()) {
  if (version !== known.version)
    return [`node-av ${version}: configurations.json is of ${known.version}; see docs/building.md`];
  return binaries.flatMap(({ system, binary }) => {
    const enabled = enabledIn(binary);
    const same = JSON.stringify(enabled) === JSON.stringify(known.enabled[system]);
    const other = same ? [] : [`node-av for ${system}: its options are not those of configurations.json`];
    const whole = `node-av for ${system} has the whole FDK-AAC, which must not be passed on with GPL libraries`;
    return [...other, ...unknownIn(system, enabled), ...(hasWholeFdk(binary) ? [whole] : [])];
  });
}

/** For people: what is in each system's binary, and under which terms. */
export function codecText() {
  const all = [...new Set(Object.values(known.enabled).flatMap((enabled) => enabled))].sort();
  const systems = (name) =>
    Object.keys(known.enabled).filter((system) => known.enabled[system].includes(name));
  const lines = partsOf(all).map(({ name, licence, by, home, with: more = [], headers }) => {
    const where = systems(name);
    const everywhere = where.length === Object.keys(known.enabled).length;
    const details = [headers && 'headers only', more.length > 0 && `with ${more.join(', ')}`].filter(Boolean);
    return (
      `  ${name.replace(/^indev=/, '')}: ${licence}, ${by}, ${home}` +
      `${details.length > 0 ? ` (${details.join('; ')})` : ''}${everywhere ? '' : ` [${where.join(', ')}]`}`
    );
  });
  return [
    `FFmpeg, inside node-av ${known.version} (GPL-3.0-or-later in this configuration; ffmpeg.org, patches of`,
    'github.com/jellyfin/jellyfin-ffmpeg). Sources: ffmpeg.org/download.html and the releases of node-av,',
    'github.com/seydx/node-av. Its text is that of LICENSE. It contains:',
    '',
    ...lines,
    '',
    'FDK-AAC is used for nothing: AAC is read and written by the codec of FFmpeg itself. The Free Software Foundation',
    'calls its licence free, but incompatible with the GPL. In these binaries it is the stripped version (fdk-aac-free),',
    'which Red Hat passes on together with FFmpeg. The binary for Windows on x64 is built with --enable-nonfree: it must',
    'not be passed on, and no package of the desktop program that has it is released; npm fetches it from its makers.',
  ].join('\n');
}

/** Names of the licences whose texts belong to it. */
export function codecLicences() {
  const all = new Set(Object.values(known.enabled).flat());
  return [
    ...new Set(
      partsOf([...all])
        .filter(({ conflict }) => conflict !== 'nonfree')
        .flatMap(({ licence }) => licence.split(' OR ')),
    ),
  ].sort();
}
