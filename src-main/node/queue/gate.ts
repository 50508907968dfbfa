/** Lets work through while it is open, and keeps it at the door while it is closed. */
export class Gate {
  private closed: Promise<void> | undefined;
  private release: () => void = () => undefined;

  close(): void {
    this.closed ??= new Promise<void>((resolve) => (this.release = resolve));
  }

  open(): void {
    this.closed = undefined;
    this.release();
  }

  /** Undefined when it is open, so that there is no needless wait. */
  readonly pass = (): Promise<void> | undefined => this.closed;
}
