import type { LessonId } from '../../src-main/common/lab/lessons.js';
import type { SongPcm } from '../../src-main/common/lab/material.js';
import type { NotebookSong } from '../../src-main/common/lab/notebook.js';

/** The Python of every lesson, and of the tools they share, found by listing. */
const found = import.meta.glob<string>('./notebooks/*.py', {
  query: '?raw',
  import: 'default',
  eager: true,
});

export const pythonOf = (name: LessonId | 'tools'): string => found[`./notebooks/${name}.py`];

/** Bytes a call of `fromCharCode` takes at once. */
const piece = 1 << 14;

function base64(samples: Int16Array): string {
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
