import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FactorsFile } from '../../common/contract/factors.js';
import { toUnbraidError } from '../../common/base/errors.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import { makeFolder } from '../files/make-folder.js';
import { npyBytes, type NpyArray } from '../files/npy.js';
import { partPath } from '../files/workspace.js';
import { writeZip, type ZipSource } from '../files/zip-file.js';
import type { FactorsPiece } from '../inference/factors-worker.js';
import { checkFactors, findFactors } from '../inference/find-factors.js';
import { exists, moveWithoutReplacing } from './output-moves.js';
import type { RunOptions, SongRunner } from './song-runner.js';

/** The components of a piece sorted by their stems, as the lanes are. */
export function sortedComponents({ stems }: Pick<FactorsPiece, 'stems'>): number[] {
  return stems.map((_, k) => k).sort((a, b) => stems[a] - stems[b] || a - b);
}

/** The arrays of a piece as one has them in Python: V ≈ W @ H. */
function arraysOf(piece: FactorsPiece): Readonly<Record<string, NpyArray>> {
  const { bins, frames, components, templates, activations, stems, stemNames } = piece;
  const order = sortedComponents(piece);
  const w = Float32Array.from({ length: bins * components }, (_, i) => {
    return templates[order[i % components] * bins + Math.floor(i / components)];
  });
  const h = Float32Array.from({ length: components * frames }, (_, i) => {
    return activations[(i % frames) * components + order[Math.floor(i / frames)]];
  });
  const times = Float64Array.from({ length: frames }, (_, f) => piece.start + f / piece.framesPerSecond);
  return {
    W: { values: w, shape: [bins, components] },
    H: { values: h, shape: [components, frames] },
    times: { values: times, shape: [frames] },
    stems: { values: order.map((k) => stemNames[stems[k]]), shape: [components] },
    channels: { values: Int32Array.from(piece.channels), shape: [piece.channels.length] },
    part: { values: Float64Array.of(piece.from, piece.to), shape: [2] },
  };
}

export interface FactorsFileRequest {
  readonly source: string;
  readonly output: string;
  readonly settings: Pick<SeparationSettings, 'model' | 'overlap' | 'track' | 'overwrite'>;
}

/**
 * Writes W and H of a song's pieces as a NumPy file: `W0`, `H0`, `times0`, `stems0`, `channels0`, `part0`, the same with 1
 * for the next piece, and `frequencies` of all. Throws `invalid-argument`, `output-exists`, and what reading throws.
 */
export async function writeFactors(
  runner: SongRunner,
  { source, output, settings }: FactorsFileRequest,
  options: RunOptions,
): Promise<FactorsFile> {
  const { model, overlap, overwrite } = settings;
  checkFactors(model);
  if (!overwrite && statSync(output, { throwIfNoEntry: false }))
    throw exists(output, 'There is a file of this name already');
  const song = await runner.prepare(source, settings, options);
  try {
    const files: ZipSource[] = [];
    const keep = (name: string, array: NpyArray): void => {
      const file = join(song.dir, `${name}.npy`);
      writeFileSync(file, npyBytes(array));
      files.push({ name: `${name}.npy`, file });
    };
    let [components, pieces] = [0, 0];
    const { ref, info } = song.decoded;
    await findFactors(
      { model, source: ref, channelLayout: info.channelLayout, at: null, overlap },
      (piece) => {
        for (const [name, array] of Object.entries(arraysOf(piece))) keep(`${name}${pieces}`, array);
        if (pieces === 0) {
          const hertz = Float64Array.from({ length: piece.bins }, (_, b) => b * piece.hertzPerBin);
          keep('frequencies', { values: hertz, shape: [piece.bins] });
        }
        [components, pieces] = [piece.components, pieces + 1];
      },
      options.signal,
    );
    const bytes = await writeWhole(output, files, overwrite, options);
    return { source, path: output, bytes, pieces, components };
  } catch (error) {
    throw toUnbraidError(error, source);
  } finally {
    await song.dispose();
  }
}

/** Writes the zip beside its place first, so that the place never holds a part of it. */
async function writeWhole(
  output: string,
  files: readonly ZipSource[],
  overwrite: boolean,
  { signal }: RunOptions,
): Promise<number> {
  makeFolder(dirname(output));
  const part = partPath(output);
  try {
    const bytes = await writeZip(part, files, { signal });
    if (overwrite) renameSync(part, output);
    else moveWithoutReplacing(part, output);
    return bytes;
  } catch (error) {
    throw toUnbraidError(error, output);
  } finally {
    rmSync(part, { force: true });
  }
}
