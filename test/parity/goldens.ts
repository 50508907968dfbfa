import { readFileSync } from 'node:fs';

interface GoldenMeta {
  readonly offset: number;
  readonly shape: readonly number[];
  /** Whatever the generator noted beside the numbers, such as a configuration. */
  readonly [extra: string]: unknown;
}

const at = (name: string): URL => new URL(`goldens/${name}`, import.meta.url);
const index = JSON.parse(readFileSync(at('index.json'), 'utf8')) as Record<string, GoldenMeta>;
const bytes = readFileSync(at('goldens.f32'));
const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));

/** Numbers written by make_goldens.py, row-major in `meta.shape`. */
export function golden(name: string): { readonly values: Float32Array; readonly meta: GoldenMeta } {
  const meta = index[name];
  if (!meta) throw new Error(`no golden ${name}`);
  const length = meta.shape.reduce((a, b) => a * b, 1);
  return { values: values.slice(meta.offset, meta.offset + length), meta };
}

export function goldenNames(prefix: string): string[] {
  return Object.keys(index).filter((name) => name.startsWith(prefix));
}
