import { UnbraidError } from '../../../common/base/errors.js';
import type { ExtraBytes, ReadingNote } from '../../../common/jobs/reading.js';
import { FileBytes } from '../../files/file-bytes.js';
import { readAiff } from './aiff.js';
import { readAu, readCaf } from './caf-au.js';
import { knownCause } from './causes.js';
import { lastFrameEnd, mpegFrame, mpegStart } from './mpeg.js';
import { oggChain, type OggChain } from './ogg.js';
import type { PcmLayout } from './pcm-layout.js';
import { readWav, wavVariant } from './riff.js';
import { syncSafe, tailOf, zerosKept } from './tail.js';
import type { WavFormat } from './wav-format.js';

/** Bytes `[start, end)` of a file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What the bytes of a file show before any decoder sees them. */
export interface Survey {
  readonly path: string;
  readonly size: number;
  /** The first bytes of the container. */
  readonly head: Buffer;
  /** What is handed to FFmpeg: the container without what stands before and after it. */
  readonly span: Span;
  readonly before: readonly ExtraBytes[];
  readonly after: readonly ExtraBytes[];
  readonly notes: readonly ReadingNote[];
  /** Uncompressed samples, which are read without FFmpeg. */
  readonly pcm: PcmLayout | null;
  /** The format of a WAV of compressed samples, and how many it claims. */
  readonly wav: { readonly format: WavFormat; readonly factFrames: number | null } | null;
  readonly ogg: OggChain | null;
  /** Whether it begins with a frame of MPEG audio that others follow. */
  readonly isMpeg: boolean;
  /** Tags at the front that FFmpeg does not see, because the container starts behind them. */
  readonly hiddenTag: Span | null;
}

const headBytes = 2048;
const mostTags = 8;
/** Containers whose readers skip an ID3 tag by themselves and take its content. */
const readsId3 = new Set(['mpeg']);

/**
 * Looks at a file's structure: tags before and after, chunks, pages; a few small reads.
 *
 * @throws file-not-found, permission-denied, not-audio, no-audio-stream, damaged-audio, unsupported-format
 */
export function surveyFile(path: string): Survey {
  const file = FileBytes.open(path);
  try {
    return survey(file);
  } finally {
    file.dispose();
  }
}

function survey(file: FileBytes): Survey {
  const { path, size } = file;
  const front = tagsBefore(file);
  const head = file.read(front.end, headBytes);
  const cause = knownCause(head, path);
  if (cause) throw cause;
  const base = { path, size, head, pcm: null, wav: null, ogg: null, isMpeg: false };
  const start = front.end;
  if (start > 0 && (start >= size || tailOf(file, start, size, 0).end <= start))
    throw new UnbraidError('no-audio-stream', 'The file holds tags but no audio', { file: path });
  const chunked = chunkedSurvey(file, start, head);
  if (chunked) {
    const { span, after, notes } = chunked;
    return {
      ...base,
      ...hidden(front, start, 'chunks'),
      ...chunked,
      span,
      after,
      notes: [...front.notes, ...notes],
    };
  }
  const tail = tailOf(file, start);
  if (head.toString('latin1', 0, 4) === 'OggS') {
    const ogg = oggChain(file, start, tail.end);
    const left = tail.end - ogg.end;
    const junk = !ogg.isCut && left > 0 ? [{ what: 'unknown data', bytes: left }] : [];
    const span = { start, end: ogg.isCut ? tail.end : ogg.end };
    return {
      ...base,
      ...hidden(front, start, 'ogg'),
      span,
      after: [...junk, ...tail.after],
      notes: front.notes,
      ogg,
    };
  }
  const kind = mpegFrame(head, 0, 0) || (front.end > 0 && !knownContainer(head)) ? 'mpeg' : 'other';
  const found = kind === 'mpeg' ? mpegStart(file, 0, start) : null;
  const real = found ?? start;
  const notes = [...front.notes];
  if (real !== start) notes.push(junkNote(real - start));
  const hasZeros = kind === 'mpeg' && tail.after[0]?.what === 'zeros';
  const end = hasZeros ? lastFrameEnd(file, real, tail.end - zerosKept) : tail.end;
  return {
    ...base,
    ...hidden(front, real, kind),
    span: { start: real === front.end && readsId3.has(kind) ? 0 : real, end },
    after: tail.after,
    notes,
    isMpeg: found !== null,
  };
}

/** What a survey adds for an MPEG stream that FFmpeg found behind bytes that are not a tag. */
export function withMpegStart(survey: Survey): Survey {
  const file = FileBytes.open(survey.path);
  try {
    const real = mpegStart(file, survey.span.start, survey.span.start);
    if (real === null || real === survey.span.start) return survey;
    const notes = [...survey.notes, junkNote(real - survey.span.start)];
    return { ...survey, span: { start: real, end: survey.span.end }, notes };
  } finally {
    file.dispose();
  }
}

function junkNote(bytes: number): ReadingNote {
  const text =
    bytes > 0
      ? `${bytes} bytes before the first frame are not audio and were skipped`
      : `The tag at the front claims ${-bytes} bytes too many; the audio begins within them`;
  return { code: 'junk-before', kind: 'repair', text };
}

interface Front {
  readonly end: number;
  readonly before: ExtraBytes[];
  readonly notes: ReadingNote[];
}

/** ID3v2 and APE tags at the front, one behind the other. */
function tagsBefore(file: FileBytes): Front {
  const before: ExtraBytes[] = [];
  let at = 0;
  for (let i = 0; i < mostTags; i++) {
    const head = file.read(at, 32);
    let bytes = 0;
    if (head.length >= 10 && head.toString('latin1', 0, 3) === 'ID3' && head[3] < 0xff && head[6] < 128)
      bytes = 10 + syncSafe(head, 6) + ((head[5] & 16) !== 0 ? 10 : 0);
    else if (head.length === 32 && head.toString('latin1', 0, 8) === 'APETAGEX')
      bytes = 32 + head.readUInt32LE(12);
    if (bytes === 0) break;
    before.push({ what: head[0] === 0x49 ? 'ID3v2 tag' : 'APE tag', bytes });
    at += bytes;
  }
  return { end: Math.min(at, file.size), before, notes: [] };
}

function hidden(front: Front, start: number, kind: string): Pick<Survey, 'before' | 'hiddenTag'> {
  const isHidden = front.end > 0 && !(readsId3.has(kind) && start === front.end);
  return { before: front.before, hiddenTag: isHidden ? { start: 0, end: front.end } : null };
}

function knownContainer(head: Buffer): boolean {
  const text = head.toString('latin1', 0, 12);
  return (
    /^(RIFF|RIFX|RF64|BW64|riff|FORM|caff|fLaC|OggS|wvpk|MAC |TTA|tBaK|MPCK|MP\+|\.snd|DSD |FRM8|.E\xdf\xa3|0&\xb2u|ADIF)/.test(
      text,
    ) ||
    /^....(ftyp|moov|mdat|wide|free|skip)/s.test(text) ||
    (head[0] === 0xff && (head[1] & 0xf6) === 0xf0)
  );
}

/** The structure of WAV, AIFF, CAF and AU files; null for any other. */
function chunkedSurvey(
  file: FileBytes,
  start: number,
  head: Buffer,
): (Pick<Survey, 'span' | 'after' | 'notes' | 'pcm'> & { wav: Survey['wav'] }) | null {
  const variant = wavVariant(head);
  if (variant) {
    const { pcm, end, after, format, factFrames } = readWav(file, start, variant);
    const wav = pcm ? null : { format, factFrames };
    return { span: { start, end }, after, notes: pcm?.notes ?? [], pcm, wav };
  }
  const text = head.toString('latin1', 0, 12);
  const pcm =
    text.startsWith('FORM') && /AIF[FC]$/.test(text)
      ? readAiff(file, start)
      : text.startsWith('caff')
        ? readCaf(file, start)
        : text.startsWith('.snd')
          ? readAu(file, start)
          : null;
  return pcm && { span: { start, end: pcm.end }, after: pcm.after, notes: pcm.notes, pcm, wav: null };
}
