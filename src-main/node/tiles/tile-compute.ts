import { Stft, allocateSpectrum, type Spectrum } from '../../common/dsp/stft.js';
import { Reassignment } from '../../common/dsp/reassign.js';
import { createWindow } from '../../common/dsp/windows.js';
import { tileSize, type TileRequest } from '../../common/contract/session.js';
import { PcmReader, type PcmCacheRef } from '../audio/pcm-cache.js';

export type TileSpectrum = Pick<TileRequest, 'nFft' | 'hop' | 'window' | 'channels' | 'method'>;

/** Range of a tile's levels: 0 is `floorDb` or less, 255 is 0 dB. */
const floorDb = -120;

/** Frames whose powers are put in their places together. */
const framesAtOnce = 16;

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

function levelsIn(power: Float32Array): Uint8Array {
  const levels = new Uint8Array(power.length);
  levelsOf(power, levels);
  return levels;
}

/** Frames that each column of a coarse tile is made of. */
const coarseFrames = 2;

/**
 * All rows of a column of tiles of a higher level, from a few frames in each of its columns instead of all of them: a first
 * picture of a long song. Never louder than the tile of all frames.
 */
export function coarseColumn(
  ref: PcmCacheRef,
  spectrum: TileSpectrum,
  { level, column }: { readonly level: number; readonly column: number },
): Uint8Array[] {
  const { nFft, hop } = spectrum;
  // Single frames have nothing to reassign to.
  const method = spectrum.method === 'reassigned' ? 'window' : spectrum.method;
  const computer = new TileComputer(ref, { ...spectrum, method, hop: nFft });
  const each = 2 ** level;
  try {
    const levels = Array.from({ length: coarseFrames }, (_, k) => {
      const inside = Math.floor(((k + 0.5) * each) / coarseFrames);
      const centres = Array.from(
        { length: tileSize },
        (_, x) => ((column * tileSize + x) * each + inside) * hop,
      );
      return computer.framesAt(centres);
    });
    return computer.tilesOf(
      levels[0].map((value, i) => Math.max(value, ...levels.slice(1).map((other) => other[i]))),
    );
  } finally {
    computer.dispose();
  }
}

/** Tiles of one track for one kind of spectrum. */
export class TileComputer {
  private readonly layers: readonly Layer[];
  private readonly reader: PcmReader;
  private spectrum: Spectrum | undefined;

  constructor(
    ref: PcmCacheRef,
    private readonly settings: TileSpectrum,
  ) {
    this.layers = settings.method === 'reassigned' ? [] : layersOf(settings, ref.sampleRate);
    this.reader = new PcmReader(ref);
  }

  dispose(): void {
    this.reader.dispose();
  }

  /** Rows of tiles for all bins but Nyquist. */
  get rows(): number {
    return Math.max(1, Math.ceil(this.settings.nFft / 2 / tileSize));
  }

  /** All rows of one level-0 column: `[rows][tileSize bins][tileSize frames]`, mean power of what is shown. */
  column(column: number): Uint8Array[] {
    const { nFft, hop } = this.settings;
    const count = tileSize * hop;
    const power = new Float32Array(tileSize * (nFft / 2));
    if (this.settings.method === 'reassigned') this.addReassigned(power, column * count);
    else this.addFrames(power, [column * count - nFft / 2], count - hop + nFft);
    return this.tilesOf(levelsIn(power));
  }

  /**
   * The same from the frames that are centred on these samples, one for each column of the tile; made with a hop of `nFft`,
   * so that they do not overlap when they stand one behind the other.
   */
  framesAt(centres: readonly number[]): Uint8Array {
    const { nFft } = this.settings;
    const power = new Float32Array(tileSize * (nFft / 2));
    const starts = centres.map((centre) => centre - nFft / 2);
    this.addFrames(power, starts, nFft);
    return levelsIn(power);
  }

  /** Levels of all bins, `[bins][tileSize]`, as rows of tiles. */
  tilesOf(levels: Uint8Array): Uint8Array[] {
    return Array.from({ length: this.rows }, (_, row) => {
      const tile = new Uint8Array(tileSize * tileSize);
      tile.set(levels.subarray(row * tile.length, Math.min(levels.length, (row + 1) * tile.length)));
      return tile;
    });
  }

  private addFrames(power: Float32Array, starts: readonly number[], length: number): void {
    const signals = this.signals(starts, length);
    for (const signal of signals) {
      for (const layer of this.layers) this.addPower(power, signal, layer, 1 / signals.length);
    }
  }

  /**
   * The signals that are shown: `length` samples from each of these frames on, one behind the other. Of a mono song every
   * view shows its one channel.
   */
  private signals(starts: readonly number[], length: number): readonly Float32Array[] {
    const { channels } = this.reader.ref;
    const read = (channel: number): Float32Array => {
      const signal = new Float32Array(length * starts.length);
      for (const [i, start] of starts.entries())
        this.reader.readChannel(channel, start, length, signal.subarray(i * length, (i + 1) * length));
      return signal;
    };
    const view = channels < 2 ? 'all' : this.settings.channels;
    if (view === 'all') return Array.from({ length: channels }, (_, channel) => read(channel));
    if (view === 'left' || view === 'right') return [read(view === 'left' ? 0 : 1)];
    const [left, right] = [read(0), read(1)];
    const sign = view === 'mid' ? 1 : -1;
    return [left.map((value, i) => 0.5 * (value + sign * right[i]))];
  }

  /** Adds the reassigned powers of the frames from frame `start` of the song on, to `[bins][tileSize]`. */
  private addReassigned(power: Float32Array, start: number): void {
    const { nFft, hop, window } = this.settings;
    const winLength = nFft / 2;
    const reassignment = new Reassignment({ nFft, winLength, hop, window });
    const lead = reassignment.margin * hop + winLength / 2;
    const signals = this.signals([start - lead], reassignment.samples(tileSize));
    for (const signal of signals) reassignment.add(signal, tileSize, 1 / signals.length, power);
  }

  /** Adds a layer's share of a signal's power to `[bins][tileSize]`. */
  private addPower(power: Float32Array, signal: Float32Array, layer: Layer, share: number): void {
    const { stft, weights, first, end } = layer;
    const bins = this.settings.nFft / 2 + 1;
    this.spectrum ??= allocateSpectrum(stft.frameCount(signal.length), bins);
    const { re, im } = stft.forward(signal, this.spectrum);
    // A few frames at a time: what is written then lies together, and what is read stays in the cache.
    for (let f = 0; f < tileSize; f += framesAtOnce) {
      for (let b = first; b < end; b++) {
        const weight = share * weights[b];
        const to = b * tileSize + f;
        for (let i = 0, from = f * bins + b; i < framesAtOnce; i++, from += bins)
          power[to + i] += weight * (re[from] * re[from] + im[from] * im[from]);
      }
    }
  }
}

/** A transform, and how much of each bin is taken from it: factors of the power, 0 outside of [first, end). */
interface Layer {
  readonly stft: Stft;
  readonly weights: Float32Array;
  readonly first: number;
  readonly end: number;
}

/** Where a picture of several windows goes over to one that is so many times shorter than the first, Hz. */
const crossings = [
  { hertz: 500, shorter: 4 },
  { hertz: 3000, shorter: 8 },
] as const;
/** Half of the width of a crossing, octaves: the powers of two windows are mixed within. */
const halfCrossing = 0.5;

/**
 * The transforms of a picture: one, or several of one size whose windows are the shorter the higher the frequency, so
 * that low notes are told apart and high hits are sharp. All are on the same grid of bins and frames.
 */
function layersOf({ nFft, hop, window, method }: TileSpectrum, sampleRate: number): readonly Layer[] {
  const lengths = [nFft, ...(method === 'combined' ? crossings.map(({ shorter }) => nFft / shorter) : [])];
  /** How far a frequency is above crossing `i`, 0 … 1. */
  const above = (i: number, hertz: number): number => {
    if (i < 0) return 1;
    if (i >= lengths.length - 1) return 0;
    const octaves = Math.log2(Math.max(hertz, 1e-3) / crossings[i].hertz);
    return Math.min(1, Math.max(0, (octaves + halfCrossing) / (2 * halfCrossing)));
  };
  return lengths.map((winLength, i) => {
    // Frames are centred by hand, so that a tile reads only the audio it shows; its levels end at −120 dB.
    const stft = new Stft({
      ...{ nFft, hop, winLength, window },
      ...{ centre: false, precision: 'single', forwardOnly: true },
    });
    const sum = createWindow(window, winLength).reduce((total, w) => total + w, 0);
    const share = Float32Array.from({ length: nFft / 2 }, (_, bin) => {
      const hertz = (bin * sampleRate) / nFft;
      return above(i - 1, hertz) * (1 - above(i, hertz));
    });
    const end = share.findLastIndex((value) => value > 0) + 1;
    return {
      ...{
        stft,
        first: Math.max(
          0,
          share.findIndex((value) => value > 0),
        ),
        end,
      },
      weights: share.map((value) => (4 * value) / (sum * sum)),
    };
  });
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

/**
 * Minimum and maximum over all channels in `columns` equal parts of a track: `[columns][2]`; with `split` of each channel:
 * `[channels][columns][2]`. Zero is always between them.
 */
export function computePeaks(ref: PcmCacheRef, columns: number, split = false): Float32Array {
  const reader = new PcmReader(ref);
  const peaks = new Float32Array(2 * columns * (split ? ref.channels : 1));
  const block = new Float32Array(1 << 18);
  try {
    for (let channel = 0; channel < ref.channels; channel++) {
      const own = split ? peaks.subarray(2 * columns * channel) : peaks;
      for (let start = 0; start < ref.frames; start += block.length) {
        const count = Math.min(block.length, ref.frames - start);
        reader.readChannel(channel, start, count, block);
        for (let i = 0; i < count; i++) {
          const column = Math.floor(((start + i) * columns) / ref.frames);
          if (block[i] < own[2 * column]) own[2 * column] = block[i];
          if (block[i] > own[2 * column + 1]) own[2 * column + 1] = block[i];
        }
      }
    }
    return peaks;
  } finally {
    reader.dispose();
  }
}
