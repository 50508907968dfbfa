import { Stft, allocateSpectrum, type Spectrum } from '../../common/dsp/stft.js';
import { createWindow } from '../../common/dsp/windows.js';
import { tileSize, type TileRequest } from '../../common/contract/session.js';
import { PcmReader, type PcmCacheRef } from '../audio/pcm-cache.js';

export type TileSpectrum = Pick<TileRequest, 'nFft' | 'hop' | 'window'>;

/** Range of a tile's levels: 0 is `floorDb` or less, 255 is 0 dB. */
const floorDb = -120;

/**
 * Level bytes for the upper 17 bits of a positive float32's pattern (sign, exponent, 8 bits of mantissa):
 * a table is ten times quicker than a logarithm and right to 0.02 dB.
 */
const levelTable = ((): Uint8Array => {
  const table = new Uint8Array(1 << 16);
  const bits = new Uint32Array(1);
  const value = new Float32Array(bits.buffer);
  for (let i = 0; i < table.length; i++) {
    bits[0] = (i << 15) | (1 << 14);
    const db = 10 * Math.log10(value[0]);
    table[i] = Math.max(0, Math.min(255, Math.round((255 * (db - floorDb)) / -floorDb)));
  }
  table[0] = 0;
  return table;
})();

/** Powers (1 for a full-scale sine) as level bytes. */
export function levelsOf(power: Float32Array, into: Uint8Array): void {
  const bits = new Uint32Array(power.buffer, power.byteOffset, power.length);
  for (let i = 0; i < power.length; i++) into[i] = levelTable[bits[i] >>> 15];
}

/** Tiles of one track for one kind of spectrum. */
export class TileComputer {
  private readonly stft: Stft;
  private readonly reader: PcmReader;
  private readonly scale: number;
  private spectrum: Spectrum | undefined;

  constructor(
    ref: PcmCacheRef,
    private readonly settings: TileSpectrum,
  ) {
    const { nFft, hop, window } = settings;
    // Frames are centred by hand below, so that a tile reads only the audio it shows.
    this.stft = new Stft({ nFft, hop, window, centre: false });
    this.reader = new PcmReader(ref);
    const sum = createWindow(window, nFft).reduce((total, w) => total + w, 0);
    this.scale = 4 / (sum * sum) / ref.channels;
  }

  dispose(): void {
    this.reader.dispose();
  }

  /** Rows of tiles for all bins but Nyquist. */
  get rows(): number {
    return Math.max(1, Math.ceil(this.settings.nFft / 2 / tileSize));
  }

  /** All rows of one level-0 column: `[rows][tileSize bins][tileSize frames]`, mean power of the channels. */
  column(column: number): Uint8Array[] {
    const { nFft, hop } = this.settings;
    const count = tileSize * hop;
    const power = new Float32Array(tileSize * (nFft / 2));
    const signal = new Float32Array(count - hop + nFft);
    const bins = nFft / 2 + 1;
    const start = column * count - nFft / 2;
    for (let channel = 0; channel < this.reader.ref.channels; channel++) {
      this.reader.readChannel(channel, start, signal.length, signal);
      this.spectrum ??= allocateSpectrum(this.stft.frameCount(signal.length), bins);
      const { re, im } = this.stft.forward(signal, this.spectrum);
      for (let f = 0; f < tileSize; f++) {
        const from = f * bins;
        for (let b = 0; b < bins - 1; b++) {
          power[b * tileSize + f] += this.scale * (re[from + b] * re[from + b] + im[from + b] * im[from + b]);
        }
      }
    }
    const levels = new Uint8Array(power.length);
    levelsOf(power, levels);
    return Array.from({ length: this.rows }, (_, row) => {
      const tile = new Uint8Array(tileSize * tileSize);
      tile.set(levels.subarray(row * tile.length, Math.min(levels.length, (row + 1) * tile.length)));
      return tile;
    });
  }
}

/** One tile of the next level from two neighbours: the maximum over pairs of columns. */
export function poolTiles(left: Uint8Array, right: Uint8Array | undefined): Uint8Array {
  const pooled = new Uint8Array(tileSize * tileSize);
  const half = tileSize / 2;
  for (let row = 0; row < tileSize; row++) {
    const base = row * tileSize;
    for (let c = 0; c < half; c++) {
      pooled[base + c] = Math.max(left[base + 2 * c], left[base + 2 * c + 1]);
      if (right) pooled[base + half + c] = Math.max(right[base + 2 * c], right[base + 2 * c + 1]);
    }
  }
  return pooled;
}

/** Minimum and maximum over all channels in `columns` equal parts of a track: `[columns][2]`. */
export function computePeaks(ref: PcmCacheRef, columns: number): Float32Array {
  const reader = new PcmReader(ref);
  const peaks = new Float32Array(2 * columns);
  const block = new Float32Array(1 << 18);
  try {
    for (let channel = 0; channel < ref.channels; channel++) {
      for (let start = 0; start < ref.frames; start += block.length) {
        const count = Math.min(block.length, ref.frames - start);
        reader.readChannel(channel, start, count, block);
        for (let i = 0; i < count; i++) {
          const column = Math.floor(((start + i) * columns) / ref.frames);
          if (block[i] < peaks[2 * column]) peaks[2 * column] = block[i];
          if (block[i] > peaks[2 * column + 1]) peaks[2 * column + 1] = block[i];
        }
      }
    }
    return peaks;
  } finally {
    reader.dispose();
  }
}
