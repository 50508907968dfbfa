import { binary } from './lessons/binary.js';
import { components } from './lessons/components.js';
import { griffinLim } from './lessons/griffin-lim.js';
import { masks } from './lessons/masks.js';
import { measuring } from './lessons/measuring.js';
import { mixture } from './lessons/mixture.js';
import { networks } from './lessons/networks.js';
import { oracle } from './lessons/oracle.js';
import { phase } from './lessons/phase.js';
import { repetition } from './lessons/repetition.js';
import { spectrogram } from './lessons/spectrogram.js';
import { windows } from './lessons/windows.js';
import type { Lesson } from './lesson.js';

/** The lessons, in the order in which they are taught. */
export const lessons = {
  spectrogram,
  windows,
  mixture,
  masks,
  binary,
  oracle,
  phase,
  'griffin-lim': griffinLim,
  nmf: components,
  repetition,
  networks,
  measuring,
} as const satisfies Readonly<Record<string, Lesson>>;

export type LessonId = keyof typeof lessons;
export const lessonIds = Object.keys(lessons) as readonly LessonId[];
