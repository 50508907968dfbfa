/** How near to an edge a drag scrolls, pixels; and how fast at the edge and beyond it, pixels a second. */
const [zone, fastest] = [32, 700];

/** How fast what lies between `top` and `bottom` scrolls with the pointer at `y`, pixels a second: up is below zero. */
export function edgeSpeed(y: number, top: number, bottom: number): number {
  // Where there is little room, its middle scrolls to neither side.
  const near = Math.min(zone, (bottom - top) / 3);
  const [above, below] = [top + near - y, y - (bottom - near)];
  if (above > 0) return -fastest * Math.min(1, above / near);
  return below > 0 ? fastest * Math.min(1, below / near) : 0;
}

/** Scrolls a box while something in it is dragged. What is dragged could make the box longer: it ends where it ended before. */
export class EdgeScroll {
  private readonly from: number;
  private readonly longest: number;
  private last: number | null = null;
  /** Where it is, with the parts of pixels that a box may not have. */
  private at: number;

  constructor(private readonly box: HTMLElement) {
    this.from = this.at = box.scrollTop;
    this.longest = box.scrollHeight - box.clientHeight;
  }

  /** Pixels that it has scrolled since the drag began. */
  get scrolled(): number {
    return this.box.scrollTop - this.from;
  }

  /** The next picture, at `now` ms, with the pointer at `y`; whether the box has moved. */
  step(y: number, now: number): boolean {
    const seconds = Math.min(0.1, (now - (this.last ?? now)) / 1000);
    this.last = now;
    const { top, bottom } = this.box.getBoundingClientRect();
    const speed = edgeSpeed(y, top, bottom);
    if (speed === 0) {
      this.at = this.box.scrollTop;
      return false;
    }
    const before = this.box.scrollTop;
    this.at = Math.min(this.longest, Math.max(0, this.at + speed * seconds));
    this.box.scrollTop = this.at;
    return this.box.scrollTop !== before;
  }
}
