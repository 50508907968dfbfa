import { expect, it } from 'vitest';
import { inShard } from '../../../../src-main/common/jobs/shard.js';

const places = Array.from({ length: 20_000 }, (_, i) => `album ${i % 170}/song ${i}`);

it.each([1, 2, 3, 7, 10, 64])('%i parts have each song once, and are about as large', (count) => {
  const sizes = Array.from({ length: count }, () => 0);
  for (const place of places) {
    const owners = sizes.map((_, i) => i).filter((i) => inShard(place, { index: i + 1, count }));
    expect(owners).toHaveLength(1);
    sizes[owners[0]]++;
  }
  // Six standard deviations of a fair draw.
  const mean = places.length / count;
  const bound = 6 * Math.sqrt(mean * (1 - 1 / count)) + 1;
  for (const size of sizes) expect(Math.abs(size - mean)).toBeLessThan(bound);
});

it('a song stays in its part whatever else the folder holds', () => {
  // Fixed values: another hash would move songs between parts of a run that is under way.
  expect(
    places.slice(0, 8).map((place) => [1, 2, 3, 4].find((index) => inShard(place, { index, count: 4 }))),
  ).toEqual([2, 3, 1, 3, 1, 3, 4, 3]);
});
