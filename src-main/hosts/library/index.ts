/**
 * Unbraid as a library: `import { openEngine } from 'unbraid'`.
 *
 * Settings, results and errors are those of the contract that the command line and the editor use, so that they mean
 * the same everywhere.
 *
 * @packageDocumentation
 */
export { openEngine } from './engine.js';
export type {
  AnalyseOptions,
  CompareOptions,
  Engine,
  EngineFolders,
  EvaluateOptions,
  JobOptions,
  RemixOptions,
  SeparateOptions,
  SeparatedSong,
  StemsOptions,
  StemReadOptions,
} from './engine.js';
export { UnbraidError, type ErrorCode, type WireError } from '../../common/base/errors.js';
export type { BatchReport, SourceInfo } from '../../common/contract/commands.js';
export type { SeparatorSummary } from '../../common/contract/models.js';
export type { BatchItem, BatchSummary, ItemState } from '../../common/jobs/batch.js';
export type { ComparedSystem, ComparisonReport } from '../../common/jobs/comparison.js';
export type { EvaluationReport } from '../../common/jobs/evaluation.js';
export type { Mixer, MixerStrip } from '../../common/jobs/mixer.js';
export type { JobPhase, Progress } from '../../common/jobs/progress.js';
export type { FileResult, RemixResult, WrittenStem } from '../../common/jobs/results.js';
export type { SeparationSettings, SeparationSettingsInput } from '../../common/jobs/settings.js';
