import { describe, expect, it } from 'vitest';
import { pagesAhead, slotToFill } from '../../../src-renderer/playback/page-plan.js';
import { Feeder } from '../../../src-renderer/playback/feeder.js';
import { createSharedTrack, everything, pageFrames } from '../../../src-renderer/playback/shared.js';

describe('the pages that playing needs', () => {
  it('are those ahead in order, then the beginning of the song', () => {
    expect(pagesAhead({ position: 250, length: 1000, loop: null }, 100, 4)).toEqual([2, 3, 4, 5]);
    expect(pagesAhead({ position: 850, length: 950, loop: null }, 100, 9)).toEqual([8, 9, 0]);
  });

  it('turn back to the start of a loop, unless the position is behind it', () => {
    const loop = { start: 120, end: 450 };
    expect(pagesAhead({ position: 310, length: 1000, loop }, 100, 9)).toEqual([3, 4, 1, 2]);
    expect(pagesAhead({ position: 450, length: 1000, loop }, 100, 3)).toEqual([4, 5, 6]);
  });

  it('stop at the count', () => {
    expect(pagesAhead({ position: 0, length: 1e6, loop: null }, 100, 3)).toEqual([0, 1, 2]);
  });
});

describe('the slot for a page', () => {
  it('is a free one, else the one used longest ago that holds nothing wanted', () => {
    expect(slotToFill([4, -1, 5], [1, 0, 2], new Set([4, 5]))).toBe(1);
    expect(slotToFill([4, 6, 5], [9, 3, 2], new Set([5]))).toBe(1);
    expect(slotToFill([4, 6], [1, 2], new Set([4, 6]))).toBe(-1);
  });
});

describe('the feeder', () => {
  it('fills pages with the samples of their frames, and none beyond what is available', async () => {
    const length = 3 * pageFrames;
    const shared = createSharedTrack(length, 2, 3);
    const span = { position: pageFrames + 5, length, loop: null, playing: true };
    const asked: number[] = [];
    const read = (start: number, count: number): Promise<Float32Array> => {
      asked.push(start / pageFrames);
      return Promise.resolve(
        Float32Array.from({ length: 2 * count }, (_, i) => (i < count ? start + i : -start - i)),
      );
    };
    let available = 2 * pageFrames;
    const feeder = new Feeder(
      () => span,
      (error) => {
        throw error;
      },
    );
    try {
      feeder.setTracks([{ shared, read, available: () => available }]);
      while (shared.table[0] < 0) await new Promise((resolve) => setImmediate(resolve));
      expect(asked).toEqual([1, 0]);
      expect(shared.table[2]).toBe(-1);
      const at = shared.table[1] * 2 * pageFrames;
      expect(shared.samples[at + 7]).toBe(pageFrames + 7);
      expect(shared.samples[at + pageFrames + 7]).toBe(-2 * pageFrames - 7);
      available = everything;
      feeder.tick();
      while (shared.table[2] < 0) await new Promise((resolve) => setImmediate(resolve));
      expect(asked).toEqual([1, 0, 2]);
    } finally {
      feeder.dispose();
    }
  });
});
