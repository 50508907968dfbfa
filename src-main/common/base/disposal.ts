/** Something that holds a resource and gives it back once. */
export interface Disposable {
  dispose(): void | Promise<void>;
}

/** One node of the disposal tree: disposes what was added, last first, exactly once. */
export class Scope implements Disposable {
  private readonly items: Disposable[] = [];
  private disposed: Promise<void> | undefined;

  /** Adds a child; when the scope is gone already the child is disposed at once. */
  add<T extends Disposable>(item: T): T {
    if (this.disposed) void item.dispose();
    else this.items.push(item);
    return item;
  }

  /** Adds a clean-up function. */
  defer(cleanUp: () => void | Promise<void>): void {
    this.add({ dispose: cleanUp });
  }

  /** Disposes every child even when some fail; rejects with the first failure. */
  dispose(): Promise<void> {
    this.disposed ??= this.run();
    return this.disposed;
  }

  private async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let item = this.items.pop(); item; item = this.items.pop()) {
      try {
        await item.dispose();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
