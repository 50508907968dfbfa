import { z } from 'zod';
import { UnbraidError } from '../base/errors.js';
import { firstFault } from '../base/validation.js';
import { formats, outputFormats } from './formats.js';

/** How the name of a sidecar ends. */
export const sidecarEnding = '.unbraid.json';

/** Longest sidecar that is read, bytes: a set of 64 files takes some 40 KB. */
export const maxSidecarBytes = 1 << 20;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'this is not a SHA-256');
/** An exact whole number, as large as audio may need. */
const count = z
  .number()
  .int()
  .min(0)
  .max(2 ** 48);
const channels = z.number().int().min(1).max(64);
const rate = z.number().int().min(1).max(10_000_000);
const name = z.string().min(1).max(1024);
/** Decibels, −999 for an exact sum. */
const decibels = z.number().min(-1000).max(1000);

/** A file below the sidecar's folder: parts with slashes between them, none of which climbs or is empty. */
const fileBelow = z
  .string()
  .min(1)
  .max(4096)
  .regex(
    // eslint-disable-next-line no-control-regex
    /^(?!\.{1,2}(?:\/|$))[^/\\\u0000]+(?:\/(?!\.{1,2}(?:\/|$))[^/\\\u0000]+)*$/,
    'this is not a path inside the folder',
  )
  .refine((path) => !/^[A-Za-z]:/.test(path), 'a path without a drive');

const trackSchema = z.object({
  /** Which audio track of the file, from 0; null where it has one. */
  index: z.number().int().min(0).max(64).nullable(),
  stem: name,
  /** A master is the whole song, beside its stems in a stem file. */
  role: z.enum(['stem', 'master']),
  /** SHA-256 of the decoded samples as interleaved 32-bit little-endian floats. */
  pcmSha256: sha256,
});

const fileSchema = z.object({
  file: fileBelow,
  format: z.enum(outputFormats),
  /** Null for lossy files. */
  sample: z.enum(['s16', 's24', 'f32']).nullable(),
  bytes: count,
  sha256,
  rate,
  channels,
  frames: count,
  tracks: z.array(trackSchema).min(1).max(64),
});

/** What is written beside a set of stems, so that `unbraid verify` can prove again that they add up. */
export const sidecarSchema = z
  .object({
    unbraid: z.literal('stems'),
    version: z.literal(1),
    /** The same id is in the files' tags. */
    id: z.string().regex(/^[0-9a-f]{32}$/, 'this is not an id'),
    app: z.string().max(100),
    source: z.object({
      /** File name, without folders. */
      name,
      bytes: count,
      sha256,
      track: z.number().int().min(0).max(1000).nullable(),
      rate,
      channels,
      /** The frames that the stems hold: the whole song, or a selection of it. */
      start: count,
      frames: count,
      /** Of these frames, as `pcmSha256` of the stems. */
      pcmSha256: sha256,
    }),
    files: z.array(fileSchema).min(1).max(64),
    /** Whether the files are all stems, so that they add up to `gain` · source. */
    whole: z.boolean(),
    /** The one gain of all files: amplitude factor, and dB. */
    gain: z.number().positive().max(1e6),
    gainDb: decibels,
    null: z.object({
      /** Of the stems as computed, before they were written, dB; null where nobody measured it. */
      engineDb: decibels.nullable(),
      /** Of the files as written and read back; null where they are not the whole set. */
      filesDb: decibels.nullable(),
    }),
    model: z.object({
      id: name,
      /** Of the networks' graphs; empty for classic methods. */
      weights: z.array(z.object({ model: name, sha256 })).max(64),
    }),
    settings: z.record(z.string().max(100), z.unknown()),
  })
  .meta({ title: 'Sidecar of a set of stems written by Unbraid' });

export type Sidecar = z.output<typeof sidecarSchema>;
export type SidecarFile = Sidecar['files'][number];

/** Reads the text of a sidecar. Throws `sidecar-damaged` that says which field is wrong. */
export function parseSidecar(text: string): Sidecar {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw damaged('it is not JSON');
  }
  const read = sidecarSchema.safeParse(json);
  if (!read.success) {
    const { where, says } = firstFault(read.error);
    throw damaged(`"${where}": ${says}`);
  }
  return read.data;
}

function damaged(reason: string): UnbraidError {
  return new UnbraidError('sidecar-damaged', `This is not a sidecar of Unbraid: ${reason}`, {
    hint: 'Get a copy of it from a backup, or separate the song again.',
  });
}

/** Whether every file holds exactly what was written. */
export function isLossless({ files }: Pick<Sidecar, 'files'>): boolean {
  return files.every(({ format, sample }) => formats[format].lossless || sample !== null);
}
