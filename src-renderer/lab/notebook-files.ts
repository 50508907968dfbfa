import type { LessonId } from '../../src-main/common/lab/lessons.js';

/** The Python of every lesson, and of the tools they share, found by listing. */
const found = import.meta.glob<string>('./notebooks/*.py', {
  query: '?raw',
  import: 'default',
  eager: true,
});

export const pythonOf = (name: LessonId | 'tools'): string => found[`./notebooks/${name}.py`];
