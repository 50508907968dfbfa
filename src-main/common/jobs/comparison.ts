import type { WireError } from '../base/errors.js';
import type { StemScores } from '../base/scores.js';
import { bandWarning, type Baseline } from './evaluation.js';
import { piecesOf, type StemParents } from './stem-pieces.js';

/** Files that the report can hold. */
export const clipFormats = ['opus', 'mp3', 'flac', 'wav'] as const;
export type ClipFormat = (typeof clipFormats)[number];

/** What is made of true stems unless something else is asked for. */
export const usualBaselines = [
  'mixture',
  'ibm',
  'irm2',
  'cirm',
  'misi',
] as const satisfies readonly Baseline[];

/** What the report of an open song has unless something else is chosen. */
export const sessionReport = {
  seconds: 10,
  baselines: ['mixture', 'irm2'],
} as const satisfies { readonly seconds: number; readonly baselines: readonly Baseline[] };

/** The id of the row with the stems that a song has already. */
export const ownStemsId = 'your-stems';

/** Seconds of a song that systems are compared on, at most. */
export const longestComparison = 600;

/** Stems of a system that together are compared with true stems, added up; without true stems, one stem. */
export interface ComparedStem {
  /** `vocals`, or `all but vocals`, or `other + vocals`; without true stems, the stem's own name. */
  readonly name: string;
  readonly stems: readonly string[];
  readonly truth: readonly string[];
}

export interface ComparedSystem {
  readonly id: string;
  readonly name: string;
  readonly kind: 'classic' | 'model' | 'ensemble' | 'chain' | 'reference' | 'own';
  readonly stems: readonly (ComparedStem & { readonly scores: StemScores | null })[];
  /** Seconds of work, and how much of the song was worked on: the clip and what surrounds it. Null for references. */
  readonly workSeconds: number | null;
  readonly heardSeconds: number | null;
  /** Most memory of the inference processes at any time, added up; null where it is not known. */
  readonly memoryBytes: number | null;
  /** What computed: `cpu`, `webgpu` … */
  readonly provider: string | null;
  /** Source minus the sum of all stems, dB relative to the source. */
  readonly nullDb: number | null;
  readonly error: WireError | null;
}

export interface ComparisonReport {
  /** Of the song. */
  readonly name: string;
  /** Seconds of the song. */
  readonly start: number;
  readonly seconds: number;
  readonly sampleRate: number;
  readonly channels: number;
  /** Names of the true stems; empty for a song alone. */
  readonly truth: readonly string[];
  readonly systems: readonly ComparedSystem[];
  readonly warnings: readonly string[];
  /** The page, and the figures as JSON. */
  readonly page: string;
  readonly figures: string;
}

/** Names of stems that are all but one true stem. */
const complements: Readonly<Record<string, string>> = {
  ...{ accompaniment: 'vocals', instrumental: 'vocals', sides: 'vocals' },
  harmonic: 'drums',
};
/** Names of stems that stand for a true stem of another name. */
const stand: Readonly<Record<string, string>> = { percussive: 'drums', centre: 'vocals' };
/** What is left when the others are taken out. */
const rests: readonly string[] = ['other', 'rest'];

/**
 * Which true stems a system's stems are compared with. A stem is compared with the true one of its name; the harmonic and
 * percussive parts, and the centre and the sides, with what they are used for; the pieces of a drum kit, added up, with
 * the drums. The rest (`other`, `rest`) is compared with all true stems that no other stem stands for, and takes the stems
 * that have no true one with it (a guitar, where the true guitar is in `other`). Without any match, the stems stand alone.
 *
 * @param stems of the system
 * @param truth names of the true stems, in lower case; what stands beside them for a sum (`accompaniment`) is left out
 * @param parents what a recipe has separated the system's stems from
 */
export function comparedStems(
  stems: readonly string[],
  truth: readonly string[],
  parents?: StemParents,
): ComparedStem[] {
  const alone = (name: string): ComparedStem => ({ name, stems: [name], truth: [] });
  const found = stems.map((stem): { stem: string; truth: readonly string[] } => {
    const name = stem.toLowerCase();
    const [of, but] = [truth.includes(name) ? name : (stand[name] ?? name), complements[name]];
    if (truth.includes(of) && name !== 'other') return { stem, truth: [of] };
    if (but !== undefined && truth.includes(but)) return { stem, truth: truth.filter((x) => x !== but) };
    return { stem, truth: [] };
  });
  const unmatched = found.filter((one) => one.truth.length === 0).map(({ stem }) => stem);
  const drums = truth.includes('drums') && !found.some((one) => one.truth.includes('drums'));
  const kit = drums ? piecesOf('drums', stems, parents).filter((stem) => unmatched.includes(stem)) : [];
  const others = unmatched.filter((stem) => !kit.includes(stem));
  const taken = new Set([...found.flatMap((one) => one.truth), ...(kit.length > 0 ? ['drums'] : [])]);
  const left = truth.filter((name) => !taken.has(name));
  // A part that stands for a true stem of another name (the centre) leaves all else to the others.
  const named = stems.some((stem) => truth.includes(stand[stem.toLowerCase()] ?? ''));
  // All stems against all true ones would be the song against itself.
  const everything = others.length === stems.length && stems.length > 1 && left.length === truth.length;
  const rest =
    !everything &&
    (named || others.some((stem) => rests.includes(stem.toLowerCase()))) &&
    left.length * others.length > 0;
  const matched = found
    .filter((one) => one.truth.length > 0)
    .map((one) => ({ name: truthName(one.truth, truth), stems: [one.stem], truth: one.truth }));
  if (kit.length > 0) matched.push({ name: 'drums', stems: kit, truth: ['drums'] });
  if (rest) return [...matched, { name: truthName(left, truth), stems: others, truth: left }];
  return [...matched, ...others.map(alone)];
}

function truthName(names: readonly string[], truth: readonly string[]): string {
  const missing = truth.filter((name) => !names.includes(name));
  if (names.length > 1 && missing.length === 1) return `all but ${missing[0]}`;
  return names.join(' + ');
}

/** The true stems of a set that has a sum beside them, too, as data sets do. */
export function withoutSums(names: readonly string[]): string[] {
  const single = names.filter((name) => complements[name] === undefined);
  return single.length > 1 ? single : [...names];
}

/** Stems whose true one has nothing above some frequency, and that frequency, Hz: their ISR, SIR and SAR are ill-conditioned. */
export function earlyBands(systems: readonly ComparedSystem[]): Map<string, number> {
  const stems = systems.flatMap((system) => system.stems);
  return new Map(
    stems.flatMap(({ name, scores }) =>
      typeof scores?.bandEnds === 'number' ? [[name, scores.bandEnds] as const] : [],
    ),
  );
}

/** The warnings that are not about early bands, which a page tells in its own words. */
export function otherWarnings({
  name,
  systems,
  warnings,
}: Pick<ComparisonReport, 'name' | 'systems' | 'warnings'>): string[] {
  const stems = systems.flatMap((system) => system.stems);
  const bands = new Set(
    stems.map(({ name: stem, scores }) => (scores ? bandWarning(stem, scores, name) : null)),
  );
  return warnings.filter((warning) => !bands.has(warning));
}

/** The stems of a comparison by name: true ones first, then what is made of several. */
export function comparedNames(systems: readonly ComparedSystem[]): string[] {
  const all = systems.flatMap(({ stems }) => stems);
  const single = (truth: readonly string[]): number => Number(truth.length !== 1);
  const sorted = [...all].sort((a, b) => single(a.truth) - single(b.truth));
  return [...new Set(sorted.map(({ name }) => name))];
}

/** One sound of the report, and its picture. */
export interface ReportClip {
  /** Id of the system; `true` for the true stems, and `mixture`. */
  readonly system: string;
  /** Name of the compared stem; null for the mixture. */
  readonly stem: string | null;
  /** Encoded sound, base64. */
  readonly sound: string;
  /** The factor that undoes what the level was lowered by, so that the sound does not clip. */
  readonly gain: number;
  /** A grey PNG as a data URL: levels from low (black) to high, rows from high to low frequencies. */
  readonly picture: string;
}

/** Everything that a report's page shows. */
export interface ReportData {
  readonly report: ComparisonReport;
  readonly clips: readonly ReportClip[];
  readonly version: string;
  /** The language the page begins in, one of `contract/languages`. */
  readonly language: string;
  /** Of the pictures: lowest and highest frequency, Hz, and the span of levels, dB. */
  readonly pictures: { readonly low: number; readonly high: number; readonly decibels: number };
}
