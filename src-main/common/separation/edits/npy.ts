import { UnbraidError } from '../../base/errors.js';

/** Element types that masks are read from, as NumPy names them; all little-endian. */
const itemBytes = { '<f4': 4, '<f8': 8, '<u2': 2, '|u1': 1, '|b1': 1 } as const;
export type NpyType = keyof typeof itemBytes;

/** What an array of a .npy file is. */
export interface NpyHeader {
  readonly type: NpyType;
  readonly shape: readonly number[];
  /** Where the elements begin, and the bytes of one. */
  readonly offset: number;
  readonly itemBytes: number;
}

/** Longest beginning of a file that `readNpyHeader` needs, bytes. */
export const npyHeaderBytes = 10 + 0xffff;

/**
 * The beginning of a .npy file, format 1.0 (NumPy Enhancement Proposal 1): the elements follow it in C order. Its
 * length is a multiple of 64 bytes. `type` as NumPy names it (`<f4`).
 */
export function npyHeader(type: string, shape: readonly number[]): Uint8Array {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const length = 64 * Math.ceil((10 + text.length + 1) / 64);
  const bytes = new Uint8Array(length).fill(0x20);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, length - 10, true);
  for (let i = 0; i < text.length; i++) bytes[10 + i] = text.charCodeAt(i);
  bytes[length - 1] = 0x0a;
  return bytes;
}

/**
 * Reads the beginning of a .npy file. Throws `unsupported-format` for other files, for formats other than 1.0, for
 * element types other than those above, and for Fortran order.
 */
export function readNpyHeader(bytes: Uint8Array): NpyHeader {
  const magic = String.fromCharCode(...bytes.subarray(1, 6));
  if (bytes[0] !== 0x93 || magic !== 'NUMPY' || bytes.length < 10)
    throw refused('This is not a .npy file', 'Write it with numpy.save.');
  if (bytes[6] !== 1 || bytes[7] !== 0)
    throw refused(
      `This .npy file has format ${bytes[6]}.${bytes[7]} instead of 1.0`,
      'Write it with numpy.save.',
    );
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint16(8, true);
  if (bytes.length < 10 + length) throw refused('The header of this .npy file is cut off');
  const text = String.fromCharCode(...bytes.subarray(10, 10 + length));
  const type = /'descr':\s*'([^']*)'/.exec(text)?.[1] ?? '';
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (order === undefined || sizes === undefined) throw refused('The header of this .npy file is damaged');
  if (order === 'True')
    throw refused('This array is in Fortran order', 'Save numpy.ascontiguousarray(mask) instead.');
  if (!isType(type))
    throw refused(
      `This array has elements of type ${type}, not one of ${Object.keys(itemBytes).join(', ')}`,
      'Save mask.astype("<f4") instead.',
    );
  const shape = sizes.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)]));
  return { type, shape, offset: 10 + length, itemBytes: itemBytes[type] };
}

/**
 * Elements as values of a mask: floating ones as they are, whole ones by their range (255 or 65535 is 1), truth values
 * as 0 and 1. `bytes` holds whole elements.
 */
export function npyValues(type: NpyType, bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.length / itemBytes[type]);
  for (let i = 0; i < values.length; i++) {
    if (type === '<f4') values[i] = view.getFloat32(4 * i, true);
    else if (type === '<f8') values[i] = view.getFloat64(8 * i, true);
    else if (type === '<u2') values[i] = view.getUint16(2 * i, true) / 65535;
    else if (type === '|u1') values[i] = bytes[i] / 255;
    else values[i] = bytes[i] === 0 ? 0 : 1;
  }
  return values;
}

function isType(type: string): type is NpyType {
  return Object.hasOwn(itemBytes, type);
}

function refused(message: string, hint?: string): UnbraidError {
  return new UnbraidError('unsupported-format', message, hint === undefined ? {} : { hint });
}
