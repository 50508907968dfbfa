import { UnbraidError } from '../../src-main/common/base/errors.js';
import {
  Bench,
  type BenchResult,
  type BenchSettings,
  type BenchSound,
} from '../../src-main/common/lab/bench.js';
import type { LessonResult, Settings } from '../../src-main/common/lab/lesson.js';
import { lessons, type LessonId } from '../../src-main/common/lab/lessons.js';
import {
  songMaterial,
  songPcm,
  type Material,
  type SongPcm,
  type SongPiece,
} from '../../src-main/common/lab/material.js';

/** What the Lab's worker can do. `load` gives the bench another sound, `piece` a piece of a song to the lessons. */
export interface LabTasks {
  load: { readonly ask: BenchSound; readonly answer: null };
  piece: { readonly ask: SongPiece; readonly answer: SongPcm };
  bench: { readonly ask: BenchSettings; readonly answer: BenchResult };
  lesson: {
    /** With `onSong` on the piece of the song. */
    readonly ask: { readonly id: LessonId; readonly settings: Settings; readonly onSong: boolean };
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

/** Answers tasks one after the other; it keeps the sounds of the bench and the lessons. */
export class LabKernel {
  private bench: Bench | undefined;
  private material: Material | undefined;

  /** Throws `invalid-argument` for a bench without a sound, and what the bench throws. */
  run(task: LabTask): LabAnswer {
    if (task.kind === 'lesson') {
      const { id, settings, onSong } = task.ask;
      return lessons[id].run(settings, onSong ? this.material : undefined);
    }
    if (task.kind === 'piece') {
      const pcm = songPcm(task.ask);
      this.material = songMaterial(pcm);
      return pcm;
    }
    if (task.kind === 'load') {
      this.bench = new Bench(task.ask);
      return null;
    }
    if (!this.bench) throw new UnbraidError('invalid-argument', 'The bench has no sound yet');
    return this.bench.run(task.ask);
  }
}
