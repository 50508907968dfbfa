import { beatPeriod, beatsIn } from '../../src-main/common/document/beat-grid.js';
import type { BeatsRecord } from '../../src-main/common/document/records.js';
import type { Span } from '../picture/viewport.js';

/** Lines are at least so far apart, and the numbers of bars, pixels. */
const [apart, numbersApart] = [10, 40];

/** Lines of a span: pixels from its left edge. */
export interface BeatLines {
  readonly bars: readonly { readonly x: number; readonly number: number; readonly shown: boolean }[];
  /** Beats within bars; none where they would be too close. */
  readonly beats: readonly number[];
}

/** The beats of a span, thinned where they would be too close: to bars, then to each second, fourth, … bar. */
export function beatLines(grid: BeatsRecord, span: Span, sampleRate: number): BeatLines {
  const pixels = beatPeriod(grid, sampleRate) / span.framesPerPixel;
  const bar = pixels * grid.perBar;
  const strideFor = (least: number): number => 2 ** Math.max(0, Math.ceil(Math.log2(least / bar)));
  const [every, numbered] = [pixels >= apart ? 0 : strideFor(apart), strideFor(numbersApart)];
  const end = span.start + span.width * span.framesPerPixel;
  const all = beatsIn(grid, sampleRate, Math.max(0, span.start), end, every);
  const x = (at: number): number => (at - span.start) / span.framesPerPixel;
  return {
    bars: all
      .filter((beat) => beat.bar)
      .map(({ at, number }) => ({ x: x(at), number, shown: (number - 1) % numbered === 0 })),
    beats: all.filter((beat) => !beat.bar).map(({ at }) => x(at)),
  };
}
