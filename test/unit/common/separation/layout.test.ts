import { describe, expect, it } from 'vitest';
import {
  gatherPlane,
  parseLayout,
  scatterPlane,
  tensorShape,
} from '../../../../src-main/common/separation/layout.js';

describe('tensor layouts', () => {
  it('parses groups and rejects unknown and repeated axes', () => {
    expect(parseLayout('b (ch ri) f t')).toEqual([['b'], ['ch', 'ri'], ['f'], ['t']]);
    expect(parseLayout('b (ch xy) f t')).toBeNull();
    expect(parseLayout('b ch ch')).toBeNull();
    expect(parseLayout('')).toBeNull();
  });

  it('gives row-major dims and strides', () => {
    const shape = tensorShape(parseLayout('b (f ch) t ri')!, { f: 3, ch: 2, t: 5, ri: 2 });
    expect(shape.dims).toEqual([1, 6, 5, 2]);
    expect(shape.size).toBe(60);
    expect(shape.stride).toMatchObject({ ri: 1, t: 2, ch: 10, f: 20, s: 0 });
  });

  it.each(['b ch f t', 'b ch t f', 'b (f ch) t', 'b t (ch f)'])(
    'scatters and gathers %s without loss',
    (text) => {
      const [frames, bins, channels] = [37, 45, 2];
      const shape = tensorShape(parseLayout(text)!, { f: bins, t: frames, ch: channels });
      const tensor = new Float32Array(shape.size).fill(-1);
      const planes = [0, 1].map((ch) =>
        Float32Array.from({ length: frames * bins }, (_, i) => i + ch * 10000),
      );
      const view = (ch: number) => ({
        offset: ch * shape.stride.ch,
        rowStride: shape.stride.t,
        columnStride: shape.stride.f,
      });
      planes.forEach((plane, ch) => scatterPlane(plane, bins, frames, bins, tensor, view(ch)));
      // One element where the definition of the layout says it is.
      expect(tensor[shape.stride.ch + 7 * shape.stride.t + 11 * shape.stride.f]).toBe(10000 + 7 * bins + 11);
      expect(tensor.includes(-1)).toBe(false);
      planes.forEach((plane, ch) => {
        const back = new Float32Array(frames * bins);
        gatherPlane(tensor, view(ch), frames, bins, back, bins);
        expect(back).toEqual(plane);
      });
    },
  );
});
