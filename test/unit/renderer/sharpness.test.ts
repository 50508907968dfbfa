import { expect, it } from 'vitest';
import { Sharpness } from '../../../src-renderer/picture/gl/sharpness.js';

it('what is not complete is drawn coarser where a picture at its full size takes long, and only there', () => {
  const sharpness = new Sharpness();
  expect([sharpness.of(true), sharpness.of(false)]).toEqual([1, 1]);
  sharpness.took(40, 1);
  expect([sharpness.of(true), sharpness.of(false)]).toEqual([1, 2]);
  // A quarter of the pixels.
  sharpness.took(10, 2);
  expect(sharpness.of(false)).toBe(2);
  sharpness.took(3, 2);
  expect(sharpness.of(false)).toBe(1);
});
