import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { UnbraidError, toUnbraidError, type WireError } from '../../common/base/errors.js';
import type { FoundBeats } from '../../common/dsp/beats/find-beats.js';
import type { EditPhase } from '../../common/separation/edits/edit.js';
import { TileMask, type MaskArea } from '../../common/separation/edits/tile-mask.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import { takeMask } from '../edits/mask-take.js';
import type { FileGrid, MaskShape, MaskedSong } from '../../common/separation/edits/mask-shape.js';
import { writeMaskNpy, writeMaskPng, writeStemMasks } from './mask-files.js';
import { readMask } from './mask-read.js';

import {
  beatsOf,
  bleedMasks,
  overtoneMask,
  renderPart,
  similarPlaces,
  stemMask,
  wandMask,
  type RenderedPart,
} from './mask-tasks.js';

/** What a thread is made for; masks go in and out as bytes or as files of them. */
export interface MaskTasks {
  beats: { readonly args: { readonly ref: PcmCacheRef }; readonly result: FoundBeats };
  wand: {
    readonly args: {
      readonly ref: PcmCacheRef;
      readonly seed: Parameters<typeof wandMask>[1];
      readonly area: MaskArea;
    };
    readonly result: Uint8Array;
  };
  stem: {
    readonly args: {
      readonly refs: readonly PcmCacheRef[];
      readonly stem: number;
      readonly share: number;
      readonly area: MaskArea;
    };
    readonly result: Uint8Array;
  };
  overtones: {
    readonly args: { readonly ref: PcmCacheRef; readonly maskFile: string; readonly count: number };
    readonly result: Uint8Array;
  };
  similar: {
    readonly args: {
      readonly ref: PcmCacheRef;
      readonly maskFile: string;
      readonly how: Parameters<typeof similarPlaces>[2];
    };
    readonly result: ReturnType<typeof similarPlaces>;
  };
  bleed: {
    readonly args: {
      readonly refs: readonly PcmCacheRef[];
      readonly maskFile: string;
      readonly how: Parameters<typeof bleedMasks>[2];
    };
    /** One for each stem; null for those that get nothing. */
    readonly result: readonly (Uint8Array | null)[];
  };
  render: {
    readonly args: {
      readonly ref: PcmCacheRef;
      readonly maskFile: string;
      readonly strength: number;
      readonly phase?: EditPhase | undefined;
      readonly dir: string;
    };
    readonly result: RenderedPart;
  };
  write: {
    readonly args: {
      readonly maskFile: string;
      readonly path: string;
      readonly format: 'npy' | 'png';
      readonly shape: MaskShape;
    };
    readonly result: null;
  };
  stems: {
    readonly args: {
      readonly refs: readonly PcmCacheRef[];
      readonly paths: readonly string[];
      readonly shape: MaskShape;
    };
    readonly result: null;
  };
  /** A mask as a page sent it, encoded again into `dir` under its hash, which is the result. */
  take: { readonly args: { readonly path: string; readonly dir: string }; readonly result: string };
  read: {
    readonly args: { readonly path: string; readonly song: MaskedSong; readonly grid: FileGrid | null };
    readonly result: Uint8Array;
  };
}

export type MaskTask = {
  [K in keyof MaskTasks]: { readonly kind: K; readonly args: MaskTasks[K]['args'] };
}[keyof MaskTasks];

/** How much of a task is done, 0 … 1, or how it ended. */
export type MaskAnswer =
  | { readonly share: number }
  | { readonly result: MaskTasks[keyof MaskTasks]['result'] }
  | { readonly error: WireError };

const onShare = (share: number): void => parentPort?.postMessage({ share } satisfies MaskAnswer);

function run(task: MaskTask): MaskTasks[keyof MaskTasks]['result'] {
  switch (task.kind) {
    case 'beats':
      return beatsOf(task.args.ref, onShare);
    case 'wand':
      return wandMask(task.args.ref, task.args.seed, task.args.area).encode();
    case 'stem':
      return stemMask(task.args.refs, task.args.stem, task.args.share, task.args.area).encode();
    case 'overtones': {
      const { ref, maskFile, count } = task.args;
      return overtoneMask(ref, TileMask.decode(readFileSync(maskFile)), count).encode();
    }
    case 'similar': {
      const { ref, maskFile, how } = task.args;
      return similarPlaces(ref, TileMask.decode(readFileSync(maskFile)), how);
    }
    case 'bleed': {
      const { refs, maskFile, how } = task.args;
      const masks = bleedMasks(refs, TileMask.decode(readFileSync(maskFile)), how);
      return masks.map((mask) => (mask.empty ? null : mask.encode()));
    }
    case 'render': {
      const { ref, maskFile, strength, phase, dir } = task.args;
      return renderPart(ref, TileMask.decode(readFileSync(maskFile)), { strength, phase }, dir);
    }
    case 'write': {
      const { maskFile, path, format, shape } = task.args;
      const write = format === 'npy' ? writeMaskNpy : writeMaskPng;
      write(path, TileMask.decode(readFileSync(maskFile)), shape, onShare);
      return null;
    }
    case 'stems':
      writeStemMasks(task.args.refs, task.args.paths, task.args.shape, onShare);
      return null;
    case 'take':
      return takeMask(readFileSync(task.args.path), task.args.dir);
    case 'read':
      return readMask(task.args.path, task.args.song, task.args.grid, onShare).encode();
    default:
      throw new UnbraidError('internal', 'An unknown task');
  }
}

let answer: MaskAnswer;
try {
  answer = { result: run(workerData as MaskTask) };
} catch (error) {
  answer = { error: toUnbraidError(error).toWire() };
}
parentPort?.postMessage(answer);
