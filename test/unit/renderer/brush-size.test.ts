import { describe, expect, it } from 'vitest';
import { maskGrid } from '../../../src-main/common/separation/edits/tile-mask.js';
import { axisFor, heightOf } from '../../../src-renderer/picture/axis.js';
import { brushAt, scaledBrush, type BrushSize } from '../../../src-renderer/picture/painted/brush-size.js';

const rate = 48_000;
const binHertz = rate / maskGrid.nFft;
const size: BrushSize = {
  unit: 'screen',
  pixels: { width: 20, height: 30 },
  ms: 100,
  octaves: 1,
  hertz: 240,
};
const screen = { axis: axisFor('log', rate), framesPerPixel: 2048, height: 300 };
const at = (hz: number): { frame: number; bin: number } => ({ frame: 50, bin: hz / binHertz });

/** Lowest and highest frequency of a brush, Hz. */
function reach(brush: ReturnType<typeof brushAt>): [number, number] {
  return [(brush.bin - brush.bins) * binHertz, (brush.bin + brush.bins) * binHertz];
}

describe('the size of a brush', () => {
  it('in pixels is the same on the screen at every place and zoom', () => {
    for (const hz of [200, 1000, 5000]) {
      const brush = brushAt(size, at(hz), screen, rate);
      const [low, high] = reach(brush).map((hertz) => heightOf(screen.axis, hertz) * screen.height);
      expect(high - low).toBeCloseTo(30, 3);
      expect((high + low) / 2).toBeCloseTo(heightOf(screen.axis, hz) * screen.height, 3);
      expect(2 * brush.frames * maskGrid.hop).toBeCloseTo(20 * 2048, 6);
    }
    const near = brushAt(size, at(1000), { ...screen, framesPerPixel: 512 }, rate);
    expect(2 * near.frames * maskGrid.hop).toBeCloseTo(20 * 512, 6);
  });

  it('in octaves and Hz is that, whatever the axis, and as wide as so many ms', () => {
    const octaves = brushAt({ ...size, unit: 'octaves' }, at(1000), screen, rate);
    const [low, high] = reach(octaves);
    expect(high / low).toBeCloseTo(2, 6);
    expect(Math.sqrt(low * high)).toBeCloseTo(1000, 3);
    const linear = { ...screen, axis: axisFor('linear', rate) };
    const hertz = brushAt({ ...size, unit: 'hertz' }, at(1000), linear, rate);
    expect(reach(hertz)[0]).toBeCloseTo(880, 6);
    expect(reach(hertz)[1]).toBeCloseTo(1120, 6);
    expect((2 * hertz.frames * maskGrid.hop) / rate).toBeCloseTo(0.1, 6);
  });

  it('is never so thin that it could pass between two bins or frames', () => {
    const thin = brushAt(
      { ...size, pixels: { width: 2, height: 2 } },
      at(100),
      { ...screen, framesPerPixel: 10 },
      rate,
    );
    expect([thin.frames, thin.bins]).toEqual([0.75, 0.75]);
  });

  it('grows in its own unit, within limits', () => {
    expect(scaledBrush(size, 1.5)).toEqual({ ...size, pixels: { width: 30, height: 45 } });
    expect(scaledBrush({ ...size, unit: 'octaves' }, 2)).toMatchObject({ ms: 200, octaves: 2, hertz: 240 });
    expect(scaledBrush({ ...size, unit: 'hertz' }, 100)).toMatchObject({ ms: 2000, octaves: 1, hertz: 5000 });
    expect(scaledBrush(size, 0.001).pixels).toEqual({ width: 2, height: 2 });
  });
});
