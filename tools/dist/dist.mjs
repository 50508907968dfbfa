// `npm run dist [-- TARGET…]`: packages of the desktop program for this system, in out/packages (or --output FOLDER).
// On Linux `dir`, `tar.gz` and `deb` are made without a network; other targets are electron-builder's own. Electron's
// program comes from ELECTRON_OVERRIDE_DIST_PATH or node_modules/electron/dist; else electron-builder fetches it.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Arch, build, Platform } from 'electron-builder';
import { installed, known, obstacles } from '../licences/codec/codec.mjs';
import { makeDeb } from './debian.mjs';
import { ownNotes } from './release-notes.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { output: { type: 'string', default: join(root, 'out/packages') } },
});
const output = resolve(values.output);
const linux = process.platform === 'linux';
/** Made here of the unpacked folder. */
const own = linux ? ['tar.gz', 'deb'] : [];
const usual = { linux: ['dir', ...own], win32: ['nsis', 'zip'], darwin: ['dmg', 'zip'] }[process.platform];
const wanted = positionals.length > 0 ? positionals : usual;
const others = wanted.filter((target) => !own.includes(target));

const electron = [process.env.ELECTRON_OVERRIDE_DIST_PATH, join(root, 'node_modules/electron/dist')].find(
  (folder) => folder && existsSync(folder),
);
console.log(
  electron ? `Electron: ${electron}` : "Electron's program is not here; electron-builder fetches it.",
);

// For each processor whose codecs are installed. On Linux what is made here of the folder is that of this machine.
const systems = installed().filter(({ system }) => system.startsWith(`${process.platform}-`));
const processors = linux ? [process.arch] : systems.map(({ system }) => system.split('-')[1]);
if (processors.length === 0) throw new Error("node-av's binary for this system is not installed: npm ci");
for (const { system } of systems)
  for (const line of obstacles(system, known.enabled[system] ?? []))
    console.warn(`Not for others: ${line} (docs/building.md)`);

// On Linux the folder is needed in any case, and comes with every other target.
const targets = linux && others.length === 0 ? ['dir'] : others;
// With a place for releases and the public key that signs them, the program can look for updates (docs/building.md).
const { UNBRAID_UPDATES: url, UNBRAID_UPDATE_KEY: key } = process.env;
const updates = url &&
  key && {
    publish: { provider: 'generic', url },
    releaseInfo: { releaseNotes: ownNotes() },
    extraResources: [{ from: resolve(key), to: 'update-key.pem' }],
  };
await build({
  projectDir: root,
  targets: Platform.current().createTarget(targets, ...processors.map((name) => Arch[name])),
  publish: 'never',
  config: { directories: { output }, ...(electron && { electronDist: electron }), ...updates },
});

const { version, homepage, description } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const arch = process.arch;
const unpacked = join(output, arch === 'x64' ? 'linux-unpacked' : `linux-${arch}-unpacked`);
mkdirSync(output, { recursive: true });
for (const target of wanted.filter((target) => own.includes(target))) {
  const name = `unbraid-${version}-linux-${arch}`;
  if (target === 'deb')
    console.log(makeDeb({ ...{ unpacked, target: output, root, version, arch }, about: about() }));
  else {
    const path = join(output, `${name}.tar.gz`);
    const args = ['--owner=0', '--group=0', '--sort=name', '--transform', `s,^\\.,${name},`];
    execFileSync('tar', ['-czf', path, '-C', unpacked, ...args, '.'], { stdio: 'inherit' });
    console.log(path);
  }
}

/** What the desktop shows, from electron-builder.yml's few lines. */
function about() {
  const text = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
  const field = (name) => new RegExp(`^ *${name}: (.+)$`, 'm').exec(text)[1];
  const types = [...text.matchAll(/mimeType: ([\w/.+-]+)/g)].map(([, type]) => type);
  return {
    ...{ name: field('productName'), comment: field('synopsis') || description, category: 'AudioVideo' },
    ...{ types, maintainer: `Unbraid contributors <${homepage}>`, homepage },
  };
}
