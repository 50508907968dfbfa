import { UnbraidError, check } from '../../base/errors.js';

/** Frames and bins of a tile. */
export const maskTile = 64;
const cells = maskTile * maskTile;
/** `UBM1`, read as little-endian. */
const magic = 0x314d4255;
const headerBytes = 16;

/** The STFT a mask belongs to: frame t is centred on sample t · hop of the song, bin f is f · rate / nFft Hz. */
export interface MaskGrid {
  readonly nFft: number;
  readonly hop: number;
}

/** The STFT that selections are drawn on and edits are made with; its window is Hann's. */
export const maskGrid = { nFft: 4096, hop: 1024 } as const satisfies MaskGrid;

/** Frames `[start, end)` and bins `[low, high)`. */
export interface MaskArea {
  readonly start: number;
  readonly end: number;
  readonly low: number;
  readonly high: number;
}

/**
 * A soft mask over bins × frames, 0 … 1 in 255 steps, kept in tiles of 64 × 64 where it is not zero.
 *
 * As bytes (all numbers little-endian): `UBM1`, nFft, hop and the number of tiles as uint32; then each tile as two
 * uint32 (its column t / 64 and its row f / 64) and 4096 uint8, `[64 frames][64 bins]`.
 */
export class TileMask {
  private readonly tiles = new Map<number, Uint8Array>();

  constructor(readonly grid: MaskGrid) {
    check(grid.nFft > 0 && grid.hop > 0, 'A mask needs an STFT');
  }

  get bins(): number {
    return Math.floor(this.grid.nFft / 2) + 1;
  }

  get empty(): boolean {
    return this.tiles.size === 0;
  }

  /** Bytes of `encode`. */
  get size(): number {
    return headerBytes + this.tiles.size * (8 + cells);
  }

  get(frame: number, bin: number): number {
    const tile = this.tiles.get(keyOf(frame, bin));
    return tile ? tile[cellOf(frame, bin)] / 255 : 0;
  }

  /** Values below 0 or above 1 are clipped; frames before 0 and bins that do not exist are left out. */
  set(frame: number, bin: number, value: number): void {
    if (frame < 0 || bin < 0 || bin >= this.bins) return;
    const byte = Math.round(255 * Math.min(1, Math.max(0, value)));
    const key = keyOf(frame, bin);
    let tile = this.tiles.get(key);
    if (!tile) {
      if (byte === 0) return;
      this.tiles.set(key, (tile = new Uint8Array(cells)));
    }
    tile[cellOf(frame, bin)] = byte;
  }

  /** The smallest area of whole tiles that holds everything; null when the mask is empty. */
  area(): MaskArea | null {
    let area: MaskArea | null = null;
    for (const key of this.tiles.keys()) {
      const start = Math.floor(key / rowsPerColumn) * maskTile;
      const low = (key % rowsPerColumn) * maskTile;
      const end = start + maskTile;
      const high = Math.min(low + maskTile, this.bins);
      area = area
        ? {
            start: Math.min(area.start, start),
            end: Math.max(area.end, end),
            low: Math.min(area.low, low),
            high: Math.max(area.high, high),
          }
        : { start, end, low, high };
    }
    return area;
  }

  /** The first frame with something in it, and the one behind the last; null when nothing is. */
  frameRange(): readonly [start: number, end: number] | null {
    const area = this.area();
    if (!area) return null;
    let { start, end } = area;
    while (start < end && !this.covers(start)) start++;
    while (end > start && !this.covers(end - 1)) end--;
    return start < end ? [start, end] : null;
  }

  /** Whether a frame has anything in it. */
  covers(frame: number): boolean {
    const at = (frame % maskTile) * maskTile;
    const first = keyOf(frame, 0);
    for (let row = 0; row * maskTile < this.bins; row++) {
      const tile = this.tiles.get(first + row);
      for (let f = 0; tile && f < maskTile; f++) if (tile[at + f] > 0) return true;
    }
    return false;
  }

  /** Values of frames `[start, start + count)` as `[count][bins]` float32, times `gain`. */
  plane(start: number, count: number, gain = 1): Float32Array {
    const { bins } = this;
    const into = new Float32Array(count * bins);
    for (const [key, tile] of this.tiles) {
      const first = Math.floor(key / rowsPerColumn) * maskTile;
      const low = (key % rowsPerColumn) * maskTile;
      const wide = Math.min(maskTile, bins - low);
      for (let t = Math.max(first, start); t < Math.min(first + maskTile, start + count); t++) {
        const row = (t - first) * maskTile;
        const to = (t - start) * bins + low;
        for (let f = 0; f < wide; f++) into[to + f] = (gain * tile[row + f]) / 255;
      }
    }
    return into;
  }

  /** Replaces every value of an area by what `change` makes of it. */
  update(area: MaskArea, change: (value: number, frame: number, bin: number) => number): void {
    for (let t = Math.max(0, area.start); t < area.end; t++) {
      for (let f = Math.max(0, area.low); f < Math.min(area.high, this.bins); f++) {
        this.set(t, f, change(this.get(t, f), t, f));
      }
    }
    this.dropEmpty();
  }

  /**
   * Raises the values of frames from `start` and bins from `low` on to at least rows[t] · columns[f]: a rectangle
   * with soft rims, tile after tile.
   */
  raise(start: number, rows: Float32Array, low: number, columns: Float32Array): void {
    const [end, high] = [start + rows.length, Math.min(low + columns.length, this.bins)];
    for (let t0 = Math.max(0, start - (start % maskTile)); t0 < end; t0 += maskTile) {
      for (let f0 = Math.max(0, low - (low % maskTile)); f0 < high; f0 += maskTile) {
        const key = keyOf(t0, f0);
        const tile = this.tiles.get(key) ?? new Uint8Array(cells);
        this.tiles.set(key, tile);
        for (let t = Math.max(t0, start, 0); t < Math.min(t0 + maskTile, end); t++) {
          const row = 255 * rows[t - start];
          const at = (t - t0) * maskTile - f0;
          for (let f = Math.max(f0, low, 0); f < Math.min(f0 + maskTile, high); f++) {
            tile[at + f] = Math.max(tile[at + f], Math.round(row * columns[f - low]));
          }
        }
      }
    }
    this.dropEmpty();
  }

  /** The same, some frames later; what would lie before the song is left out. */
  later(frames: number): TileMask {
    if (frames === 0) return this.clone();
    const moved = new TileMask(this.grid);
    for (const [key, tile] of this.tiles) {
      const [t0, f0] = [Math.floor(key / rowsPerColumn) * maskTile, (key % rowsPerColumn) * maskTile];
      tile.forEach((value, i) => {
        const t = t0 + Math.floor(i / maskTile) + frames;
        if (value > 0) moved.set(t, f0 + (i % maskTile), value / 255);
      });
    }
    return moved;
  }

  clone(): TileMask {
    const copy = new TileMask(this.grid);
    for (const [key, tile] of this.tiles) copy.tiles.set(key, tile.slice());
    return copy;
  }

  /**
   * Where it differs from another mask of the same grid, byte by byte: their exclusive or, without the tiles that are equal.
   * The same with the other mask gives this one again.
   */
  xor(other: TileMask): TileMask {
    const { nFft, hop } = other.grid;
    check(nFft === this.grid.nFft && hop === this.grid.hop, 'Masks of different STFTs');
    const differs = new TileMask(this.grid);
    const nothing = new Uint8Array(cells);
    for (const key of new Set([...this.tiles.keys(), ...other.tiles.keys()])) {
      const [a, b] = [this.tiles.get(key) ?? nothing, other.tiles.get(key) ?? nothing];
      let at = 0;
      while (at < cells && a[at] === b[at]) at++;
      if (at === cells) continue;
      const tile = new Uint8Array(cells);
      for (; at < cells; at++) tile[at] = a[at] ^ b[at];
      differs.tiles.set(key, tile);
    }
    return differs;
  }

  /** Drops tiles that have become empty. */
  private dropEmpty(): void {
    for (const [key, tile] of this.tiles) if (tile.every((value) => value === 0)) this.tiles.delete(key);
  }

  encode(): Uint8Array {
    this.dropEmpty();
    // In order, so that equal masks are equal bytes.
    const keys = [...this.tiles.keys()].sort((a, b) => a - b);
    const bytes = new Uint8Array(headerBytes + keys.length * (8 + cells));
    const view = new DataView(bytes.buffer);
    [magic, this.grid.nFft, this.grid.hop, keys.length].forEach((word, i) =>
      view.setUint32(4 * i, word, true),
    );
    keys.forEach((key, i) => {
      const at = headerBytes + i * (8 + cells);
      view.setUint32(at, Math.floor(key / rowsPerColumn), true);
      view.setUint32(at + 4, key % rowsPerColumn, true);
      bytes.set(this.tiles.get(key) ?? [], at + 8);
    });
    return bytes;
  }

  /** Throws `invalid-argument` for bytes that are not a mask. */
  static decode(bytes: Uint8Array): TileMask {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < headerBytes || view.getUint32(0, true) !== magic) throw notAMask();
    const [nFft, hop, count] = [4, 8, 12].map((at) => view.getUint32(at, true));
    const sane = nFft > 0 && nFft <= 1 << 17 && hop > 0 && hop <= nFft;
    if (!sane || bytes.length !== headerBytes + count * (8 + cells)) throw notAMask();
    const mask = new TileMask({ nFft, hop });
    for (let i = 0; i < count; i++) {
      const at = headerBytes + i * (8 + cells);
      const [column, row] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
      if (row * maskTile >= mask.bins || column > 1 << 26) throw notAMask();
      mask.tiles.set(column * rowsPerColumn + row, bytes.slice(at + 8, at + 8 + cells));
    }
    return mask;
  }
}

/** More rows of tiles than any STFT has. */
const rowsPerColumn = 4096;

function keyOf(frame: number, bin: number): number {
  return Math.floor(frame / maskTile) * rowsPerColumn + Math.floor(bin / maskTile);
}

function cellOf(frame: number, bin: number): number {
  return (frame % maskTile) * maskTile + (bin % maskTile);
}

function notAMask(): UnbraidError {
  return new UnbraidError('invalid-argument', 'These bytes are not a mask', {
    hint: 'Masks begin with UBM1; import .npy and .png files instead.',
  });
}
