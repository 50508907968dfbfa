// Builds everything into out/: the WebAssembly kernels first (their bytes become a TypeScript module), then tsc,
// then the page, and the preload script of the desktop window; the native libraries and all licences are placed beside them.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { placeLibraries } from './tools/libraries.mjs';

const require = createRequire(import.meta.url);

function run(script, args) {
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

// Not on stdout, which belongs to whatever builds first: `npm run demo`, `npm pack --json`.
console.error('Building Unbraid: a minute or two the first time …');
run('src-main/common/dsp/wasm/build.mjs', []);
run(require.resolve('typescript/bin/tsc'), ['-b']);
const vite = join(dirname(require.resolve('vite/package.json')), 'bin/vite.js');
run(vite, ['build', '--logLevel', 'warn']);
run(vite, ['build', '--logLevel', 'warn', '--config', 'vite.preload.config.ts']);
run(vite, ['build', '--logLevel', 'warn', '--config', 'vite.report.config.ts']);
for (const mode of ['bullmq', 'mcp', 'updater', 's3', 's3-upload'])
  run(vite, ['build', '--logLevel', 'warn', '--config', 'vite.bundles.config.ts', '--mode', mode]);
placeLibraries();
run('tools/licences.mjs', []);
