import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { toUnbraidError, type WireError } from '../../common/base/errors.js';
import type { StemScores } from '../../common/base/scores.js';
import type { Baseline } from '../../common/jobs/evaluation.js';
import type { EvaluationInput } from '../../common/separation/evaluation/bss-eval.js';
import { makeOracle, type StemReader } from '../../common/separation/evaluation/oracles.js';
import { scoreStems } from '../../common/separation/evaluation/scores.js';
import { PcmReader, PcmWriter, type PcmCacheRef } from '../audio/pcm-cache.js';

/** One method on one song; stems of both lists in the same order, the references alike in every respect. */
export interface EvaluateTask {
  readonly references: readonly PcmCacheRef[];
  readonly method:
    { readonly kind: 'estimates'; readonly estimates: readonly PcmCacheRef[] } | { readonly kind: Baseline };
  /** Sets of stems that are compared among themselves, by index. */
  readonly groups: readonly (readonly number[])[];
  /** An empty folder for what a baseline makes. */
  readonly dir: string;
}

export type EvaluateAnswer =
  { readonly fraction: number } | { readonly scores: StemScores[][] } | { readonly error: WireError };

function readerOf(readers: readonly PcmReader[]): StemReader {
  let buffer = new Float32Array(0);
  return (stem, channel, start, into) => {
    if (buffer.length < into.length) buffer = new Float32Array(into.length);
    const plane = buffer.subarray(0, into.length);
    readers[stem].readChannel(channel, start, into.length, plane);
    into.set(plane);
  };
}

/** The sum of all stems as every stem's estimate. */
function mixtureOf(stems: number, reference: StemReader): StemReader {
  let part = new Float64Array(0);
  return (_, channel, start, into) => {
    if (part.length !== into.length) part = new Float64Array(into.length);
    into.fill(0);
    for (let s = 0; s < stems; s++) {
      reference(s, channel, start, part);
      for (let i = 0; i < into.length; i++) into[i] += part[i];
    }
  };
}

function run(task: EvaluateTask, tell: (fraction: number) => void): StemScores[][] {
  const { references, method } = task;
  const [{ channels, frames, sampleRate }] = references;
  const stems = references.length;
  const reference = readerOf(references.map((ref) => new PcmReader(ref)));
  let estimate: StemReader;
  let spent = 0;
  if (method.kind === 'estimates') estimate = readerOf(method.estimates.map((ref) => new PcmReader(ref)));
  else if (method.kind === 'mixture') estimate = mixtureOf(stems, reference);
  else {
    const writers = references.map((_, s) => new PcmWriter(join(task.dir, `${s}`), channels, sampleRate));
    spent = 0.3;
    makeOracle(
      { stems, channels, frames, reference },
      method.kind,
      (stem, start, planes) => writers[stem].writeAt(start, planes, planes[0].length),
      (fraction) => tell(spent * fraction),
    );
    estimate = readerOf(writers.map((writer) => new PcmReader(writer.ref(frames))));
    for (const writer of writers) writer.dispose();
  }
  return task.groups.map((group, g) => {
    const input: EvaluationInput = {
      stems: group.length,
      channels,
      frames,
      sampleRate,
      reference: (s, ...rest) => reference(group[s], ...rest),
      estimate: (s, ...rest) => estimate(group[s], ...rest),
    };
    const share = (1 - spent) / task.groups.length;
    return scoreStems(input, (fraction) => tell(spent + share * (g + fraction)));
  });
}

// Readers are closed with the thread, which does one task and ends.
const answer = (message: EvaluateAnswer): void => parentPort?.postMessage(message);
try {
  answer({ scores: run(workerData as EvaluateTask, (fraction) => answer({ fraction })) });
} catch (error) {
  answer({ error: toUnbraidError(error).toWire() });
}
