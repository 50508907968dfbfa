import { AVMEDIA_TYPE_VIDEO, AV_DISPOSITION_ATTACHED_PIC, AV_NOPTS_VALUE } from 'node-av/constants';
import { avGetCodecName, type Stream } from 'node-av/lib';
import type { Frames, Seconds } from '../../../common/base/units.js';
import { FileBytes } from '../../files/file-bytes.js';
import { durationTrust } from '../input-formats.js';
import type { InputFile } from '../input.js';
import { flacStreamInfo } from './flac-digest.js';
import { itunesGapless } from './mp4.js';
import { mpegFrame, xingNote, type XingNote } from './mpeg.js';

/** How long a file says that a track is. */
export interface LengthClaim {
  /** Where it is exact; null elsewhere. */
  readonly frames: Frames | null;
  readonly seconds: Seconds | null;
  readonly basis: 'exact' | 'rough' | 'none';
  readonly priming: Frames | null;
  readonly padding: Frames | null;
  /** Frames that an exact decode may fall short: where the container counts in coarser units. */
  readonly tolerance: Frames;
}

const none = { frames: null, seconds: null, priming: null, padding: null, tolerance: 0 };

/** What the file says about the length of a track. */
export function lengthClaim(input: InputFile, stream: Stream | null): LengthClaim {
  const { pcm, wav } = input.survey;
  if (pcm) {
    const frames = pcm.claimedFrames;
    const seconds = frames === null ? null : frames / pcm.sampleRate;
    return { ...none, frames, seconds, basis: frames === null ? 'none' : 'exact', priming: 0, padding: 0 };
  }
  if (!stream) return { ...none, basis: 'none' };
  const { sampleRate } = stream.codecpar;
  const info = flacStreamInfo(stream);
  if (info && info.frames > 0 && input.container !== 'mov') return exact(info.frames, sampleRate);
  if (wav?.factFrames) return { ...exact(wav.factFrames, sampleRate), basis: 'rough', frames: null };
  if (input.container === 'mp3') return mp3Claim(input, sampleRate);
  const gapless = input.container === 'mov' ? itunesGapless(input.metadata['iTunSMPB']) : null;
  const stated = statedTicks(input, stream);
  // FFmpeg takes the priming from iTunes' note, but not the padding.
  if (gapless) {
    const { priming, padding, frames } = gapless;
    return { ...exact(frames, sampleRate), priming, padding };
  }
  if (stated === null) {
    const whole = Number(input.format?.duration ?? 0n) / 1e6;
    const alone = input.format?.nbStreams === 1 && durationTrust(input.container) !== 'none';
    return { ...none, seconds: whole > 0 ? whole : null, basis: alone && whole > 0 ? 'rough' : 'none' };
  }
  const basis = durationTrust(input.container);
  if (basis !== 'exact') return { ...exact(stated, sampleRate), frames: null, basis };
  return { ...exact(stated, sampleRate), tolerance: coarse(input, stream) };
}

function exact(frames: Frames, rate: number): LengthClaim {
  return { ...none, frames, seconds: frames / rate, basis: 'exact' };
}

/** The stream's duration in frames of its rate. */
function statedTicks(input: InputFile, stream: Stream): Frames | null {
  const { codecpar, timeBase, duration } = stream;
  if (duration === AV_NOPTS_VALUE || duration <= 0n) return null;
  const ticks = (Number(duration) * timeBase.num) / timeBase.den;
  // An Opus stream in Ogg counts its pre-skip (RFC 7845, 4.2).
  const isOpus = avGetCodecName(codecpar.codecId) === 'opus' && input.container === 'ogg';
  return Math.max(0, Math.round(ticks * codecpar.sampleRate) - (isOpus ? codecpar.initialPadding : 0));
}

/** An MP4 edit list counts in units of the movie, usually 1/1000 s; a decode may come out that much shorter. */
function coarse(input: InputFile, { codecpar }: Stream): Frames {
  return input.container === 'mov' ? Math.ceil(codecpar.sampleRate / 600) : 0;
}

function mp3Claim(input: InputFile, rate: number): LengthClaim {
  const note = firstXing(input);
  if (!note || note.frames === null)
    return { ...none, basis: 'none', seconds: input.format ? Number(input.format.duration) / 1e6 : null };
  const whole = note.frames * note.samplesPerFrame;
  if (!note.gapless) {
    // Some writers count the note's own frame.
    return { ...exact(whole, rate), basis: 'rough', frames: null, tolerance: note.samplesPerFrame };
  }
  const { priming, padding } = note.gapless;
  return { ...exact(Math.max(0, whole - priming - padding), rate), priming, padding };
}

function firstXing(input: InputFile): XingNote | null {
  const { span, before, path } = input.survey;
  const file = FileBytes.open(path);
  try {
    const at = span.start > 0 ? span.start : before.reduce((sum, { bytes }) => sum + bytes, 0);
    return mpegFrame(file.read(at, 4), 0, at) && xingNote(file, at);
  } finally {
    file.dispose();
  }
}

/** Longer offsets are a recorder's clock, not silence. */
const longestOffset = 3600;
/** Shorter ones are the rounding of time stamps. */
const shortestOffset = 0.001;

/** Seconds by which the sound of a video starts after its picture; 0 for what has no picture, or starts with it. */
export function lateStart(input: InputFile, stream: Stream): Seconds {
  const picture = input.format?.streams.find(
    ({ codecpar, disposition }) =>
      codecpar.codecType === AVMEDIA_TYPE_VIDEO && (disposition & AV_DISPOSITION_ATTACHED_PIC) === 0,
  );
  if (!picture || stream.startTime === AV_NOPTS_VALUE) return 0;
  const seconds = ({ startTime, timeBase }: Stream): Seconds =>
    startTime === AV_NOPTS_VALUE ? 0 : (Number(startTime) * timeBase.num) / timeBase.den;
  const offset = seconds(stream) - seconds(picture);
  return offset >= shortestOffset && offset <= longestOffset ? offset : 0;
}
