/**
 * Works on the newest of what it is given, one at a time: what comes meanwhile takes the place of what waits. What fails
 * is passed over; the next may come through.
 */
export class Latest<Wanted, Result> {
  private waiting: Wanted | null = null;
  private working = false;
  private ended = false;

  constructor(
    private readonly work: (wanted: Wanted) => Promise<Result>,
    private readonly done: (result: Result, wanted: Wanted) => void,
  ) {}

  ask(wanted: Wanted): void {
    this.waiting = wanted;
    if (!this.working) void this.go();
  }

  /** Nothing is reported any more. */
  end(): void {
    this.ended = true;
    this.waiting = null;
  }

  private async go(): Promise<void> {
    this.working = true;
    for (let next = this.waiting; next !== null; next = this.waiting) {
      this.waiting = null;
      const result = await this.work(next).catch(() => null);
      if (result !== null && !this.ended) this.done(result, next);
    }
    this.working = false;
  }
}
