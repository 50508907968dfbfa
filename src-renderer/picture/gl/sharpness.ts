/** A picture that takes longer than this to draw at its full size, ms, is drawn coarser as long as it is not complete. */
const longest = 16;
/** How many times fewer pixels a coarser picture has, to each side. */
const coarser = 2;

/** How sharp pictures that are not complete are drawn: as sharp as others where that is quick. */
export class Sharpness {
  private slow = false;

  /** Pixels of the screen for one of the picture, to each side. */
  of(complete: boolean): number {
    return this.slow && !complete ? coarser : 1;
  }

  /** A picture whose pixels cover so many of the screen has taken so long, ms. */
  took(ms: number, pixels: number): void {
    this.slow = ms * pixels ** 2 > longest;
  }
}
