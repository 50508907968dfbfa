import { z } from 'zod';
import { UnbraidError } from '../../base/errors.js';
import { maskGrid } from './tile-mask.js';

/** The size of masks of a song. */
export interface MaskShape {
  readonly frames: number;
  readonly bins: number;
}

/** Masks of a song of so many samples have one frame each `hop` samples, the first on sample 0. */
export function maskShape(samples: number): MaskShape {
  return { frames: Math.floor(samples / maskGrid.hop) + 1, bins: maskGrid.nFft / 2 + 1 };
}

/** What is written beside a mask's file, so that others know what its numbers are of. */
export const maskSideSchema = z.looseObject({
  n_fft: z.number(),
  hop_length: z.number(),
  sample_rate: z.number(),
});

/** The STFT of masks in the words of Python's audio libraries, and what the numbers of a file mean. */
export function maskSide(
  song: { readonly name: string; readonly sampleRate: number; readonly samples: number },
  file: {
    /** The stem whose share a mask is; null for a selection. */
    readonly stem: string | null;
    readonly axes: readonly ['frames', 'bins'] | readonly ['bins', 'frames'];
    readonly type: string;
    readonly range: readonly [number, number];
  },
): Record<string, unknown> {
  const { nFft, hop } = maskGrid;
  const { frames, bins } = maskShape(song.samples);
  return {
    song: song.name,
    stem: file.stem,
    ...{ sample_rate: song.sampleRate, samples: song.samples, channels: 'one mask for all' },
    ...{ n_fft: nFft, hop_length: hop, win_length: nFft, window: 'hann', window_symmetry: 'periodic' },
    ...{ center: true, pad_mode: 'constant', frames, bins, hertz_per_bin: song.sampleRate / nFft },
    ...{ axes: file.axes, dtype: file.type, value_range: file.range },
    ...(file.axes[0] === 'bins' && { rows: 'the highest bin first' }),
    ...(file.stem !== null && {
      kind: 'magnitude ratio |S| / sum of all stems’ |S|, root mean square of the channels; 0 in silence',
    }),
  };
}

/** Whether rows are frames (`[frames, bins]`) or bins. Throws `invalid-argument` for any other shape. */
export function rowsOf(shape: readonly number[], { frames, bins }: MaskShape): 'frames' | 'bins' {
  if (shape.length === 2 && shape[0] === frames && shape[1] === bins) return 'frames';
  if (shape.length === 2 && shape[0] === bins && shape[1] === frames) return 'bins';
  throw new UnbraidError(
    'invalid-argument',
    `The mask has the shape [${shape.join(', ')}]; this song needs [${frames}, ${bins}] (frames, bins) or [${bins}, ${frames}]`,
    { hint: `Make it on an STFT of ${maskGrid.nFft} with a hop of ${maskGrid.hop}, centred.` },
  );
}

/** Throws `invalid-argument` when a side file tells of another STFT or rate than this song's masks have. */
export function checkSide(text: string, sampleRate: number): void {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new UnbraidError('invalid-argument', 'The file beside the mask is no JSON', { cause });
  }
  const side = maskSideSchema.safeParse(json);
  if (!side.success)
    throw new UnbraidError(
      'invalid-argument',
      'The file beside the mask lacks n_fft, hop_length or sample_rate',
    );
  const { n_fft: nFft, hop_length: hop, sample_rate: rate } = side.data;
  if (nFft === maskGrid.nFft && hop === maskGrid.hop && rate === sampleRate) return;
  throw new UnbraidError(
    'invalid-argument',
    `The mask is of an STFT of ${nFft} with a hop of ${hop} at ${rate} Hz; this song needs ${maskGrid.nFft}, ${maskGrid.hop} and ${sampleRate} Hz`,
    { hint: 'Make the mask anew with those numbers.' },
  );
}
