/** Where a lane dragged to `y` is dropped among lanes whose middles are at `middles`, from top to bottom. */
export function dropPlace(middles: readonly number[], y: number): number {
  return middles.filter((middle) => middle < y).length;
}
