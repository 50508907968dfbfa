import { npyHeader } from '../../common/separation/edits/npy.js';
import { bytesOf } from './bytes.js';

/** An array in C order: numbers, or texts. */
export interface NpyArray {
  readonly values: Float32Array | Float64Array | Int32Array | readonly string[];
  readonly shape: readonly number[];
}

/** The file of a NumPy array, which `numpy.load` reads. */
export function npyBytes({ values, shape }: NpyArray): Buffer {
  const [type, data] = ArrayBuffer.isView(values)
    ? [values instanceof Int32Array ? '<i4' : `<f${values.BYTES_PER_ELEMENT}`, bytesOf(values)]
    : texts(values);
  return Buffer.concat([npyHeader(type, shape), data]);
}

/** Texts as NumPy has them: UTF-32 of one length, filled with zeros. */
function texts(values: readonly string[]): [string, Buffer] {
  const letters = values.map((value) => Array.from(value, (letter) => letter.codePointAt(0)!));
  const longest = Math.max(1, ...letters.map(({ length }) => length));
  const data = Buffer.alloc(4 * longest * values.length);
  letters.forEach((codes, i) => codes.forEach((code, k) => data.writeUInt32LE(code, 4 * (i * longest + k))));
  return [`<U${longest}`, data];
}
