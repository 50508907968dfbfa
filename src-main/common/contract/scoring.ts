import { z } from 'zod';
import {
  clipFormats,
  longestComparison,
  sessionReport,
  usualBaselines,
  type ComparisonReport,
} from '../jobs/comparison.js';
import { baselines, oracles, type EvaluationReport } from '../jobs/evaluation.js';
import { settingsSchema } from '../jobs/settings.js';
import { languageIds } from './languages.js';
import { path } from './path.js';

const language = z.enum(languageIds).default('en');
const job = z.string().min(1).max(100);

/** Stems of a song made from its true ones: in a folder, or as uploads whose names say what stems they are. */
export const oracleOfFolder = z.strictObject({ kind: z.enum(oracles), truth: path });
export const oracleOfUploads = z.strictObject({
  kind: z.enum(oracles),
  truth: z
    .array(z.string().regex(/^[0-9a-f]{32}$/))
    .min(1)
    .max(100),
});

/** Commands that measure how good separations are. */
export const scoringCommandSchemas = {
  /** Scores against true stems: of files, of the mixture, of oracle masks. */
  evaluate: z.strictObject({
    job,
    references: path,
    estimates: path.optional(),
    baselines: z.array(z.enum(baselines)).default([]),
  }),
  /**
   * Runs separators on the same clip of a song, or of the sum of true stems in a folder, scores them where there are true
   * stems, and writes a report. `models` null: all that are installed; `start` and `seconds` of the song, the middle
   * when `start` is left out.
   */
  compare: z.strictObject({
    job,
    input: path,
    output: path,
    models: z.array(z.string().min(1)).min(1).nullable().default(null),
    baselines: z.array(z.enum(baselines)).default([...usualBaselines]),
    start: z.number().min(0).max(1e6).optional(),
    seconds: z.number().min(1).max(longestComparison).default(20),
    device: settingsSchema.shape.device,
    workers: settingsSchema.shape.workers,
    format: z.enum(clipFormats).default('opus'),
    overwrite: z.boolean().default(false),
    /** Of the page. */
    language,
  }),
  /**
   * The same of a piece of an open song, or of its true stems, which were uploaded; the report comes as a file to be
   * fetched. `start` in seconds of the song or of the stems, which may end before `seconds` do; `baselines` where there are
   * true stems. `own`: the stems that the song has in the editor are a row, too; then there need be no models.
   */
  compareSession: z.strictObject({
    job,
    session: z.string().regex(/^[0-9a-f]{32}$/),
    models: z.array(z.string().min(1).max(200)).max(100),
    own: z.boolean().default(false),
    truth: z
      .array(z.string().regex(/^[0-9a-f]{32}$/))
      .max(100)
      .default([]),
    start: z.number().min(0).max(1e6),
    seconds: z.number().min(1).max(longestComparison).default(sessionReport.seconds),
    baselines: z.array(z.enum(baselines)).default([...sessionReport.baselines]),
    language,
  }),
} as const;

/** A comparison with the handle of its page in place of paths. */
export type SessionComparison = Omit<ComparisonReport, 'page' | 'figures'> & { readonly download: string };

export interface ScoringCommandResults {
  compareSession: SessionComparison;
  evaluate: EvaluationReport;
  compare: ComparisonReport;
}
