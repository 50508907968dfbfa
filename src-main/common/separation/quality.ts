import type { Frames, Seconds } from '../base/units.js';
import type { ModelManifest } from './manifest.js';
import type { PhaseWay } from './phase-separator.js';

/** What a person may change about a model's segments; what is left out stays as the manifest has it. */
export interface SegmentQuality {
  readonly overlap?: number;
  readonly shifts?: number;
  /** About how long a segment is; only for graphs whose time axis has no fixed size. */
  readonly segment?: Seconds;
  /** Passes of the multichannel Wiener filter; it replaces that of models that bring the filter. */
  readonly wiener?: number;
  /** Where the phases of the stems come from; the separator's own when left out. */
  readonly phase?: PhaseWay;
}

/** The manifest with a person's settings in place of the model's. */
export function withQuality(manifest: ModelManifest, quality: SegmentQuality): ModelManifest {
  const { overlap = manifest.segment.overlap, shifts = manifest.segment.shifts, segment } = quality;
  const { post } = manifest;
  const length = segment === undefined ? manifest.segment.length : segmentLength(manifest, segment);
  const iterations = quality.wiener ?? post.wiener?.iterations ?? 0;
  return {
    ...manifest,
    segment: { ...manifest.segment, overlap, shifts, length },
    ...(post.wiener && { post: { ...post, wiener: { ...post.wiener, iterations } } }),
  };
}

/**
 * The length nearest to so many seconds that differs from the model's own by whole steps: paddings that follow from the
 * length (HTDemucs, SCNet), the network's strides and the absolute places of Wiener excerpts stay as they are.
 */
function segmentLength({ segment, stft, audio, post }: ModelManifest, seconds: Seconds): Frames {
  const hop = stft?.hop ?? 1;
  const step =
    segment.plan === 'frames'
      ? (post.wiener?.windowFrames ?? 1) * hop
      : leastCommonMultiple(2 * hop, segment.align);
  const least = Math.max(2 * segment.edge + hop, stft ? stft.nFft + 2 * hop : 1);
  const steps = Math.round((seconds * audio.sampleRate - segment.length) / step);
  const fewest = Math.ceil((least - segment.length) / step);
  return segment.length + Math.max(steps, fewest) * step;
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
