import { outputGroups, usedStems, type Graph } from './graph.js';
import type { TensorManifest } from './manifest.js';
import type { Tensor } from './separator.js';
import type { TensorPort } from './tensors.js';

/** A stem and channel of a graph's result; its values are one plane, or two where they are complex. */
export interface Result {
  readonly port: TensorPort;
  readonly imaginary: TensorPort;
  readonly complex: boolean;
  readonly name: string;
  readonly stem: number;
  readonly channel: number;
  /** Place of the first plane among those of its graph. */
  readonly plane: number;
}

/** Everything that is taken from a graph, in order. */
export function resultsOf(graph: Graph, channels: number): Result[] {
  const results: Result[] = [];
  let plane = 0;
  for (const { port, imaginary = port } of outputGroups(graph)) {
    const complex = port.manifest.role === 'spec' || port.manifest.role === 'mask-complex';
    for (const name of usedStems(graph.manifest)) {
      const stem = graph.manifest.stems.indexOf(name);
      for (let channel = 0; channel < channels; channel++) {
        results.push({ port, imaginary, complex, name, stem, channel, plane });
        plane += complex ? 2 : 1;
      }
    }
  }
  return results;
}

/** Inputs of graphs by what they are made of. */
export type Inputs = Map<string, { readonly port: TensorPort; readonly tensor: Tensor }>;

/** What an input is made of. */
export function keyOf({ role, layout, splitFrames, part }: TensorManifest): string {
  return [role, layout, splitFrames, part].join(' ');
}
