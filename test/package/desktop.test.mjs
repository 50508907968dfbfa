// The packages of the desktop program, made without a network around a program that stands for Electron's, and looked
// into: what `npm run dist` makes on Linux. Then the packed main process runs under Node with Electron's module
// replaced: it must find all that it needs in the package. Needs a build. `npm run test:package`.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
const linux = { skip: process.platform !== 'linux' && 'made on Linux only' };
const folder = mkdtempSync(join(tmpdir(), 'unbraid-desktop-'));
const output = join(folder, 'packages');
const unpacked = join(output, process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`);
const resources = join(unpacked, 'resources');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const mib = (bytes) => (bytes / 2 ** 20).toFixed(1);

/** Where a program's fuses are: 32 bytes of a name, the version of the wire, its length, a character a fuse. */
const wire = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** Electron's folder, with Node in place of its program. */
function standIn() {
  const dir = join(folder, 'electron');
  mkdirSync(join(dir, 'resources'), { recursive: true });
  copyFileSync(process.execPath, join(dir, 'electron'));
  appendFileSync(
    join(dir, 'electron'),
    Buffer.concat([Buffer.from(wire), Buffer.from([1, 8]), Buffer.from('11111111')]),
  );
  writeFileSync(join(dir, 'LICENSE'), 'Electron');
  writeFileSync(join(dir, 'LICENSES.chromium.html'), 'Chromium');
  writeFileSync(join(dir, 'chrome-sandbox'), '');
  writeFileSync(
    join(dir, 'version'),
    JSON.parse(readFileSync(require.resolve('electron/package.json'), 'utf8')).version,
  );
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  writeFileSync(join(empty, 'package.json'), '{}');
  execFileSync(process.execPath, [asarProgram(), 'pack', empty, join(dir, 'resources/default_app.asar')]);
  return dir;
}

function asarProgram() {
  return join(require.resolve('@electron/asar/package.json'), '../bin/asar.js');
}

function below(dir, path = '') {
  return readdirSync(join(dir, path), { withFileTypes: true }).flatMap((entry) => {
    const inner = path === '' ? entry.name : `${path}/${entry.name}`;
    return entry.isDirectory() ? below(dir, inner) : [inner];
  });
}

let made = '';
before(() => {
  if (linux.skip) return;
  // As if there were no network: nothing may be fetched.
  const nowhere = { HTTPS_PROXY: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1' };
  made = execFileSync(process.execPath, [join(root, 'tools/dist/dist.mjs'), '--output', output], {
    ...{ cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    env: { ...process.env, ...nowhere, ELECTRON_OVERRIDE_DIST_PATH: standIn() },
  });
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('the folder has the program, its fuses and all licences', linux, () => {
  assert.match(made, /linux-unpacked|linux-arm64-unpacked/);
  for (const file of ['LICENSE', 'NOTICE', 'LICENSES.txt', 'LICENSE.electron.txt', 'LICENSES.chromium.html'])
    assert.ok(statSync(join(unpacked, file)).size > 0, file);
  const program = readFileSync(join(unpacked, 'unbraid'));
  const at = program.lastIndexOf(wire) + wire.length;
  // runAsNode, cookieEncryption, nodeOptions, nodeCliInspect, asarIntegrity, onlyLoadFromAsar, snapshot, fileProtocol
  assert.equal(program.subarray(at + 2, at + 10).toString('latin1'), '01001110');
});

test('it holds the libraries of this system alone, and nothing of tools and tests', linux, () => {
  const loose = below(join(resources, 'app.asar.unpacked'));
  const systems = new Set(
    loose.flatMap((path) => /onnxruntime-node\/bin\/napi-v6\/([^/]+\/[^/]+)\//.exec(path)?.[1] ?? []),
  );
  assert.deepEqual([...systems], [`linux/${process.arch}`]);
  assert.deepEqual(
    loose.filter((path) => path.startsWith('node_modules/')).map((path) => path.split('/')[2]),
    loose.filter((path) => path.startsWith('node_modules/')).map(() => `node-av-linux-${process.arch}`),
  );
  const list = execFileSync(process.execPath, [asarProgram(), 'list', join(resources, 'app.asar')], {
    encoding: 'utf8',
  }).split('\n');
  const strange = list.filter((path) =>
    /\.(ts|map)$|^\/(src|test|tools|docs)|\/node_modules\/(vitest|typescript|electron)\//.test(path),
  );
  assert.deepEqual(strange, []);
  assert.ok(list.includes('/out/electron/main.js'));
  assert.ok(!existsSync(join(resources, 'default_app.asar')), "Electron's demonstration is not ours");
  assert.ok(!existsSync(join(resources, 'app-update.yml')), 'no place for updates was configured');
  const bytes = below(resources).reduce((sum, path) => sum + statSync(join(resources, path)).size, 0);
  console.log(`linux-unpacked: ${mib(bytes)} MiB beside Electron's own files`);
  assert.ok(bytes < 280e6, `${bytes} bytes`);
});

test(
  'the packed main process finds all it needs: the page, the preload, models, libraries, the demo song',
  linux,
  () => {
    const app = join(folder, 'app');
    execFileSync(process.execPath, [asarProgram(), 'extract', join(resources, 'app.asar'), app]);
    const support = join(root, 'test/package/support');
    const hook = pathToFileURL(join(support, 'hook.mjs')).href;
    const run = spawnSync(process.execPath, ['--import', hook, join(support, 'use-desktop.mjs'), app], {
      ...{ cwd: folder, encoding: 'utf8', timeout: 300_000, maxBuffer: 1e8 },
      env: { ...process.env, UNBRAID_STATE: join(folder, 'state'), UNBRAID_CACHE: join(folder, 'cache') },
    });
    assert.equal(run.status, 0, run.stderr);
    const seen = JSON.parse(run.stdout.trim().split('\n').at(-1));
    assert.equal(seen.address, 'unbraid-app://app/');
    assert.equal(seen.page, 200);
    assert.equal(seen.code[0], 200);
    assert.match(seen.code[1], /javascript/);
    assert.ok(seen.preload.startsWith(app) && existsSync(seen.preload), seen.preload);
    assert.equal(seen.frames, 1587600);
    assert.deepEqual(seen.tracks, ['source', 'vocals', 'drums', 'bass', 'other']);
    assert.ok(seen.nullDb < -120, `null test ${seen.nullDb} dB`);
  },
);

test('its bill of materials names what is packed, the codecs’ parts and native files by hash', linux, () => {
  const args = ['--packed', unpacked, '--system', `linux-${process.arch}`];
  const text = execFileSync(process.execPath, [join(root, 'tools/dist/sbom.mjs'), ...args], {
    ...{ encoding: 'utf8', maxBuffer: 1e8 },
  });
  const { components } = JSON.parse(text);
  const named = (name) => components.find((component) => component.name === name);
  assert.ok(named('electron') && named('svelte') && named('unbraid-standard.onnx'));
  assert.ok(!named('vitest') && !named('electron-builder'));
  assert.ok(named('FFmpeg').components.some(({ name }) => name === 'libmp3lame'));
  const codec = components.find(({ type, name }) => type === 'file' && name.endsWith('node-av.node'));
  const file = readFileSync(join(resources, 'app.asar.unpacked', codec.name));
  assert.equal(codec.hashes[0].content, createHash('sha256').update(file).digest('hex'));
});

test('the archive unpacks to the same files', linux, () => {
  const name = `unbraid-${version}-linux-${process.arch}`;
  const target = join(folder, 'archive');
  mkdirSync(target);
  execFileSync('tar', ['-xzf', join(output, `${name}.tar.gz`), '-C', target]);
  assert.deepEqual(below(join(target, name)).sort(), below(unpacked).sort());
  const archived = readFileSync(join(target, name, 'resources/app.asar'));
  assert.ok(archived.equals(readFileSync(join(resources, 'app.asar'))));
});

const debian = {
  skip: linux.skip || (spawnSync('dpkg-deb', ['--version']).status !== 0 && 'needs dpkg-deb'),
};

test(
  'the Debian package has the program, its icons in all sizes, and an entry for menus and songs',
  debian,
  () => {
    const [file] = readdirSync(output).filter((name) => name.endsWith('.deb'));
    const target = join(folder, 'deb');
    execFileSync('dpkg-deb', ['-R', join(output, file), target]);
    const control = readFileSync(join(target, 'DEBIAN/control'), 'utf8');
    assert.match(control, new RegExp(`^Version: ${version.replaceAll('.', '\\.')}$`, 'm'));
    assert.match(control, /^Description: \S/m);
    assert.ok(Number(/^Installed-Size: (\d+)$/m.exec(control)[1]) > 100_000);
    const profile = 'resources/apparmor-profile';
    assert.deepEqual(below(join(target, 'opt/Unbraid')).sort(), [...below(unpacked), profile].sort());
    // Installed by the script only where AppArmor knows such profiles; here it must be one.
    const text = readFileSync(join(target, 'opt/Unbraid', profile), 'utf8');
    assert.match(text, /^profile unbraid "\/opt\/Unbraid\/unbraid" flags=\(unconfined\) \{\n {2}userns,$/m);
    const parser = spawnSync('apparmor_parser', ['--skip-kernel-load', '--skip-cache'], { input: text });
    if (!parser.error) assert.equal(parser.status, 0, String(parser.stderr));
    assert.ok(readFileSync(join(target, 'DEBIAN/postinst'), 'utf8').includes(`/opt/Unbraid/${profile}`));
    const icons = below(join(target, 'usr/share/icons/hicolor'));
    assert.deepEqual(icons.length, 8);
    for (const path of icons) {
      // Width and height of a PNG are its bytes 16 to 24.
      const png = readFileSync(join(target, 'usr/share/icons/hicolor', path));
      assert.equal(path, `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}/apps/unbraid.png`);
    }
    const entry = readFileSync(join(target, 'usr/share/applications/unbraid.desktop'), 'utf8');
    assert.match(entry, /^Exec=\/opt\/Unbraid\/unbraid %F$/m);
    for (const type of ['audio/flac', 'audio/mpeg', 'video/mp4']) assert.ok(entry.includes(`${type};`), type);
    const owners = execFileSync('dpkg-deb', ['-c', join(output, file)], { encoding: 'utf8', maxBuffer: 1e8 });
    assert.ok(
      owners
        .trim()
        .split('\n')
        .every((line) => line.split(/\s+/)[1] === 'root/root'),
    );
    for (const script of ['postinst', 'prerm']) execFileSync('sh', ['-n', join(target, 'DEBIAN', script)]);
  },
);
