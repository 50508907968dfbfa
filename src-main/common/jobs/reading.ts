/**
 * How far a decode can be vouched for. `exact`: everything that the file states was met, to the sample where it states
 * a length. `repaired`: the file breaks its format's rules, and what was done about it is in the notes. `damaged`:
 * something is missing or wrong, and the notes say what. Files that cannot be read at all are typed errors.
 */
export type Verdict = 'exact' | 'repaired' | 'damaged';

/** What a note is about; programs match on these. */
export type NoteCode =
  // faults: the audio is not all there, or not as it was
  | 'samples-missing'
  | 'decode-errors'
  | 'checksum-differs'
  | 'pages-lost'
  | 'cut-at-end'
  | 'not-finite'
  // repairs: the file breaks a rule, the audio is all there
  | 'beyond-claim'
  | 'header-unfinished'
  | 'unpadded-chunk'
  | 'tag-before'
  | 'junk-before'
  | 'link-converted'
  | 'shape-changed'
  | 'sound-starts-late'
  | 'header-length-wrong'
  // remarks: nothing to repair
  | 'chained'
  | 'no-end-mark'
  | 'not-read-after'
  | 'low-aligned';

export interface ReadingNote {
  readonly code: NoteCode;
  readonly kind: 'fault' | 'repair' | 'remark';
  /** One sentence for people. */
  readonly text: string;
}

/** Bytes around the audio that hold none. */
export interface ExtraBytes {
  readonly what: string;
  readonly bytes: number;
}

/** What the file states about its audio. */
export interface ReadingClaim {
  /** Samples of one channel without priming and padding; null where the file states no exact length. */
  readonly frames: number | null;
  /** How far the format's statements of length go: to the sample, roughly, or not at all. */
  readonly basis: 'exact' | 'rough' | 'none';
  /** Samples before the first and after the last that belong to the encoder; null where the file does not say. */
  readonly priming: number | null;
  readonly padding: number | null;
  readonly sampleRate: number;
  readonly channels: number;
  /** Bits of one sample; null for lossy codecs. */
  readonly bitDepth: number | null;
  /** What the file carries to prove its content: nothing, a checksum in each frame, or one over all samples too. */
  readonly checksums: 'none' | 'frames' | 'whole';
}

/** What a file claims, what was decoded, and whether the two agree. */
export interface Reading {
  readonly verdict: Verdict;
  readonly claim: ReadingClaim;
  readonly decoded: { readonly frames: number; readonly sampleRate: number; readonly channels: number };
  /** The checksum over all samples, where the file has one. */
  readonly checksum: 'none' | 'matches' | 'differs';
  /** Samples of one channel that the file states and that are not there. */
  readonly missingFrames: number;
  /** Samples of one channel that were read although the header does not count them. */
  readonly beyondFrames: number;
  /** Samples of one channel that could not be decoded and are silence now, so that the rest keeps its place. */
  readonly silencedFrames: number;
  readonly before: readonly ExtraBytes[];
  readonly after: readonly ExtraBytes[];
  readonly notes: readonly ReadingNote[];
}

/** The verdict that a set of notes amounts to. */
export function verdictOf(notes: readonly ReadingNote[]): Verdict {
  if (notes.some((note) => note.kind === 'fault')) return 'damaged';
  return notes.some((note) => note.kind === 'repair') ? 'repaired' : 'exact';
}

/** The notes that a person should see without asking: faults and repairs. */
export function toldNotes(notes: readonly ReadingNote[]): string[] {
  return notes.filter((note) => note.kind !== 'remark').map((note) => note.text);
}
