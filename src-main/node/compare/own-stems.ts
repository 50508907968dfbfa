import { UnbraidError } from '../../common/base/errors.js';
import { comparedStems } from '../../common/jobs/comparison.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import type { Clip } from './clip.js';

/** Stems that a song has already, as long as the song. */
export interface OwnStem {
  readonly name: string;
  readonly ref: PcmCacheRef;
}

/** Seconds by which the true stems may be longer or shorter than the song: encoders add some, and silent ends are cut. */
const slack = 0.2;

/**
 * Throws `invalid-argument` for true stems of another rate, other channels or another length than the song's stems, and
 * `file-not-found` where none of the stems has a true one. Without true stems there is nothing to check.
 */
export function checkOwnStems(stems: readonly OwnStem[], clip: Pick<Clip, 'truth' | 'whole'>): void {
  if (clip.truth.size === 0) return;
  const [{ ref }] = stems;
  const { sampleRate, channels, frames } = clip.whole;
  if (sampleRate !== ref.sampleRate || channels !== ref.channels)
    throw new UnbraidError(
      'invalid-argument',
      `The true stems have ${channels} channels at ${sampleRate} Hz, the song ${ref.channels} at ${ref.sampleRate} Hz`,
      { hint: `Convert the true stems to ${ref.sampleRate} Hz and ${ref.channels} channels.` },
    );
  if (Math.abs(frames - ref.frames) > slack * sampleRate) {
    const [theirs, own] = [frames, ref.frames].map((count) => (count / sampleRate).toFixed(1));
    throw new UnbraidError('invalid-argument', `The true stems last ${theirs} s, the song ${own} s`, {
      hint: 'Choose the folder with the true stems of this very song.',
    });
  }
  const names = stems.map(({ name }) => name);
  if (comparedStems(names, [...clip.truth.keys()]).some(({ truth }) => truth.length > 0)) return;
  throw new UnbraidError(
    'file-not-found',
    `None of the true stems (${[...clip.truth.keys()].join(', ')}) is one of your stems (${names.join(', ')})`,
    { hint: 'Give the files the names of your stems, like vocals.wav, drums.wav, bass.wav, other.wav.' },
  );
}
