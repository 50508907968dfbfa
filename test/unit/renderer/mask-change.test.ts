import { expect, it } from 'vitest';
import { feather, grow, shrink } from '../../../src-main/common/separation/edits/selection.js';
import { fillRectangle } from '../../../src-main/common/separation/edits/shapes.js';
import { TileMask, maskGrid } from '../../../src-main/common/separation/edits/tile-mask.js';
import { changeMask } from '../../../src-renderer/workers/mask-change.js';

const mask = new TileMask(maskGrid);
fillRectangle(mask, { start: 30, end: 90, low: 50, high: 80 });
const bytes = (): Uint8Array<ArrayBuffer> => mask.encode() as Uint8Array<ArrayBuffer>;

it('grows, shrinks and softens as the functions themselves do', () => {
  const reach = { frames: 3, bins: 5 };
  expect(changeMask({ kind: 'grow', ...reach, mask: bytes() })).toEqual(grow(mask, 3, 5).encode());
  expect(changeMask({ kind: 'shrink', ...reach, mask: bytes() })).toEqual(shrink(mask, 3, 5).encode());
  expect(changeMask({ kind: 'soften', ...reach, mask: bytes() })).toEqual(
    feather(feather(mask, 3, 0), 0, 5).encode(),
  );
  expect(() => changeMask({ kind: 'grow', ...reach, mask: new Uint8Array(20) })).toThrow(
    expect.objectContaining({ code: 'invalid-argument' }),
  );
});
