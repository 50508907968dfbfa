import { UnbraidError } from '../../../common/base/errors.js';
import type { Frames, Hertz } from '../../../common/base/units.js';
import { verdictOf, type Reading, type ReadingNote } from '../../../common/jobs/reading.js';
import type { InputFile } from '../input.js';
import { describe, type AudioFacts } from '../probe.js';
import { ChainDecoder } from './chain-decoder.js';
import { lateStart, lengthClaim, type LengthClaim } from './claim.js';
import { flacStreamInfo, type StreamInfo } from './flac-digest.js';
import type { SampleSource } from './sample-source.js';

/** A decode shorter than a rough statement of length by more than this is cut. */
const roughSeconds = 0.1;
/** +24 dBFS: no mastering and no lossy codec of one gets there; noise read as music does. */
const highestPeak = 10 ** (24 / 20);
/** +300 dBFS: floats beyond it overflow float32 once they are squared, as every spectrum is. */
const highestFloat = 10 ** (300 / 20);
/** Below this a float32 is denormal: integers read as floating point look so. */
const smallestNormal = 2 ** -126;

/** Compares what a file claims with what a source that has ended delivered. */
export function vouchFor(input: InputFile, track: number, source: SampleSource): Reading {
  const { survey } = input;
  const stream = survey.pcm ? null : input.track(track);
  const info = stream && flacStreamInfo(stream);
  const claim = survey.ogg && survey.ogg.links.length > 1 ? chainClaim() : lengthClaim(input, stream);
  const facts = describe(input, track);
  const { rate, channels } = source.shape ?? { rate: facts.sampleRate, channels: facts.channels };
  const late = stream ? Math.round(lateStart(input, stream) * rate) : 0;
  const frames = source.frames - late;
  const missing = missingFrames(claim, frames, rate);
  const beyond = claim.frames === null ? 0 : Math.max(0, frames - claim.frames);
  const checksum = compare(source, info, claim, frames);
  const notes = [
    ...survey.notes,
    ...structureNotes(input),
    ...(source instanceof ChainDecoder ? source.notes : []),
    ...lengthNotes(input, claim, { frames, missing, beyond, rate }),
    ...faultNotes(source, rate, checksum),
    ...(late > 0 ? [lateNote(late / rate)] : []),
  ];
  return {
    verdict: verdictOf(notes),
    claim: {
      frames: claim.frames,
      basis: claim.basis,
      priming: claim.priming,
      padding: claim.padding,
      sampleRate: facts.sampleRate,
      channels: facts.channels,
      bitDepth: facts.bitDepth,
      checksums: info?.md5 ? 'whole' : hasFrameChecksums(facts) ? 'frames' : 'none',
    },
    decoded: { frames: source.frames, sampleRate: rate, channels },
    checksum,
    missingFrames: missing,
    beyondFrames: beyond,
    silencedFrames: source.faults.silenced,
    before: survey.before,
    after: survey.after,
    notes,
  };
}

function chainClaim(): LengthClaim {
  return { frames: null, seconds: null, basis: 'none', priming: null, padding: null, tolerance: 0 };
}

/** Codecs and containers whose frames or pages carry checksums that are compared. */
function hasFrameChecksums({ container, codec }: AudioFacts): boolean {
  return container === 'ogg' || ['flac', 'wavpack', 'tta', 'ape', 'tak', 'mlp', 'truehd'].includes(codec);
}

function missingFrames(claim: LengthClaim, frames: Frames, rate: Hertz): Frames {
  if (claim.frames !== null) {
    const short = claim.frames - frames;
    return short > claim.tolerance ? short : 0;
  }
  if (claim.basis !== 'rough' || claim.seconds === null) return 0;
  const tolerance = claim.tolerance > 0 ? claim.tolerance : roughSeconds * rate;
  const short = Math.round(claim.seconds * rate) - frames;
  return short > tolerance ? short : 0;
}

function compare(
  source: SampleSource,
  info: StreamInfo | null,
  claim: LengthClaim,
  frames: Frames,
): Reading['checksum'] {
  const digest = info?.md5 ? source.digest : undefined;
  if (digest === undefined) return 'none';
  if (digest === info?.md5) return 'matches';
  // A container may cut a FLAC stream on purpose; then its checksum is about more than what is played.
  return claim.frames !== null && frames < claim.frames ? 'none' : 'differs';
}

function structureNotes({ survey: { ogg } }: InputFile): ReadingNote[] {
  if (!ogg) return [];
  const notes: ReadingNote[] = [];
  if (ogg.links.length > 1) {
    const text = `The file is a chain of ${ogg.links.length} parts, which were joined`;
    notes.push({ code: 'chained', kind: 'remark', text });
  }
  if (ogg.lostPages > 0) {
    const text = `The file is damaged or cut: ${ogg.lostPages} pages are missing within it`;
    notes.push({ code: 'pages-lost', kind: 'fault', text });
  }
  if (ogg.junkBytes > 0) {
    const text = `${ogg.junkBytes} bytes between the pages are not audio and were skipped`;
    notes.push({ code: 'junk-before', kind: 'repair', text });
  }
  if (ogg.isCut)
    notes.push({
      code: 'cut-at-end',
      kind: 'fault',
      text: 'The file is damaged or cut: it ends within a page',
    });
  else if (!ogg.hasEndMark)
    notes.push({
      code: 'no-end-mark',
      kind: 'remark',
      text: 'The last page does not say that it is the last',
    });
  return notes;
}

/** A length in words: seconds where two of them differ in print, samples too where they do not. */
function ofLengths(read: Frames, claimed: Frames, rate: Hertz): string {
  const [a, b] = [read, claimed].map((frames) => (frames / rate).toFixed(2));
  return a === b ? `${read} of ${claimed} samples` : `${a} of ${b} s`;
}

function lengthNotes(
  { survey }: InputFile,
  claim: LengthClaim,
  { frames, missing, beyond, rate }: { frames: Frames; missing: Frames; beyond: Frames; rate: Hertz },
): ReadingNote[] {
  if (missing > 0) {
    const text = `The file is damaged or cut: ${ofLengths(frames, frames + missing, rate)} were read; ${missing} samples are missing`;
    return [{ code: 'samples-missing', kind: 'fault', text }];
  }
  // Only where the format's own rules make the header's word final is more than that worth a word.
  const isHeld = survey.pcm !== null || claim.basis === 'exact';
  if (beyond === 0 || !isHeld) return [];
  const text = `The audio goes on for ${(beyond / rate).toFixed(2)} s (${beyond} samples) beyond what the header claims; it was read to its end`;
  return [{ code: 'beyond-claim', kind: 'repair', text }];
}

function faultNotes(source: SampleSource, rate: Hertz, checksum: Reading['checksum']): ReadingNote[] {
  const notes: ReadingNote[] = [];
  const { errors, silenced, cutAtEnd } = source.faults;
  if (errors > 0) {
    const quiet = silenced > 0 ? `; ${(silenced / rate).toFixed(3)} s are silence now` : '';
    const text = `The file is damaged or cut: ${errors} part${errors === 1 ? '' : 's'} could not be decoded${quiet}`;
    notes.push({ code: 'decode-errors', kind: 'fault', text });
  }
  if (cutAtEnd)
    notes.push({
      code: 'cut-at-end',
      kind: 'fault',
      text: 'The file is damaged or cut: its last frame is not all there',
    });
  if (checksum === 'differs') {
    const text = 'The file is damaged or cut: the samples do not match the checksum that it carries';
    notes.push({ code: 'checksum-differs', kind: 'fault', text });
  }
  if (source.shapeChanges > 0) {
    const text = `The sample rate or channel count changes within the file; everything was converted to ${rate} Hz, as it begins`;
    notes.push({ code: 'shape-changed', kind: 'repair', text });
  }
  if (source.stats.nonFinite > 0) {
    const text = `${source.stats.nonFinite} samples were not finite numbers and were replaced by silence`;
    notes.push({ code: 'not-finite', kind: 'fault', text });
  }
  return notes;
}

function lateNote(seconds: number): ReadingNote {
  const text = `The sound starts ${seconds.toFixed(3)} s after the picture; silence was put before it`;
  return { code: 'sound-starts-late', kind: 'repair', text };
}

/**
 * Refuses what no recording decodes to: it is noise read as sound.
 *
 * @throws damaged-audio
 */
export function refuseImpossible(input: InputFile, track: number, source: SampleSource): void {
  const { sampleKind, codec, sampleRate, channels } = describe(input, track);
  const { peak } = source.stats;
  const reasons: string[] = [];
  if (peak > (sampleKind === 'float' ? highestFloat : highestPeak))
    reasons.push(`it decodes to a level of +${(20 * Math.log10(peak)).toFixed(0)} dBFS`);
  if (peak > 0 && peak < smallestNormal)
    reasons.push('it decodes to nothing but numbers too small to be sound');
  const { shape } = source;
  // AAC states half the rate, or one channel, where its extensions (SBR, PS) give the rest.
  const differs = shape && (shape.rate !== sampleRate || shape.channels !== channels);
  if (differs && codec !== 'aac' && source.shapeChanges === 0 && !(source instanceof ChainDecoder))
    reasons.push(
      `it decodes to ${shape.channels} channels at ${shape.rate} Hz where it states ${channels} at ${sampleRate} Hz`,
    );
  if (reasons.length === 0) return;
  throw new UnbraidError('damaged-audio', `The file cannot be sound: ${reasons.join(', and ')}`, {
    file: input.path,
    hint: 'Get a fresh copy of the file, or convert it with the program it comes from.',
  });
}
