import { UnbraidError } from '../../common/base/errors.js';
import type { Recognition } from '../../common/contract/recognition.js';
import { parseManifest, type ModelManifest } from '../../common/separation/manifest.js';
import { complementName } from '../../common/separation/conservation.js';
import type { OnnxFacts, OnnxValue } from './onnx-facts.js';
import { knownFiles } from './known-files.js';
import { mdxTable, type MdxRow } from './mdx-table.js';
import { familyOf, type Family } from './recognise-families.js';
import { Form, stemName, type Answers } from './recognise-form.js';

export interface RecogniseOptions {
  readonly answers?: Answers;
  /** What a catalogue knows beside the files. */
  readonly hints?: {
    readonly id?: string;
    readonly name?: string;
    readonly stems?: readonly string[];
    readonly licence?: string;
  };
  /** Ids that are taken. */
  readonly ids?: ReadonlySet<string>;
  /** Hashes of files with weights beside the graphs, by name. */
  readonly external?: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

export type Recognised =
  | (Extract<Recognition, { state: 'ready' }> & {
      readonly manifest: ModelManifest;
      readonly json: Readonly<Record<string, unknown>>;
    })
  | Extract<Recognition, { state: 'questions' }>;

/**
 * Says how files are to be run: by their hashes where these are known, else by the form of their graphs. Several files
 * are one model, with a stem (or more) each. What is ambiguous comes back as questions, with the answers that fit.
 * Throws `model-incompatible` for forms that no family has, `invalid-argument` for answers that cannot be.
 */
export function recognise(files: readonly OnnxFacts[], options: RecogniseOptions = {}): Recognised {
  const [first] = files;
  const { answers = {}, hints = {}, external = {} } = options;
  const form = new Form(answers, first.metadata);
  const known = knownFiles[first.sha256];
  const row = mdxTable.find(([md5]) => md5 === first.md5Tail);
  const family = familyOf(first, form);
  if (family === null) throw foreignForm(first);
  if (family === 'asked') return questionsOf(first, null, form);
  checkAlike(files);
  const told = answers['name'] ?? hints.name ?? known?.name ?? row?.[6];
  const name = told ?? nameOfFiles(files, family.preset);
  const stems = hints.stems ?? known?.stems;
  const parts = family.preset === 'mdx-net' ? mdxParts(first, form, row) : family.parts(form);
  const named =
    files.length > 1 ? setStems(files, family, form, stems) : oneFile(files[0], family, form, stems, row);
  const sampleRate = form.optional('sampleRate', positive, 'a rate in Hz, like 44100');
  const compensate = form.optional('compensate', gain, 'a gain, like 1.035') ?? row?.[4];
  const overlap = form.optional('overlap', share, 'a share of the segment from 0 to 0.95');
  form.optional('name', String, '');
  const residual = form.optional('residual', stemName, 'the name of a stem');
  form.finish();
  if (form.questions.length > 0 || !parts || !named) return questionsOf(first, family.preset, form);
  checkTogether(family, named);
  const graphs = named.map(({ facts, stems: own, use, outputs }) => ({
    ...{ file: facts.name, bytes: facts.bytes, sha256: facts.sha256, stems: own },
    ...(use && { use }),
    ...(facts.external.size > 0 && { externalData: externalOf(facts, external) }),
    ...{ inputs: parts.inputs, outputs: outputs ?? parts.outputs },
  }));
  const order = [...new Set(named.flatMap(({ use, stems: own }) => use ?? own))];
  const licence = hints.licence ?? known?.licence ?? 'unknown';
  const id = hints.id ?? freeId(stemName(name) || 'model', options.ids ?? new Set());
  const json = {
    ...{ schema: 'unbraid-model/2', preset: family.preset, id, name, description: describe(family) },
    license: { weights: licence, redistributable: false, note: 'Added from a file; see who made it.' },
    ...(sampleRate !== undefined && { audio: { sampleRate } }),
    ...(parts.audio && { audio: { ...parts.audio, ...(sampleRate !== undefined && { sampleRate }) } }),
    ...(parts.stft && { stft: parts.stft }),
    // A filter between stems makes everything of the mixture out of one that stands alone.
    ...(family.preset === 'open-unmix' && named.length === 1 && { post: { wiener: aloneWiener } }),
    segment: { ...parts.segment, ...(overlap !== undefined && { overlap }) },
    graphs,
    stems: {
      ...{ order, residual: residual ?? residualOf(order) },
      ...(compensate !== undefined && { compensate }),
    },
    runtime: { cpuMemArena: false, approxRssMB: megabytesOf(files, external) },
  };
  const manifest = parseManifest(json);
  return {
    ...{ state: 'ready', manifest, json },
    model: {
      ...{ id, name, preset: family.preset, by: known || row ? 'hash' : 'form', licence },
      ...{ stems: order, residual: manifest.stems.residual },
      files: [
        ...new Set(graphs.flatMap((graph) => [graph.file, ...(graph.externalData ?? []).map((d) => d.name)])),
      ],
    },
  };
}

const aloneWiener = { iterations: 1, residual: true };

/** Spleeter's estimates become masks by their shares: one alone would be the whole mixture. */
function checkTogether({ preset }: Family, graphs: readonly NamedGraph[]): void {
  if (preset !== 'spleeter' || graphs.length > 1) return;
  throw new UnbraidError(
    'model-incompatible',
    'One Spleeter file alone cannot be used: its stem is a share of the sum of all',
    {
      file: graphs[0].facts.path,
      hint: 'Add the files of all its stems together.',
    },
  );
}

/** A guess at what a process needs, from above: weights, and what lies between layers. It limits the processes. */
function megabytesOf(
  files: readonly OnnxFacts[],
  external: NonNullable<RecogniseOptions['external']>,
): number {
  const weights = [...files, ...Object.values(external)].reduce((sum, { bytes }) => sum + bytes, 0);
  const values = [...files[0].inputs, ...files[0].outputs].map(({ dims }) =>
    dims.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 4),
  );
  return Math.ceil((4 * weights + 40 * values.reduce((a, b) => a + b, 0)) / 2 ** 20) + 200;
}

/** One graph of a model: the file, the stems of its axis, those of them that are taken. */
interface NamedGraph {
  readonly facts: OnnxFacts;
  readonly stems: readonly string[];
  readonly use?: readonly string[];
  readonly outputs?: readonly object[];
}

const fourStems = ['drums', 'bass', 'other', 'vocals'];
const usualStems: readonly (readonly string[])[] = [
  ['vocals'],
  ['accompaniment'],
  ['drums'],
  ['bass'],
  ['other'],
  ['vocals', 'accompaniment'],
  fourStems,
  ['vocals', 'drums', 'bass', 'other'],
  ['vocals', 'piano', 'drums', 'bass', 'other'],
  [...fourStems, 'guitar', 'piano'],
  ['bass', 'drums', 'other', 'vocals', 'guitar', 'piano'],
];

function oneFile(
  facts: OnnxFacts,
  family: Family,
  form: Form,
  stems: readonly string[] | undefined,
  row: MdxRow | undefined,
): readonly NamedGraph[] | null {
  const { count, split } = family;
  const known = stems?.length === count ? [stems] : row ? [[row[5]]] : [];
  const guessed = count === 1 ? [[stemOfName(facts.name)].flatMap((stem) => stem ?? [])] : family.order;
  const sure = known.length > 0 || (count > 1 && family.order.length > 0);
  const own = form.stems(count, [...known, ...guessed, ...usualStems], sure);
  if (!own) return null;
  // A file with an output for each stem is several graphs, which run one after the other.
  if (split) return own.map((stem, s) => ({ facts, stems: [stem], outputs: split[s] }));
  return [{ facts, stems: own }];
}

/** The file's own name; what several files have in common, or their family where that is too little. */
function nameOfFiles(files: readonly OnnxFacts[], family: string): string {
  const [first, ...others] = files.map(({ name }) => name.replace(/\.onnx$/i, ''));
  if (others.length === 0) return first;
  let end = first.length;
  while (!others.every((name) => name.startsWith(first.slice(0, end)))) end--;
  const common = first.slice(0, end).replace(/[-_. ]+$/, '');
  return common.length > 1 ? common : family;
}

/** A file for each stem: named by the file, or by its place. */
function setStems(
  files: readonly OnnxFacts[],
  family: Family,
  form: Form,
  hints: readonly string[] | undefined,
): readonly NamedGraph[] | null {
  const own = files.map(({ name, sha256 }) => knownFiles[sha256]?.stems[0] ?? stemOfName(name));
  const clear = own.every((stem) => stem !== null) && new Set(own).size === files.length;
  const usual = [clear ? own : [], hints ?? [], ...usualStems];
  const stems = form.stems(files.length, usual, clear);
  if (!stems) return null;
  if (family.count === 1) return files.map((facts, i) => ({ facts, stems: [stems[i]] }));
  // A set like htdemucs_ft: each estimates everything, and gives one stem.
  const all = family.order.find((order) => order.length === family.count) ?? stems;
  if (all.length !== family.count || stems.some((stem) => !all.includes(stem))) {
    throw new UnbraidError('model-incompatible', `Each of these files estimates ${family.count} stems`, {
      hint: `Name those that are taken, out of ${all.join(', ')}, with "stems".`,
    });
  }
  return files.map((facts, i) => ({ facts, stems: all, use: [stems[i]] }));
}

const words: readonly (readonly [RegExp, string])[] = [
  [/acc?ompaniment|instrumental|(^|[^a-z])inst([^a-z]|$)|karaoke/i, 'accompaniment'],
  [/vocal|voice|(^|[^a-z])voc([^a-z]|$)/i, 'vocals'],
  [/drum/i, 'drums'],
  [/bass/i, 'bass'],
  [/guitar/i, 'guitar'],
  [/piano/i, 'piano'],
  [/other/i, 'other'],
];

function stemOfName(name: string): string | null {
  return words.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

function residualOf(order: readonly string[]): string {
  if (order.length === 1) return order[0] === 'accompaniment' ? 'vocals' : complementName(order[0]);
  return (
    ['other', 'accompaniment', 'no-reverb'].find((stem) => order.includes(stem)) ?? order[order.length - 1]
  );
}

const transforms = [4096, 5120, 6144, 7680, 8192, 16384];

/** The parameters that no MDX-Net file says: by its hash, or asked, with those that its bins allow. */
function mdxParts(facts: OnnxFacts, form: Form, row: MdxRow | undefined): ReturnType<Family['parts']> {
  const [{ name, dims }] = facts.inputs;
  const [bins, frames] = dims.slice(2);
  if (typeof bins !== 'number' || typeof frames !== 'number') throw foreignForm(facts);
  if (row && (row[2] !== bins || row[3] !== frames)) {
    throw new UnbraidError(
      'model-incompatible',
      `The table of MDX-Net says ${row[2]} bins, the graph ${bins}`,
      {
        file: facts.path,
      },
    );
  }
  const likely = mdxTable.filter((one) => one[2] === bins).map((one) => one[1]);
  const rank = (n: number): number => likely.filter((one) => one === n).length;
  const choices = [...new Set([...likely, ...transforms.filter((n) => n >= 2 * bins)])];
  choices.sort((a, b) => rank(b) - rank(a) || a - b);
  const fits = (n: number): boolean => n >= 2 * bins && n % 16 === 0 && smooth(n) && 1024 * (frames - 1) > n;
  const nFft = row?.[1] ?? form.number('nFft', choices, fits);
  if (nFft === undefined) return null;
  return {
    stft: { nFft, bins: [0, bins] },
    segment: { length: 1024 * (frames - 1) },
    inputs: [{ name }],
    outputs: [{ name: facts.outputs[0].name }],
  };
}

/** Whether the transform can do it: factors 2, 3 and 5 only. */
function smooth(n: number): boolean {
  let rest = n;
  for (const factor of [2, 3, 5]) while (rest % factor === 0) rest /= factor;
  return rest === 1;
}

function positive(text: string): number | null {
  return /^\d{4,6}$/.test(text) ? Number(text) : null;
}

function gain(text: string): number | null {
  const value = Number(text);
  return value >= 1e-3 && value <= 1e3 ? value : null;
}

function share(text: string): number | null {
  const value = Number(text);
  return text !== '' && value >= 0 && value <= 0.95 ? value : null;
}

function externalOf(
  facts: OnnxFacts,
  external: NonNullable<RecogniseOptions['external']>,
): readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[] {
  return [...facts.external].map((name) => {
    const found = external[name];
    if (found) return { name, ...found };
    throw new UnbraidError('file-not-found', `"${facts.name}" has weights in "${name}", which is not here`, {
      file: facts.path,
      hint: 'Add both files together.',
    });
  });
}

/** Files of one model have the same inputs. */
function checkAlike(files: readonly OnnxFacts[]): void {
  const signature = (facts: OnnxFacts): string => JSON.stringify(facts.inputs.map(({ dims }) => dims));
  const other = files.find((facts) => signature(facts) !== signature(files[0]));
  if (!other) return;
  throw new UnbraidError(
    'model-incompatible',
    `"${other.name}" is of a different form than "${files[0].name}"`,
    {
      file: other.path,
      hint: 'Files that are added together are one model, with a stem each. Add others one by one.',
    },
  );
}

function freeId(wanted: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const id = n === 1 ? wanted : `${wanted}-${n}`;
    if (!taken.has(id)) return id;
  }
}

function describe({ preset }: Family): string {
  return `Added from a file; run as ${preset}`;
}

function questionsOf(facts: OnnxFacts, preset: string | null, form: Form): Recognised {
  return { state: 'questions', preset, form: formOf(facts), questions: form.questions };
}

const valueText = ({ name, dims }: OnnxValue): string => `${name} [${dims.join(', ')}]`;

function formOf({ inputs, outputs }: OnnxFacts): string {
  return `${inputs.map(valueText).join(', ')} → ${outputs.map(valueText).join(', ')}`;
}

function foreignForm(facts: OnnxFacts): UnbraidError {
  return new UnbraidError(
    'model-incompatible',
    `"${facts.name}" has the form of no family that Unbraid knows: ${formOf(facts)}`,
    { file: facts.path, hint: 'Write a manifest for it; `unbraid models schema` prints what it can say.' },
  );
}
