import type { BenchSettings, BenchSound } from '../../src-main/common/lab/bench.js';
import { notebookSettings, soundCode } from '../../src-main/common/lab/bench-notebook.js';
import type { LessonId } from '../../src-main/common/lab/lessons.js';
import type { SongPcm } from '../../src-main/common/lab/material.js';
import { notebook, type NotebookSong } from '../../src-main/common/lab/notebook.js';

/** The Python of every lesson and of the bench, and of the tools they share, found by listing. */
const found = import.meta.glob<string>('./notebooks/*.py', {
  query: '?raw',
  import: 'default',
  eager: true,
});

export const pythonOf = (name: LessonId | 'bench' | 'tools'): string => found[`./notebooks/${name}.py`];

/** Bytes a call of `fromCharCode` takes at once. */
const piece = 1 << 14;

function base64(samples: Int16Array | Float32Array): string {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  let text = '';
  for (let at = 0; at < bytes.length; at += piece)
    text += String.fromCharCode(...bytes.subarray(at, at + piece));
  return btoa(text);
}

/** The sounds of a song as a notebook carries them. */
export function base64Song({ voice, drums, rest }: SongPcm): NotebookSong {
  return { voice: base64(voice), drums: drums && base64(drums), rest: base64(rest) };
}

/** The notebook of a bench: these settings on this sound. `words` are its title and paragraphs. */
export function benchNotebook(
  settings: BenchSettings,
  { rate, mix, parts }: BenchSound,
  [title, ...words]: readonly [string, ...string[]],
): string {
  return notebook({
    ...{ title, words, tools: pythonOf('tools'), code: pythonOf('bench') },
    settings: notebookSettings(settings, mix.length),
    sound: soundCode({ rate, mix: base64(mix), voice: parts ? base64(parts[0]) : null }),
  });
}
