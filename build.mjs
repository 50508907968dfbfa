// Builds everything into out/: the WebAssembly kernels first (their bytes become a TypeScript module), then tsc.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';

const require = createRequire(import.meta.url);

function run(script, args) {
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const wasm = 'src-main/common/dsp/wasm/build.mjs';
if (existsSync(wasm)) run(wasm, []);
run(require.resolve('typescript/bin/tsc'), ['-b']);
