import { describe, expect, it } from 'vitest';
import { griffinLim, misi } from '../../../../src-main/common/dsp/phase.js';
import { Stft } from '../../../../src-main/common/dsp/stft.js';
import type { EditPhase } from '../../../../src-main/common/separation/edits/edit.js';
import {
  partPieces,
  partRange,
  sourceRange,
} from '../../../../src-main/common/separation/edits/part-pieces.js';
import { fillRectangle } from '../../../../src-main/common/separation/edits/shapes.js';
import { TileMask } from '../../../../src-main/common/separation/edits/tile-mask.js';
import { errorDb, noise, sine } from '../../../fixtures/signals.js';

const grid = { nFft: 1024, hop: 256 };
const samples = 200 * 256;
const song = [noise(samples, 1), noise(samples, 2)];
const reader =
  (planes: readonly Float32Array[]) =>
  (channel: number, start: number, into: Float32Array): void => {
    for (let i = 0; i < into.length; i++) into[i] = planes[channel][start + i] ?? 0;
  };

function rectangle(start: number, end: number, low = 0, high = 513): TileMask {
  const mask = new TileMask(grid);
  fillRectangle(mask, { start, end, low, high }, { frames: 3, bins: 5 });
  return mask;
}

/** The pieces of a part added up over the song, `[channels][samples]`. */
function whole(
  planes: readonly Float32Array[],
  mask: TileMask,
  phase: EditPhase | undefined,
  longest?: number,
  strength = 1,
): Float32Array[] {
  const sum = planes.map((plane) => new Float32Array(plane.length));
  for (const piece of partPieces(
    reader(planes),
    planes.length,
    mask,
    { strength, phase },
    { length: planes[0].length, longest },
  )) {
    piece.planes.forEach((plane, ch) =>
      plane.forEach((x, i) => {
        if (piece.start + i >= 0 && piece.start + i < samples) sum[ch][piece.start + i] += x;
      }),
    );
  }
  return sum;
}

const phases: EditPhase[] = [
  { method: 'griffin-lim', iterations: 5 },
  { method: 'misi', iterations: 5 },
];

describe('what an edit takes out', () => {
  it.each(phases)('is what $method gives when it is called itself, channel by channel', (phase) => {
    const mask = rectangle(4, 180, 50, 200);
    const taken = whole(song, mask, phase, undefined, 0.7);
    const stft = new Stft(grid);
    const { start, count } = sourceRange(mask, { phase })!;
    song.forEach((plane, ch) => {
      const signal = new Float32Array(count);
      reader([plane])(0, start, signal);
      const magnitudes = new Float32Array(stft.frameCount(count) * stft.bins);
      const spectrum = stft.forward(signal, undefined, magnitudes);
      const shares = mask.plane(start / grid.hop, spectrum.frames, 0.7);
      const own = magnitudes.map((x, i) => x * shares[i]);
      const rest = magnitudes.map((x, i) => x * (1 - shares[i]));
      const expected =
        phase.method === 'griffin-lim'
          ? griffinLim(stft, own, spectrum, count, phase)
          : misi(stft, signal, [own, rest], phase)[0];
      // The rims are faded; the mask begins at frame 1 and ends behind frame 182.
      const to = 182 * 256 + 512;
      expect(errorDb(taken[ch].subarray(0, to), expected.subarray(-start, to - start))).toBeLessThan(-130);
    });
    // Another phase is another signal.
    expect(errorDb(taken[0], whole(song, mask, undefined, undefined, 0.7)[0])).toBeGreaterThan(-40);
  });

  it.each([undefined, ...phases])('adds up over pieces without a seam: %o', (phase) => {
    // All of a signal has magnitudes that fit its phases, so every piece is the signal itself.
    const full = rectangle(0, 210);
    // At the ends of the song frames that begin before it have no mask, which each round carries a window further.
    const middle = (plane: Float32Array): Float32Array => plane.subarray(8192, samples - 8192);
    const part = whole(song, full, phase, 37);
    expect(errorDb(middle(part[1]), middle(song[1]))).toBeLessThan(-110);
  });

  it.each(phases)('does not click where pieces of $method meet', (phase) => {
    const tones = [sine(samples, 700, 44100, 0.3).map((x, i) => x + 0.3 * Math.sin(0.21 * i))];
    const mask = rectangle(10, 190, 10, 24);
    const bends = (wave: Float32Array): Float32Array =>
      wave.map((x, i) => Math.abs(x - 2 * (wave[i - 1] ?? 0) + (wave[i - 2] ?? 0)));
    const largest = (wave: Float32Array): number =>
      bends(wave)
        .subarray(15 * 256, 185 * 256)
        .reduce((a, b) => Math.max(a, b), 0);
    const once = largest(whole(tones, mask, phase)[0]);
    expect(largest(whole(tones, mask, phase, 37)[0])).toBeLessThan(1.1 * once);
  });

  it('the mixture’s phase gives the same in one piece and in many', () => {
    const mask = rectangle(30, 150, 100, 300);
    expect(errorDb(whole(song, mask, undefined, 20)[0], whole(song, mask, undefined)[0])).toBeLessThan(-130);
  });

  it('lies within its range, reads its source’s only, and is nothing under an empty mask', () => {
    const mask = rectangle(60, 80, 100, 300);
    for (const phase of [undefined, ...phases]) {
      const { start, count } = partRange(mask, { phase }, samples)!;
      const taken = whole(song, mask, phase)[0];
      expect(taken.subarray(0, start).every((x) => x === 0)).toBe(true);
      expect(taken.subarray(start + count).every((x) => x === 0)).toBe(true);
      const read = sourceRange(mask, { phase })!;
      const cut = song.map((plane) =>
        plane.map((x, i) => (i >= read.start && i < read.start + read.count ? x : 0)),
      );
      expect(errorDb(whole(cut, mask, phase)[0], taken)).toBeLessThan(-130);
      expect(partRange(new TileMask(grid), { phase }, samples)).toBeNull();
      expect([
        ...partPieces(reader(song), 2, new TileMask(grid), { strength: 1, phase }, { length: samples }),
      ]).toEqual([]);
    }
    expect(partRange(rectangle(0, 5), { phase: phases[1] }, samples)!.start).toBe(0);
    expect(partRange(rectangle(900, 910), { phase: phases[1] }, samples)).toBeNull();
  });
});
