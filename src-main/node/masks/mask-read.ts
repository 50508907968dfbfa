import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { mixMask, resampleRows } from '../../common/separation/edits/mask-resample.js';
import {
  layoutOf,
  ownGrid,
  type FileGrid,
  type MaskLayout,
  type MaskedSong,
} from '../../common/separation/edits/mask-shape.js';
import { npyHeaderBytes, npyValues, readNpyHeader } from '../../common/separation/edits/npy.js';
import { TileMask, maskGrid } from '../../common/separation/edits/tile-mask.js';
import { readAll } from '../files/bytes.js';
import { blockRows, checkPixels } from './mask-files.js';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The rows of a mask's file, frames or bins in their order; they are asked for from the first to the last. */
interface MaskRows extends MaskLayout {
  readonly row: (index: number) => Float32Array;
}

/**
 * A mask of a song from a .npy or .png file; one on another STFT or rate, given by `grid`, is converted to the song's:
 * means where its cells are finer, lines between their centres where they are coarser. `onShare` is called with how
 * much is done, 0 … 1. Throws `unsupported-format` for files and elements that are not understood, `invalid-argument`
 * for a size that does not fit the song (see `layoutOf`) and for values outside of 0 … 1.
 */
export function readMask(
  path: string,
  song: MaskedSong,
  grid: FileGrid | null = null,
  onShare: (share: number) => void = () => undefined,
): TileMask {
  try {
    const fd = openSync(path, 'r');
    try {
      const head = new Uint8Array(npyHeaderBytes);
      const got = readAll(fd, head, 0);
      const isPng = signature.every((byte, i) => head[i] === byte);
      const layout = (shape: readonly number[]): MaskLayout => layoutOf(shape, song, grid);
      const rows = isPng ? pngRows(fd, layout) : npyRows(fd, head.subarray(0, got), layout);
      return take(rows, song, grid, onShare);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw toUnbraidError(error, path);
  }
}

function take(
  { rows, frames, row }: MaskRows,
  song: MaskedSong,
  grid: FileGrid | null,
  onShare: (share: number) => void,
): TileMask {
  const mask = new TileMask(maskGrid);
  const mix = mixMask(grid ?? ownGrid(song), frames, song);
  const [down, across] = rows === 'frames' ? [mix.frames, mix.bins] : [mix.bins, mix.frames];
  const checked = (index: number): Float32Array => {
    const values = row(index);
    checkValues(values, (i) => (rows === 'frames' ? [index, i] : [i, index]));
    return values;
  };
  resampleRows(checked, down, across, (index, values) => {
    for (let i = 0; i < values.length; i++) {
      if (values[i] <= 0) continue;
      if (rows === 'frames') mask.set(index, i, values[i]);
      else mask.set(i, index, values[i]);
    }
    if (index % blockRows === 0) onShare(index / down.length);
  });
  return mask;
}

function checkValues(
  values: Float32Array,
  place: (i: number) => readonly [frame: number, bin: number],
): void {
  // A hair more than 1 comes from arithmetic; NaN fails this too.
  const at = values.findIndex((value) => !(value >= -1e-6 && value <= 1 + 1e-6));
  if (at < 0) return;
  const [frame, bin] = place(at);
  throw new UnbraidError(
    'invalid-argument',
    `The mask has a value of ${values[at]} at frame ${frame}, bin ${bin}`,
    { hint: 'Values of a mask are 0 … 1.' },
  );
}

/** Rows [first, end) of a .npy file. */
interface Block {
  readonly first: number;
  readonly end: number;
  readonly values: Float32Array;
}

function npyRows(
  fd: number,
  head: Uint8Array,
  layoutFor: (shape: readonly number[]) => MaskLayout,
): MaskRows {
  const header = readNpyHeader(head);
  const layout = layoutFor(header.shape);
  const [count, wide] = header.shape;
  const rowBytes = wide * header.itemBytes;
  const expected = header.offset + count * rowBytes;
  const { size } = fstatSync(fd);
  if (size !== expected)
    throw new UnbraidError('invalid-argument', `The .npy file has ${size} bytes instead of ${expected}`);
  let block: Block = { first: 0, end: 0, values: new Float32Array() };
  const load = (first: number): Block => {
    const end = Math.min(count, first + blockRows);
    const bytes = new Uint8Array((end - first) * rowBytes);
    if (readAll(fd, bytes, header.offset + first * rowBytes) < bytes.length)
      throw new UnbraidError('io-error', 'The .npy file became shorter while it was read');
    return { first, end, values: npyValues(header.type, bytes) };
  };
  const row = (index: number): Float32Array => {
    if (index < block.first || index >= block.end) block = load(index);
    const at = (index - block.first) * wide;
    return block.values.subarray(at, at + wide);
  };
  return { ...layout, row };
}

function pngRows(fd: number, layoutFor: (shape: readonly number[]) => MaskLayout): MaskRows {
  const bytes = readFileSync(fd);
  if (bytes.length < 24) throw new UnbraidError('unsupported-format', 'The picture is cut off');
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  // Before anything is unpacked: a small file can hold a huge picture.
  const layout = layoutFor([height, width]);
  if (layout.rows !== 'bins')
    throw new UnbraidError('invalid-argument', 'The picture has bins where frames should be', {
      hint: 'A column is a frame, a row is a bin, the highest at the top.',
    });
  checkPixels(width * height);
  let picture: ReturnType<typeof decode>;
  try {
    picture = decode(bytes, { checkCrc: true });
  } catch (cause) {
    throw new UnbraidError('unsupported-format', 'The picture is damaged', { cause });
  }
  const { data, depth, channels, palette } = picture;
  if (channels !== 1 || palette || depth < 8)
    throw new UnbraidError('unsupported-format', 'The picture is not grey with 8 or 16 bits');
  const full = depth === 16 ? 65535 : 255;
  const row = (bin: number): Float32Array => {
    const at = (height - 1 - bin) * width;
    return Float32Array.from(data.subarray(at, at + width), (value) => value / full);
  };
  return { ...layout, row };
}
