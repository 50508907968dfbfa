import { UnbraidError } from '../../src-main/common/base/errors.js';
import {
  Bench,
  type BenchResult,
  type BenchSettings,
  type BenchSound,
} from '../../src-main/common/lab/bench.js';
import type { LessonResult, Settings } from '../../src-main/common/lab/lesson.js';
import { lessons, type LessonId } from '../../src-main/common/lab/lessons.js';

/** What the Lab's worker can do. `load` gives the bench another sound. */
export interface LabTasks {
  load: { readonly ask: BenchSound; readonly answer: null };
  bench: { readonly ask: BenchSettings; readonly answer: BenchResult };
  lesson: {
    readonly ask: { readonly id: LessonId; readonly settings: Settings };
    readonly answer: LessonResult;
  };
}
export type LabTask = {
  [K in keyof LabTasks]: { readonly kind: K; readonly ask: LabTasks[K]['ask'] };
}[keyof LabTasks];
export type LabAnswer = LabTasks[keyof LabTasks]['answer'];

/** What of an answer need not be copied: nobody else has it. */
export function transfersOf(answer: LabAnswer): ArrayBuffer[] {
  if (answer === null || !('overlap' in answer)) return [];
  return [answer.picture.levels.buffer, ...answer.sounds.map(({ buffer }) => buffer)];
}

/** Answers tasks one after the other; it keeps the sound of the bench. */
export class LabKernel {
  private bench: Bench | undefined;

  /** Throws `invalid-argument` for a bench without a sound, and what the bench throws. */
  run(task: LabTask): LabAnswer {
    if (task.kind === 'lesson') return lessons[task.ask.id].run(task.ask.settings);
    if (task.kind === 'load') {
      this.bench = new Bench(task.ask);
      return null;
    }
    if (!this.bench) throw new UnbraidError('invalid-argument', 'The bench has no sound yet');
    return this.bench.run(task.ask);
  }
}
