import { UnbraidError } from '../base/errors.js';
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
  return usedStems(graph.manifest).some((name) => wanted.includes(order.indexOf(name)));
}

/** The stems that are taken from a graph. */
export function usedStems({ use, stems }: GraphManifest): readonly string[] {
  return use ?? stems;
}

/** An output, or the two outputs that hold the parts of one spectrum. */
export interface OutputGroup {
  readonly port: TensorPort;
  readonly imaginary?: TensorPort;
}

export function outputGroups({ outputs }: Pick<Graph, 'outputs'>): readonly OutputGroup[] {
  return outputs.flatMap((port) => {
    const { role, part } = port.manifest;
    if (part === 'im') return [];
    const other = outputs.find(({ manifest }) => manifest.role === role && manifest.part === 'im');
    return [part === 're' && other ? { port, imaginary: other } : { port }];
  });
}

/**
 * A graph of fixed size takes what its manifest says, or nothing does: compares every dimension before it runs.
 * Throws `model-incompatible`.
 */
export function checkInput({ manifest, session }: Graph, name: string, dims: readonly number[]): void {
  const wanted = session.inputShapes?.[name];
  if (!wanted) return;
  const fits =
    wanted.length === dims.length && wanted.every((n, i) => typeof n === 'string' || n < 0 || n === dims[i]);
  if (fits) return;
  const text = `The model's input "${name}" is [${wanted.join(', ')}]; its manifest makes it [${dims.join(', ')}]`;
  throw new UnbraidError('model-incompatible', text, {
    file: manifest.file,
    hint: "Correct the manifest's STFT, bins, segment or layout, or get the file the manifest was written for.",
  });
}

/** Throws `model-incompatible` when a graph lacks a tensor that its manifest names. */
export function checkNames(graph: GraphManifest, session: Session): void {
  const missing =
    graph.inputs.find((tensor) => !session.inputNames.includes(tensor.name)) ??
    graph.outputs.find((tensor) => !session.outputNames.includes(tensor.name));
  if (!missing) return;
  const names = [...session.inputNames, ...session.outputNames].join(', ');
  throw new UnbraidError(
    'model-incompatible',
    `The model ${graph.file} has no tensor "${missing.name}" (it has ${names})`,
    { file: graph.file, hint: 'Get the file the manifest was written for, or correct the tensor names.' },
  );
}
