// The npm package as a new user gets it: packed, installed into an empty folder from the registry alone, and used.
// Needs a build. `npm run test:package`.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'unbraid-package-'));
const home = join(folder, 'home');
const state = { UNBRAID_STATE: join(folder, 'state'), UNBRAID_CACHE: join(folder, 'cache') };
const shell = process.platform === 'win32';
const mib = (bytes) => (bytes / 2 ** 20).toFixed(1);

/** Most bytes the tarball may have: all of it, and without the inference library of five systems. */
const limits = { all: 116e6, own: 41e6 };

let packed;

function npm(args, cwd) {
  return execFileSync('npm', [...args, '--no-audit', '--no-fund', '--no-update-notifier'], {
    cwd,
    shell,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

before(() => {
  mkdirSync(home);
  // What was built is packed: scripts would build it again.
  [packed] = JSON.parse(npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder], root));
  npm(['install', join(folder, packed.filename)], home);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('its size stays under the limits', () => {
  const library = packed.files.filter(({ path }) => path.startsWith('out/node_modules/'));
  const own = packed.files.filter((file) => !library.includes(file)).reduce((sum, { size }) => sum + size, 0);
  console.log(`${packed.filename}: ${mib(packed.size)} MiB; without libraries ${mib(own)} MiB unpacked`);
  assert.ok(packed.size < limits.all, `${packed.size} bytes`);
  assert.ok(own < limits.own, `${own} bytes without libraries`);
});

test('it holds what was built from sources that exist, and nothing of tools', () => {
  const strange = packed.files.filter(({ path }) => {
    if (path.startsWith('out/renderer/') || path.startsWith('out/node_modules/')) return false;
    // The page of reports is one file of src-renderer/report.
    if (path === 'out/report/report.js') return false;
    if (/^out\/\.|\.map$/.test(path)) return true;
    const source = /^out\/(.+?)(\.d)?\.(js|cjs)$/.exec(path)?.[1];
    if (source === undefined) return false;
    return !existsSync(join(root, 'src-main', `${source}.ts`));
  });
  assert.deepEqual(
    strange.map(({ path }) => path),
    [],
  );
  assert.ok(packed.files.some(({ path }) => path === 'out/report/report.js'));
});

test('no package that is installed has an install script', () => {
  const scripts = [];
  const visit = (dir) => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.name === 'package.json') {
        const about = JSON.parse(readFileSync(path, 'utf8'));
        for (const name of ['preinstall', 'install', 'postinstall'])
          if (about.scripts?.[name]) scripts.push(`${path}: ${name}`);
      }
    }
  };
  visit(join(home, 'node_modules'));
  assert.deepEqual(scripts, []);
});

test('`npx unbraid song` separates the demo song into files that add up to it', () => {
  copyFileSync(join(root, 'assets/demo.ogg'), join(home, 'demo.ogg'));
  const out = execFileSync('npx', ['--no-install', 'unbraid', 'demo.ogg', '--json', '--depth', '24'], {
    ...{ cwd: home, shell, encoding: 'utf8', env: { ...process.env, ...state } },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const report = JSON.parse(out.trim().split('\n').at(-1));
  assert.deepEqual(report.summary, { done: 1, skipped: 0, failed: 0, cancelled: 0 });
  const { result } = report.items[0].state;
  assert.deepEqual(result.outputs.map(({ stem }) => stem).sort(), ['bass', 'drums', 'other', 'vocals']);
  for (const { path, bytes } of result.outputs) {
    assert.equal(dirname(path), join(home, 'demo'));
    assert.equal(readFileSync(path).length, bytes);
  }
  assert.ok(result.writtenNullDb < -120, `null test ${result.writtenNullDb} dB`);
});

test('the library, the queue and the tools for assistants are found in it', () => {
  const node = (...args) =>
    spawnSync(process.execPath, args, {
      ...{ cwd: home, encoding: 'utf8', env: { ...process.env, ...state }, timeout: 60_000 },
      input: `${JSON.stringify(hello)}\n`,
    });
  const hello = {
    ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  };
  const cli = join(home, 'node_modules/unbraid/out/hosts/cli/main.js');
  const code = `import { openEngine } from 'unbraid';
    const engine = openEngine();
    console.log((await engine.analyse('demo.ogg')).frames);
    await engine.close();`;
  assert.equal(node('--input-type=module', '--eval', code).stdout.trim(), '1587600');
  const worker = node(cli, 'worker', '--queue', 'redis://127.0.0.1:1');
  assert.match(worker.stderr, /The queue does not answer/);
  assert.equal(JSON.parse(node(cli, 'mcp').stdout.split('\n')[0]).result.serverInfo.name, 'unbraid');
});

test('`unbraid` alone serves the page where there is no window', async () => {
  // No opener is on this path, and no display: nothing appears on the desktop of whoever runs this.
  const env = { ...process.env, ...state, PATH: dirname(process.execPath), DISPLAY: '', WAYLAND_DISPLAY: '' };
  const child = spawn(process.execPath, [join(home, 'node_modules/unbraid/out/hosts/cli/main.js')], {
    ...{ cwd: home, env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  try {
    const address = await new Promise((resolve, reject) => {
      let text = '';
      child.stdout.on('data', (data) => {
        text += data;
        const found = /^http:\S+(?=\n)/m.exec(text);
        if (found) resolve(found[0]);
      });
      child.once('exit', () => reject(new Error(`It ended: ${text}`)));
    });
    const entry = await fetch(address, { redirect: 'manual' });
    const cookie = entry.headers.getSetCookie().map((line) => line.split(';')[0]);
    const page = await fetch(new URL('/', address), { headers: { cookie: cookie.join('; ') } });
    assert.equal(page.status, 200);
    const html = await page.text();
    const script = /<script[^>]+src="([^"]+)"/.exec(html)?.[1];
    assert.ok(script, html);
    const code = await fetch(new URL(script, address), { headers: { cookie: cookie.join('; ') } });
    assert.equal(code.status, 200);
    assert.match(code.headers.get('content-type') ?? '', /javascript/);
  } finally {
    child.kill('SIGTERM');
  }
  assert.equal(await gone, process.platform === 'win32' ? null : 0);
});
