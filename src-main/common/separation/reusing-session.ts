import type { Session, Tensor } from './separator.js';

/**
 * A session that writes into the tensors of its last run while its inputs keep their sizes: fresh memory is slow to
 * touch. Its outputs are therefore overwritten by its next call, and stay in memory; for graphs of whole songs it is
 * not meant.
 */
export class ReusingSession implements Session {
  private kept: Readonly<Record<string, Tensor>> | undefined;
  private sizes = '';

  constructor(private readonly inner: Session) {}

  get inputNames(): readonly string[] {
    return this.inner.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.inner.outputNames;
  }

  get inputShapes(): Session['inputShapes'] {
    return this.inner.inputShapes;
  }

  async run(
    inputs: Readonly<Record<string, Tensor>>,
    into?: Readonly<Record<string, Tensor>>,
  ): Promise<Readonly<Record<string, Tensor>>> {
    if (into) return this.inner.run(inputs, into);
    const sizes = JSON.stringify(Object.entries(inputs).map(([name, { dims }]) => [name, dims]));
    const kept = sizes === this.sizes ? this.kept : undefined;
    // A run that fails leaves nothing behind.
    this.kept = undefined;
    this.kept = await this.inner.run(inputs, kept);
    this.sizes = sizes;
    return this.kept;
  }
}
