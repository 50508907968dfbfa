import type { WireError } from '../base/errors.js';

/**
 * What became of a file: as written; `retagged`: other bytes, the same samples; `moved`: under another name;
 * `changed`: other samples; `damaged`: it no longer reads as what it was.
 */
export type FileVerdict = 'unchanged' | 'retagged' | 'moved' | 'changed' | 'damaged' | 'missing';

export interface VerifiedFile {
  /** As the sidecar names it. */
  readonly file: string;
  readonly verdict: FileVerdict;
  /** Where a moved file is now, or what is wrong with a damaged one. */
  readonly note: string | null;
}

/** The source that was compared with: `same` bytes, the same samples in another file, other samples, or none. */
export type SourceVerdict = 'same' | 'same-sound' | 'other' | 'damaged' | 'not-given';

/**
 * `proved`: measured again, and the figure is as good as when the files were written. `unchanged`: every file is as
 * written, so the figure of then holds; it was not measured, because the source was not there or stems were left out.
 * `broken`: they no longer add up, or it cannot be told. `refused`: the sidecar cannot be read or trusted.
 */
export type SetVerdict = 'proved' | 'unchanged' | 'broken' | 'refused';

export interface VerifiedSet {
  readonly sidecar: string;
  readonly verdict: SetVerdict;
  /** Name of the song. */
  readonly source: string | null;
  readonly sourceVerdict: SourceVerdict;
  readonly files: readonly VerifiedFile[];
  /** Null test when written: of the stems before writing, and of the files. dB, −999 for an exact sum. */
  readonly engineDb: number | null;
  readonly writtenDb: number | null;
  /** Of the files as they are now; null where it could not be measured. */
  readonly measuredDb: number | null;
  readonly lossless: boolean;
  readonly error: WireError | null;
}

export interface VerifyReport {
  readonly sets: readonly VerifiedSet[];
  /** Audio files in the folders of sets that belong to none. */
  readonly extra: readonly string[];
  readonly summary: Readonly<Record<SetVerdict, number>>;
}

export function summariseSets(sets: readonly VerifiedSet[]): VerifyReport['summary'] {
  const of = (verdict: SetVerdict): number => sets.filter((set) => set.verdict === verdict).length;
  return { proved: of('proved'), unchanged: of('unchanged'), broken: of('broken'), refused: of('refused') };
}
