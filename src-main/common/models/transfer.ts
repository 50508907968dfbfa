/** Bytes that have come so far, and when, ms. */
interface Point {
  readonly at: number;
  readonly bytes: number;
}

/** What counts for the speed, ms: long enough to be calm, short enough to notice a change. */
const windowMs = 4000;

/** Speed and time left of one transfer, from what came during the last seconds. */
export class TransferMeter {
  private points: Point[] = [];

  /** Notes that `bytes` have come in all. */
  note(bytes: number, at: number): void {
    this.points.push({ at, bytes });
    // One point before the window stays, so that a stall is seen as one.
    while (this.points.length > 2 && this.points[1].at <= at - windowMs) this.points.shift();
  }

  /** Bytes a second at a time: 0 where nothing came for the whole window; null before two points are far enough apart. */
  speed(at: number): number | null {
    const [first] = this.points;
    const last = this.points.at(-1);
    if (!last || at - first.at < 250) return null;
    if (last.at < at - windowMs) return 0;
    return (1000 * (last.bytes - first.bytes)) / (at - first.at);
  }

  /** Seconds that are left of `total` bytes; null when that cannot be said. */
  eta(total: number | null, at: number): number | null {
    const speed = this.speed(at);
    const last = this.points.at(-1);
    if (total === null || !last || speed === null || speed <= 0) return null;
    return Math.max(0, total - last.bytes) / speed;
  }
}
