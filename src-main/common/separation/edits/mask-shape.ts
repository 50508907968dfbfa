import { z } from 'zod';
import { UnbraidError } from '../../base/errors.js';
import { maskGrid } from './tile-mask.js';

/** The size of masks of a song. */
export interface MaskShape {
  readonly frames: number;
  readonly bins: number;
}

/** Masks of a song with this many samples have one frame every `hop` samples, the first at sample 0. */
export function maskShape(samples: number): MaskShape {
  return { frames: Math.floor(samples / maskGrid.hop) + 1, bins: maskGrid.nFft / 2 + 1 };
}

/** The STFT a mask of a file is on. Frame t is centred on sample t · hop, with half a window more if not `centred`. */
export interface FileGrid {
  readonly nFft: number;
  readonly hop: number;
  readonly sampleRate: number;
  readonly centred: boolean;
}

/** The song a mask is for. */
export interface MaskedSong {
  readonly samples: number;
  readonly sampleRate: number;
}

/** What is written beside a mask's file, so that others know what its numbers are of. */
export const maskSideSchema = z.looseObject({
  n_fft: z
    .int()
    .min(2)
    .max(1 << 17),
  hop_length: z
    .int()
    .min(1)
    .max(1 << 17),
  sample_rate: z.number().min(1).max(1e7),
  center: z.boolean().default(true),
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

/** The STFT that masks of a song have here. */
export function ownGrid({ sampleRate }: Pick<MaskedSong, 'sampleRate'>): FileGrid {
  return { ...maskGrid, sampleRate, centred: true };
}

/** The size that masks of a song have on an STFT of another program. */
export function shapeOn({ nFft, hop, sampleRate, centred }: FileGrid, song: MaskedSong): MaskShape {
  const samples = Math.round((song.samples * sampleRate) / song.sampleRate) - (centred ? 0 : nFft);
  return { frames: Math.max(1, Math.floor(samples / hop) + 1), bins: Math.floor(nFft / 2) + 1 };
}

/** How an array lies: `[frames, bins]`, or bins first, and how many frames it has. */
export interface MaskLayout {
  readonly rows: 'frames' | 'bins';
  readonly frames: number;
}

/**
 * How a mask of this shape lies. Without a side file (`grid` null) it must have the very size of the song's masks; with
 * one it may be a frame longer or shorter, as programs count the last one in different ways. Throws `invalid-argument`.
 */
export function layoutOf(shape: readonly number[], song: MaskedSong, grid: FileGrid | null): MaskLayout {
  const { frames, bins } = shapeOn(grid ?? ownGrid(song), song);
  const fits = (count: number): boolean => count > 0 && Math.abs(count - frames) <= (grid ? 1 : 0);
  if (shape.length === 2 && fits(shape[0]) && shape[1] === bins) return { rows: 'frames', frames: shape[0] };
  if (shape.length === 2 && shape[0] === bins && fits(shape[1])) return { rows: 'bins', frames: shape[1] };
  const what = `The mask has the shape [${shape.join(', ')}]; this song needs [${frames}, ${bins}] (frames, bins) or [${bins}, ${frames}]`;
  if (!grid)
    throw new UnbraidError('invalid-argument', what, {
      hint: `Choose the .json file that describes its STFT together with it, or make it on an STFT of ${maskGrid.nFft} with a hop of ${maskGrid.hop}, centred.`,
    });
  throw new UnbraidError(
    'invalid-argument',
    `${what} on its STFT of ${grid.nFft} with a hop of ${grid.hop} at ${grid.sampleRate} Hz`,
    { hint: 'Import a mask of the whole song, and the .json file that belongs to it.' },
  );
}

/** The STFT that a side file describes. Throws `invalid-argument` if it describes none. */
export function readSide(text: string): FileGrid {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new UnbraidError('invalid-argument', 'The file beside the mask is not JSON', { cause });
  }
  const side = maskSideSchema.safeParse(json);
  if (!side.success)
    throw new UnbraidError(
      'invalid-argument',
      'The file beside the mask lacks n_fft, hop_length or sample_rate, or they are not the sizes of an STFT',
      { hint: 'Write all three into it: whole numbers of samples, and Hz.' },
    );
  const { n_fft: nFft, hop_length: hop, sample_rate: sampleRate, center: centred } = side.data;
  return { nFft, hop, sampleRate, centred };
}
