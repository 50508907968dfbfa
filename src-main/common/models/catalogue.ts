import { z } from 'zod';
import { UnbraidError } from '../base/errors.js';
import { firstFault } from '../base/validation.js';

/**
 * A list of models that people can fetch or import: what they are, where they lie, what they score, and under which
 * licence, each with who said so. What is not known is null, and the page says "unknown".
 */
const text = z.string().min(1).max(2000);
const plainFile = z.string().regex(/^(?!\.)[^/\\\0:*?"<>|]{1,200}$/, 'a file name without folders');
const address = z
  .url()
  .max(2000)
  .refine((url) => /^https?:/.test(url), 'an http or https address');

/** Largest file a catalogue may name, bytes. */
export const largestFile = 16 * 2 ** 30;

const fileSchema = z.strictObject({
  name: plainFile,
  /** Null when nobody has published it; then the first download records it. */
  bytes: z.number().int().positive().max(largestFile).nullable(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex')
    .nullable(),
  /** Where the file itself lies, the first one first; none when no address of it is known. */
  urls: z.array(address).max(10).default([]),
  /** The addresses follow from those of files beside it; nobody has published them. */
  derived: z.boolean().default(false),
});

const scoreSchema = z.strictObject({
  /** The stem, or `mean` over all. */
  stem: text,
  measure: text,
  db: z.number().min(-100).max(200),
  /** The set of songs. */
  on: text,
  /** What exactly was measured, where it was not this very file. */
  of: text.optional(),
  who: text,
  where: text.nullable(),
});

/** What may be done with the weights, as far as somebody who may say so has said it. */
export const licenceUses = ['any', 'non-commercial', 'research', 'disputed', 'unknown'] as const;

const licenceSchema = z.strictObject({
  /** Its name, like "MIT"; "unknown" when nobody has stated one. */
  name: text,
  use: z.enum(licenceUses),
  who: text.nullable(),
  where: text.nullable(),
  note: text.optional(),
});

export const entrySchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'lower-case letters, digits, dots and dashes'),
  name: text,
  family: text,
  /** What the family's host code needs to know beside the file; free, and null where the file says enough. */
  preset: text.nullable().default(null),
  description: z.string().max(2000).default(''),
  stems: z.array(text).min(1).max(32),
  files: z.array(fileSchema).max(64),
  /** A page for people, where the files can be fetched by hand. */
  page: address.nullable().default(null),
  scores: z.array(scoreSchema).max(100).default([]),
  licence: licenceSchema,
  /** What the weights were trained on; null when nobody has said it. */
  trainedOn: text.nullable(),
  /** Why it cannot be used as it is: a checkpoint that must be converted, for example. */
  obstacle: text.nullable().default(null),
  /** How much of this entry was seen, and by whom. */
  note: z.string().max(2000).default(''),
  /** Offered before all others; one of a catalogue. */
  recommended: z.boolean().default(false),
  /** A model manifest, where the file alone does not say how it is to be run. */
  manifest: z.record(z.string(), z.unknown()).optional(),
});

export const catalogueSchema = z
  .strictObject({
    /** For editors, which find the schema by it. */
    $schema: z.string().optional(),
    schema: z.literal('unbraid-catalogue/1'),
    /** The day of the last change; the newest catalogue wins. */
    updated: z.iso.date(),
    note: z.string().max(2000).default(''),
    models: z.array(entrySchema).max(2000),
  })
  .superRefine(({ models }, context) => {
    const seen = new Set<string>();
    models.forEach(({ id, files, manifest }, i) => {
      const fail = (message: string): void =>
        context.addIssue({ code: 'custom', path: ['models', i, 'id'], message });
      if (seen.has(id)) fail(`the id "${id}" is there twice`);
      seen.add(id);
      if (new Set(files.map(({ name }) => name.toLowerCase())).size < files.length)
        fail('two files have one name');
      if (files.some(({ name }) => reserved.has(name.toLowerCase()))) fail('a file has a name that is taken');
      if (manifest && manifest['id'] !== id) fail('the manifest has another id');
    });
    if (models.filter(({ recommended }) => recommended).length > 1) {
      context.addIssue({ code: 'custom', path: ['models'], message: 'only one model can be recommended' });
    }
  });

/** Files that stand beside a model's own in its folder. */
export const manifestFile = 'manifest.json';
export const recordFile = 'unbraid-record.json';
const reserved: ReadonlySet<string> = new Set([manifestFile, recordFile]);

export type Catalogue = z.output<typeof catalogueSchema>;
export type CatalogueEntry = z.output<typeof entrySchema>;
export type CatalogueFile = CatalogueEntry['files'][number];
export type Licence = CatalogueEntry['licence'];

/**
 * How a model can be had: `download` by one click, `page` by hand and then imported, `import` when no address is
 * known, `none` when there is no file that runs.
 */
export type Availability = 'download' | 'page' | 'import' | 'none';

export function availability({ files, page, obstacle }: CatalogueEntry): Availability {
  if (obstacle !== null) return 'none';
  if (files.length > 0 && files.every(({ urls }) => urls.length > 0)) return 'download';
  if (page !== null) return 'page';
  return files.length > 0 ? 'import' : 'none';
}

/** Bytes of all files; null when one is not known. */
export function entryBytes({ files }: CatalogueEntry): number | null {
  if (files.length === 0) return null;
  return files.reduce<number | null>(
    (sum, { bytes }) => (sum === null || bytes === null ? null : sum + bytes),
    0,
  );
}

/** What a person accepts: it changes when what is said about the licence changes. */
export function licenceText({ name, who, where, note }: Licence): string {
  return [name, who ?? 'unknown', where ?? 'unknown', note ?? ''].join('\n');
}

/** Validates a catalogue. Throws `model-manifest-invalid` that names the field and the file. */
export function parseCatalogue(json: unknown, file?: string): Catalogue {
  const result = catalogueSchema.safeParse(json);
  if (result.success) return result.data;
  const { where, says } = firstFault(result.error);
  throw new UnbraidError(
    'model-manifest-invalid',
    `The catalogue is not valid at ${where || 'its start'}: ${says}`,
    { file, hint: 'Correct it; `unbraid models catalogue --schema` prints the JSON schema it must follow.' },
  );
}

/** The catalogue's JSON Schema (draft 2020-12), for editors and other tools. */
export function catalogueJsonSchema(): unknown {
  return z.toJSONSchema(catalogueSchema, { io: 'input' });
}

/** Entries of later catalogues replace those of the same id; of several recommended ones the last counts. */
export function mergeCatalogues(catalogues: readonly Catalogue[]): CatalogueEntry[] {
  const byId = new Map<string, CatalogueEntry>();
  let recommended: string | undefined;
  for (const { models } of catalogues) {
    for (const entry of models) {
      byId.set(entry.id, entry);
      if (entry.recommended) recommended = entry.id;
    }
  }
  const entries = [...byId.values()].map((entry) => ({ ...entry, recommended: entry.id === recommended }));
  return entries.sort((a, b) => Number(b.recommended) - Number(a.recommended));
}
