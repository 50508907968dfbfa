import { parentPort } from 'node:worker_threads';
import { toUnbraidError, type WireError } from '../../common/base/errors.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import { TileComputer, coarseColumn, computePeaks, poolTiles, type TileSpectrum } from './tile-compute.js';

export type TileJob =
  | {
      readonly id: number;
      readonly kind: 'column';
      readonly ref: PcmCacheRef;
      readonly spectrum: TileSpectrum;
      readonly column: number;
    }
  | {
      readonly id: number;
      readonly kind: 'coarse';
      readonly ref: PcmCacheRef;
      readonly spectrum: TileSpectrum;
      readonly at: { readonly level: number; readonly column: number };
    }
  | {
      readonly id: number;
      readonly kind: 'pool';
      readonly pairs: readonly (readonly [Uint8Array, Uint8Array | undefined])[];
    }
  | {
      readonly id: number;
      readonly kind: 'peaks';
      readonly ref: PcmCacheRef;
      readonly columns: number;
      readonly split: boolean;
    };

export type TileAnswer =
  | { readonly id: number; readonly tiles: Uint8Array[] }
  | { readonly id: number; readonly peaks: Float32Array }
  | { readonly id: number; readonly error: WireError };

function run(job: TileJob): TileAnswer {
  if (job.kind === 'pool')
    return { id: job.id, tiles: job.pairs.map(([left, right]) => poolTiles(left, right)) };
  if (job.kind === 'coarse') return { id: job.id, tiles: coarseColumn(job.ref, job.spectrum, job.at) };
  if (job.kind === 'peaks') return { id: job.id, peaks: computePeaks(job.ref, job.columns, job.split) };
  const computer = new TileComputer(job.ref, job.spectrum);
  try {
    return { id: job.id, tiles: computer.column(job.column) };
  } finally {
    computer.dispose();
  }
}

parentPort?.on('message', (job: TileJob) => {
  let answer: TileAnswer;
  try {
    answer = run(job);
  } catch (error) {
    answer = { id: job.id, error: toUnbraidError(error).toWire() };
  }
  const buffers = 'tiles' in answer ? answer.tiles.map((tile) => tile.buffer as ArrayBuffer) : [];
  parentPort?.postMessage(answer, buffers);
});
