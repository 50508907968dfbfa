import { UnbraidError } from '../../common/base/errors.js';
import { Scope } from '../../common/base/disposal.js';
import { powerToDb } from '../../common/base/units.js';
import { maskedPart, type SampleReader } from '../../common/separation/edits/edit.js';
import { PowerReader } from '../../common/separation/edits/powers.js';
import { selectByStem, wand } from '../../common/separation/edits/selection.js';
import { TileMask, maskGrid, type MaskArea } from '../../common/separation/edits/tile-mask.js';
import { PcmReader, PcmWriter, silentCache, type PcmCacheRef } from '../audio/pcm-cache.js';
import { BlockPeaks } from './block-peaks.js';

/** Frames of the grid that are looked at or rendered at once: a few MB of each stem. */
const blockFrames = 256;
/** Where nothing is louder than this, dB, a wand finds nothing. */
const wandFloor = -120;

function samplesOf(reader: PcmReader): SampleReader {
  return (channel, start, into) => reader.readChannel(channel, start, into.length, into);
}

/** Hands over the area block by block; `low` and `high` stay. */
function* blocks(area: MaskArea): Generator<MaskArea> {
  for (let start = area.start; start < area.end; start += blockFrames) {
    yield { ...area, start, end: Math.min(area.end, start + blockFrames) };
  }
}

/** The bins of an area out of whole frames: `[frames][high − low]`. */
function inside(powers: Float32Array, bins: number, { start, end, low, high }: MaskArea): Float32Array {
  const wide = high - low;
  const cut = new Float32Array((end - start) * wide);
  for (let t = 0; t < end - start; t++) cut.set(powers.subarray(t * bins + low, t * bins + high), t * wide);
  return cut;
}

/** Bins that hang together with (frame, bin) in an area and are at most `below` dB quieter than it. */
export function wandMask(
  ref: PcmCacheRef,
  seed: { readonly frame: number; readonly bin: number; readonly below: number },
  area: MaskArea,
): TileMask {
  const mask = new TileMask(maskGrid);
  const reader = new PcmReader(ref);
  try {
    const powers = new PowerReader(samplesOf(reader), ref.channels, maskGrid);
    const wide = area.high - area.low;
    const levels = new Float32Array((area.end - area.start) * wide);
    for (const block of blocks(area)) {
      const part = inside(powers.powers(block.start, block.end - block.start), powers.bins, block);
      const at = (block.start - area.start) * wide;
      for (let i = 0; i < part.length; i++) levels[at + i] = powerToDb(part[i]);
    }
    const own = levels[(seed.frame - area.start) * wide + seed.bin - area.low];
    // The comparison is false for a place outside of the area, too.
    if (!(own > wandFloor)) return mask;
    wand(mask, { ...area, levels }, seed.frame, seed.bin, own - seed.below);
    return mask;
  } finally {
    reader.dispose();
  }
}

/** Bins of an area where one of the stems has at least `share` of the power of all. */
export function stemMask(
  refs: readonly PcmCacheRef[],
  stem: number,
  share: number,
  area: MaskArea,
): TileMask {
  const mask = new TileMask(maskGrid);
  const scope = new Scope();
  try {
    const readers = refs.map(
      (ref) => new PowerReader(samplesOf(scope.add(new PcmReader(ref))), ref.channels, maskGrid),
    );
    for (const block of blocks(area)) {
      const powers = readers.map((reader) =>
        inside(reader.powers(block.start, block.end - block.start), reader.bins, block),
      );
      selectByStem(mask, block, powers, stem, share);
    }
    return mask;
  } finally {
    void scope.dispose();
  }
}

/** The samples a rendered selection covers, and its largest absolute one. */
export interface RenderedPart {
  readonly start: number;
  readonly count: number;
  readonly peak: number;
}

/**
 * What an edit with this mask would take out of a track, into a cache of the same shape in `dir`: silent elsewhere.
 * Throws `invalid-argument` when the mask covers nothing of the song.
 */
export function renderPart(ref: PcmCacheRef, mask: TileMask, strength: number, dir: string): RenderedPart {
  const range = mask.frameRange();
  if (!range) throw nothingThere();
  silentCache(dir, ref);
  const scope = new Scope();
  const made = { ...ref, dir };
  try {
    const source = scope.add(new PcmReader(ref));
    const writer = scope.add(new PcmWriter(dir, ref.channels, ref.sampleRate));
    const back = scope.add(new PcmReader(made));
    let [first, last] = [ref.frames, 0];
    for (let t = range[0]; t < range[1]; t += blockFrames) {
      const frames = [t, Math.min(range[1], t + blockFrames)] as const;
      const part = maskedPart(samplesOf(source), ref.channels, mask, strength, frames);
      const count = part ? Math.min(part.planes[0].length, ref.frames - part.start) : 0;
      if (!part || count <= 0) continue;
      // Parts of neighbouring blocks overlap by a window.
      const sum = part.planes.map((plane, channel) => {
        const old = new Float32Array(count);
        back.readChannel(channel, part.start, count, old);
        return old.map((value, i) => value + plane[i]);
      });
      writer.writeAt(part.start, sum, count);
      [first, last] = [Math.min(first, part.start), Math.max(last, part.start + count)];
    }
    if (first >= last) throw nothingThere();
    return { start: first, count: last - first, peak: new BlockPeaks(made).peak };
  } finally {
    void scope.dispose();
  }
}

function nothingThere(): UnbraidError {
  return new UnbraidError('invalid-argument', 'The selection covers nothing of the song', {
    hint: 'Paint or select something first.',
  });
}
