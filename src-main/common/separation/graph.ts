import type { GraphManifest } from './manifest.js';
import type { Session } from './separator.js';
import type { TensorPort } from './tensors.js';

/** A loaded graph with its tensors. */
export interface Graph {
  readonly manifest: GraphManifest;
  readonly session: Session;
  readonly inputs: readonly TensorPort[];
  readonly outputs: readonly TensorPort[];
}

/** Whether a graph gives one of the wanted stems, which are places in `order`: if not, it need not run. */
export function givesAny(graph: Graph, order: readonly string[], wanted: readonly number[]): boolean {
  return graph.manifest.stems.some((name) => wanted.includes(order.indexOf(name)));
}
