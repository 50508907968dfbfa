import { statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import { leastMemory, mostMemory } from '../../common/separation/model-cost.js';
import { limitMemory } from '../process/parent.js';
import type { SingleSpec } from './inference-api.js';

/** Bytes of the files of a graph; loading says what is wrong with one that is not there. */
function sizeOf(folder: string, name: string): number {
  return statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * Before any work (P20): refuses models that cannot fit into this machine's memory, and ends this process when it uses
 * far more than they should. Throws `out-of-memory`.
 */
export function boundMemory(specs: readonly SingleSpec[], total = totalmem(), limit = limitMemory): void {
  let least = 0;
  for (const spec of specs) {
    if (spec.kind !== 'model') continue;
    const { manifest, folder } = spec;
    const names = manifest.graphs.flatMap(({ file, externalData }) => [
      file,
      ...externalData.map(({ name }) => name),
    ]);
    least += leastMemory(
      manifest,
      names.reduce((sum, name) => sum + sizeOf(folder, name), 0),
    );
  }
  if (least === 0) return;
  if (least > 0.8 * total) {
    const [wanted, there] = [least, total].map((bytes) => (bytes / 2 ** 30).toFixed(1));
    const message = `The model needs at least ${wanted} GiB of memory; this machine has ${there} GiB`;
    throw new UnbraidError('out-of-memory', message, {
      hint: 'Choose a smaller model, or correct the segment and the STFT in its manifest.',
    });
  }
  // A person may know better, in MiB.
  const asked = Number(process.env['UNBRAID_MODEL_MEMORY'] ?? 0) * 2 ** 20;
  limit(asked > 0 ? asked : mostMemory(least, total));
}
