import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** The Python of a lesson, of the bench or of the tools. */
export const labPython = (name: string): string =>
  readFileSync(
    fileURLToPath(new URL(`../../src-renderer/lab/notebooks/${name}.py`, import.meta.url)),
    'utf8',
  );
const pythons = [process.env['UNBRAID_PYTHON'], 'python3', '/usr/bin/python3'].filter(
  (name) => name !== undefined,
);
const python = pythons.find(
  (name) => spawnSync(name, ['-c', 'import numpy, scipy'], { stdio: 'ignore' }).status === 0,
);
/** Whether a Python has NumPy and SciPy. */
export const hasPython = python !== undefined;
if (!hasPython) console.log('No Python with NumPy and SciPy: the Lab’s notebooks were not run.');

/** Samples as notebooks carry them. */
export const base64 = (x: Int16Array | Float32Array): string =>
  Buffer.from(x.buffer, x.byteOffset, x.byteLength).toString('base64');

interface Cells {
  readonly cells: readonly { readonly cell_type: string; readonly source: readonly string[] }[];
}

/** The numbers that each notebook prints; one process runs the code cells of all of them, one notebook after the other. */
export function runNotebooks(notebooks: readonly string[]): Map<string, number>[] {
  const program = notebooks.flatMap((text) => {
    const { cells } = JSON.parse(text) as Cells;
    const code = cells.filter(({ cell_type }) => cell_type === 'code');
    return [...code.map(({ source }) => source.join('')), "print('next')"];
  });
  const input = program.join('\n\n');
  // One thread: others would wait for a core that is busy.
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1' };
  const { status, stdout, stderr } = spawnSync(python!, ['-'], { input, encoding: 'utf8', env });
  expect([status, stderr]).toEqual([0, '']);
  const printed = stdout.split('next\n').slice(0, notebooks.length);
  return printed.map(
    (text) => new Map([...text.matchAll(/^(\w+) = (-?[\d.]+)$/gm)].map(([, name, x]) => [name, Number(x)])),
  );
}
