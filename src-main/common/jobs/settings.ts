import { z } from 'zod';
import { UnbraidError } from '../base/errors.js';
import { firstFault } from '../base/validation.js';
import { outputFormats } from './formats.js';
import { checkTemplate, defaultTemplate } from './naming.js';
import { cleanSchema } from './shapes.js';

/** The default separator: the best one on songs that were not used for training (see models/README.md). */
export const defaultSeparator = 'unbraid-blend';

/** Where models may run. `auto` takes a GPU only where it gives the CPU's result, faster. */
export const devices = ['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;
export type Device = (typeof devices)[number];

/** Where the phases of stems may come from, in place of what the separator gives. */
export const phaseWays = ['mixture', 'griffin-lim', 'fast-griffin-lim', 'misi'] as const;
export type PhaseWay = (typeof phaseWays)[number];

/** What a user may say about a separation; everything has a default. One schema for every host. */
export const settingsSchema = z.strictObject({
  /** Id of a model or a classic method. */
  model: z.string().min(1).default(defaultSeparator),
  device: z.enum(devices).default('auto'),
  /**
   * Stems wanted; all when left out. Files: only these are written, and the null test is made over the complete set.
   * In an open song: these, and one track of everything else, so that the tracks add up.
   */
  stems: z.array(z.string().min(1)).min(1).optional(),
  /** This stem and everything else, as two files. */
  twoStem: z.string().min(1).optional(),
  residual: z.enum(['fold', 'spread', 'stem']).default('fold'),
  /** Files: how clean or full each stem is made after the separation. Open songs have it in their document. */
  clean: z.record(z.string().min(1), cleanSchema).optional(),
  overlap: z.number().min(0).max(0.95).optional(),
  shifts: z.number().int().min(0).max(20).optional(),
  /** Seconds of a segment, for models whose graph takes any length: less memory, or more context. */
  segment: z.number().min(0.5).max(600).optional(),
  /** Separate each segment with inverted polarity and with swapped channels too, and average; each doubles the time. */
  averaging: z
    .array(z.enum(['polarity', 'channels']))
    .min(1)
    .max(2)
    .optional(),
  /** Passes of a multichannel Wiener filter over the stems; 0 turns off the one that a model brings. */
  wiener: z.number().int().min(0).max(5).optional(),
  /** The magnitudes of the stems with other phases: of the mixture, or found from them in 30 rounds. */
  phase: z.enum(phaseWays).optional(),
  workers: z.number().int().min(1).max(64).optional(),
  format: z.enum(outputFormats).default('wav'),
  /** Sample format of lossless files; the source's depth when left out. */
  depth: z.enum(['16', '24', '32f']).optional(),
  /** Bits a second of lossy files. */
  bitRate: z.number().int().min(8000).max(1_000_000).optional(),
  template: z.string().min(1).default(defaultTemplate),
  /** Integrated loudness of the mixture the stems add up to, LUFS (EBU R 128), and its highest true peak. */
  loudness: z
    .strictObject({ lufs: z.number().min(-70).max(0), truePeak: z.number().max(0).default(-1) })
    .optional(),
  /** Which audio track of a file with several. */
  track: z.number().int().min(0).optional(),
  overwrite: z.boolean().default(false),
});

export type SeparationSettings = z.output<typeof settingsSchema>;
export type SeparationSettingsInput = z.input<typeof settingsSchema>;

/** Validates settings and fills the defaults. Throws `invalid-argument` that names the field. */
export function parseSettings(input: unknown): SeparationSettings {
  const result = settingsSchema.safeParse(input);
  if (!result.success) {
    const { where, says } = firstFault(result.error);
    throw new UnbraidError('invalid-argument', `The setting "${where}" is not valid: ${says}`);
  }
  checkTemplate(result.data.template);
  return result.data;
}

/**
 * The settings that change what is written, as one text for hashing: how much work runs at a time and whether
 * old files may go are left out.
 */
export function settingsKey(settings: SeparationSettings): string {
  const left = new Set<string>(['workers', 'overwrite', 'device']);
  const kept = Object.entries(settings).filter(([name]) => !left.has(name));
  return JSON.stringify(Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1))));
}
