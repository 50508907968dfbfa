import { UnbraidError } from '../../common/base/errors.js';
import { Scope } from '../../common/base/disposal.js';
import { findBeats, type FoundBeats } from '../../common/dsp/beats/find-beats.js';
import type { ReadMono } from '../../common/dsp/beats/onset-strength.js';
import { powerToDb } from '../../common/base/units.js';
import type { EditPart, SampleReader } from '../../common/separation/edits/edit.js';
import { partPieces, partRange } from '../../common/separation/edits/part-pieces.js';
import { shareBleed } from '../../common/separation/edits/bleed.js';
import { addOvertones } from '../../common/separation/edits/overtones.js';
import { PowerReader } from '../../common/separation/edits/powers.js';
import { PatchFinder, type Match } from '../../common/separation/edits/similar.js';
import { selectByStem, wand } from '../../common/separation/edits/selection.js';
import { TileMask, maskGrid, type MaskArea } from '../../common/separation/edits/tile-mask.js';
import { PcmReader, PcmWriter, silentCache, type PcmCacheRef } from '../audio/pcm-cache.js';
import { BlockPeaks } from '../audio/block-peaks.js';

/** Frames of the grid that are looked at or rendered at once: a few MB of each stem. */
const blockFrames = 256;
/** Below this level, dB, a wand finds nothing. */
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

/** Bins that are connected with (frame, bin) in an area and are at most `below` dB quieter than it. */
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

/**
 * What of a stem, where it is selected, the other stems dominate (see bleed.ts): a mask for each stem, empty for those
 * that get nothing.
 */
export function bleedMasks(
  refs: readonly PcmCacheRef[],
  selected: TileMask,
  how: { readonly stem: number; readonly amount: number },
): TileMask[] {
  const masks = refs.map(() => new TileMask(maskGrid));
  const range = selected.frameRange();
  if (!range) return masks;
  const scope = new Scope();
  try {
    const readers = refs.map(
      (ref) => new PowerReader(samplesOf(scope.add(new PcmReader(ref))), ref.channels, maskGrid),
    );
    for (const block of blocks({ start: range[0], end: range[1], low: 0, high: selected.bins })) {
      const count = block.end - block.start;
      const powers = readers.map((reader) => reader.powers(block.start - 1, count + 2));
      shareBleed(masks, block, powers, selected.plane(block.start, count), how);
    }
    return masks;
  } finally {
    void scope.dispose();
  }
}

/** A mask with the overtones of what it covers of a track; see overtones.ts. */
export function overtoneMask(ref: PcmCacheRef, mask: TileMask, count: number): TileMask {
  const made = mask.clone();
  const range = mask.frameRange();
  if (!range) return made;
  const reader = new PcmReader(ref);
  try {
    const powers = new PowerReader(samplesOf(reader), ref.channels, maskGrid);
    for (const { start, end } of blocks({ start: range[0], end: range[1], low: 0, high: mask.bins }))
      addOvertones(made, mask, { start, rows: powers.powers(start, end - start) }, count);
    return made;
  } finally {
    reader.dispose();
  }
}

/** Places of a track that are like what a mask covers; see similar.ts. None for an empty mask. Throws `too-large` for more frames than `longest`. */
export function similarPlaces(
  ref: PcmCacheRef,
  mask: TileMask,
  { least, most, longest }: { readonly least: number; readonly most: number; readonly longest: number },
): Match[] {
  const range = mask.frameRange();
  if (!range) return [];
  if (range[1] - range[0] > longest)
    throw new UnbraidError('too-large', 'The selection is too long to look for something like it', {
      hint: 'Select one hit or one note.',
    });
  const reader = new PcmReader(ref);
  try {
    const frames = Math.floor(ref.frames / maskGrid.hop) + 1;
    const powers = new PowerReader(samplesOf(reader), ref.channels, maskGrid);
    const finder = new PatchFinder(mask, frames);
    finder.setFloor(powers.powers(range[0], range[1] - range[0]));
    for (const { start, end } of blocks({ start: 0, end: frames, low: 0, high: mask.bins }))
      finder.add(start, powers.powers(start, end - start));
    return finder.matches(least, most);
  } finally {
    reader.dispose();
  }
}

/** The beats of a track, heard in mono, some seconds at a time. Throws `no-beat`. */
export function beatsOf(ref: PcmCacheRef, onShare: (share: number) => void): FoundBeats {
  const reader = new PcmReader(ref);
  try {
    let channel = new Float32Array();
    const read: ReadMono = (start, into) => {
      if (channel.length !== into.length) channel = new Float32Array(into.length);
      into.fill(0);
      for (let c = 0; c < ref.channels; c++) {
        reader.readChannel(c, start, into.length, channel);
        for (let i = 0; i < into.length; i++) into[i] += channel[i] / ref.channels;
      }
    };
    return findBeats(read, ref.frames, ref.sampleRate, onShare);
  } finally {
    reader.dispose();
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
export function renderPart(ref: PcmCacheRef, mask: TileMask, how: EditPart, dir: string): RenderedPart {
  const range = partRange(mask, how, ref.frames);
  if (!range) throw nothingThere();
  const { channels, sampleRate, frames } = ref;
  const made = { dir, channels, sampleRate, frames };
  silentCache(dir, made);
  const scope = new Scope();
  try {
    const source = scope.add(new PcmReader(ref));
    const writer = scope.add(new PcmWriter(dir, channels, sampleRate));
    const back = scope.add(new PcmReader(made));
    // A searched phase depends on its pieces: they are those of an edit.
    const longest = how.phase ? undefined : blockFrames;
    for (const piece of partPieces(samplesOf(source), channels, mask, how, { length: frames, longest })) {
      const from = Math.max(piece.start, range.start);
      const count = Math.min(piece.start + piece.planes[0].length, range.start + range.count) - from;
      if (count <= 0) continue;
      // Neighbouring pieces overlap and add up.
      const sum = piece.planes.map((plane, channel) => {
        const old = new Float32Array(count);
        back.readChannel(channel, from, count, old);
        return old.map((value, i) => value + plane[from - piece.start + i]);
      });
      writer.writeAt(from, sum, count);
    }
    return { ...range, peak: new BlockPeaks(made).peak };
  } finally {
    void scope.dispose();
  }
}

function nothingThere(): UnbraidError {
  return new UnbraidError('invalid-argument', 'The selection covers nothing of the song', {
    hint: 'Paint or select something first.',
  });
}
