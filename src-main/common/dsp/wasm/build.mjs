// Compiles the AssemblyScript kernels with SIMD and writes their bytes as a TypeScript module, so that every
// host and bundler loads them without file access.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const files = new Map();
const { error, stderr } = await asc.main(
  [
    'index.ts',
    '--baseDir',
    here('assembly'),
    '--outFile',
    'kernels.wasm',
    '--enable',
    'simd,bulk-memory',
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--use',
    'abort=',
  ],
  { writeFile: (name, contents) => void files.set(name, contents) },
);
const bytes = files.get('kernels.wasm');
if (error || !bytes) {
  console.error(stderr.toString());
  process.exit(1);
}
const base64 = Buffer.from(bytes).toString('base64');
writeFileSync(here('kernels.generated.ts'), `export const kernelsBase64 =\n  '${base64}';\n`);
