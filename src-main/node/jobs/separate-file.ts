import { UnbraidError } from '../../common/base/errors.js';
import { checkShape } from '../../common/jobs/shapes.js';
import { planStems } from '../../common/separation/conservation.js';
import type { FileResult } from '../../common/jobs/results.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import { checkFormat } from '../audio/format-limits.js';
import { findSeparator, infoOf, parentsOf } from '../inference/model-store.js';
import { sampleFormat } from './export-plan.js';
import { checkStemCount, chosenStems, exportStems, targetsOf } from './export-stems.js';
import { checkNamed } from './named-stems.js';
import { checkResidual } from '../inference/chain-run.js';
import { oracleKey, oraclePlan, oracleStems, type OracleOrder } from './oracle-stems.js';
import type { OutputFolder, TargetRules } from './output-folder.js';
import { shapeStems } from './shape-stems.js';
import { commitWithSidecar, sidecarText, stageSidecar } from './sidecar.js';
import {
  outputKey,
  oracleOutputKey,
  usedSeparator,
  type PreparedSong,
  type RunOptions,
  type SongRunner,
} from './song-runner.js';
import type { SeparatedSong } from '../inference/separation.js';

/** The stem of a two-stem run, as `planStems` takes it. */
function keptStem({ twoStem }: SeparationSettings): readonly string[] {
  return twoStem === undefined ? [] : [twoStem];
}

const asStem = (name: string): { readonly name: string } => ({ name });

/** The names of the stems these settings will give, without running anything. */
export function plannedStems(settings: SeparationSettings): readonly string[] {
  checkNamed(settings);
  const info = infoOf(usedSeparator(settings), {});
  const plan = planStems(info.stems, info.residualStem, settings.residual, keptStem(settings));
  return chosenStems(plan.names.map(asStem), settings.stems).map((stem) => stem.name);
}

/** Refuses settings that cannot work for any song. Throws `invalid-argument`, `unsupported-format`. */
export function checkOutputs(settings: SeparationSettings): void {
  checkNamed(settings);
  const separator = usedSeparator(settings);
  checkResidual(separator, settings.residual);
  const { segment } = settings;
  const info = infoOf(separator, segment === undefined ? {} : { segment });
  const plan = planStems(info.stems, info.residualStem, settings.residual, keptStem(settings));
  plannedStems(settings);
  checkStemCount(settings, plan.names.length);
  checkShape(settings.clean, plan.names, parentsOf(separator));
  sampleFormat(settings.format, settings.depth, { sampleKind: 'int', bitDepth: 16 });
}

/** Refuses a song that its output format cannot hold, before it is separated. Throws `unsupported-format`. */
export function checkHeld(
  { path, decoded }: Pick<PreparedSong, 'path' | 'decoded'>,
  { format, depth }: Pick<SeparationSettings, 'format' | 'depth'>,
): void {
  const { channels, sampleRate, frames } = decoded.ref;
  const sample = sampleFormat(format, depth, decoded.info);
  checkFormat({ format, sample, channels, rate: sampleRate, frames }, path);
}

export interface SeparateFileRequest {
  readonly song: PreparedSong;
  /** The song's name in templates. */
  readonly name: string;
  readonly settings: SeparationSettings;
  readonly folder: OutputFolder;
  /** Folders below the output folder that stand before the template's (a batch keeps its tree). */
  readonly subfolders?: readonly string[];
  /** Every source of the run, which no output may replace; this song alone when left out. */
  readonly sources?: readonly string[];
  /** Replace untouched outputs that an earlier run made from this source, with other settings or content. */
  readonly replaceOwn?: boolean;
  /** Makes the stems from true ones; the settings' model is its `oracleId`. */
  readonly oracle?: OracleOrder | undefined;
}

/** The key under which a song's result is recorded; needs the source's content only, not its audio. */
export function keyOf(
  request: Omit<SeparateFileRequest, 'folder' | 'song'> & { readonly song: Pick<PreparedSong, 'content'> },
): string {
  const { song, settings, subfolders = [], name, oracle } = request;
  const place = [...subfolders, name].join('/');
  if (oracle) return oracleOutputKey(song.content, settings, oracleKey(oracle), place);
  return outputKey(song.content, settings, findSeparator(settings.model), place);
}

/** The earlier result under this key, when all its files are still there. */
export function earlierResult(folder: OutputFolder, key: string): FileResult | undefined {
  const record = folder.records.find(key);
  return record ? { ...(record.result as FileResult), status: 'skipped' } : undefined;
}

/** The stems that files are wanted of, where the others cannot change them: cleaning does, a stem file has all. */
function onlyStems({ stems, clean, format }: SeparationSettings): readonly string[] | undefined {
  const untouched = Object.keys(clean ?? {}).length === 0 && !format.startsWith('stem.');
  return untouched ? stems : undefined;
}

/** Separates a prepared song, and makes its stems as clean or full as the settings say. Throws typed errors. */
export async function separateShaped(
  runner: SongRunner,
  song: PreparedSong,
  settings: SeparationSettings,
  options: RunOptions,
): Promise<SeparatedSong> {
  const separated = await runner.separate(song, settings, { ...options, only: onlyStems(settings) });
  const request = {
    source: song.decoded.ref,
    stems: separated.stems,
    clean: settings.clean,
    parents: separated.parents,
    dir: song.dir,
  };
  const { stems, nullDb } = await shapeStems(request, options);
  return { ...separated, stems, nullDb: nullDb ?? separated.nullDb };
}

/** What may stand where a song's outputs go; `source` is the song as it is reported. */
export function targetRules(request: SeparateFileRequest, source: string): TargetRules {
  return {
    sources: request.sources ?? [request.song.path],
    overwrite: request.settings.overwrite,
    replaceMadeFrom: request.replaceOwn ? source : undefined,
  };
}

type Made = Pick<FileResult, 'source' | 'outputs' | 'writtenNullDb' | 'gainDb' | 'warnings'>;

/** The result of a song that is done; writing began at `writing`, ms. */
export function resultOf(
  { song, settings }: SeparateFileRequest,
  separated: SeparatedSong,
  writing: number,
  made: Made,
): FileResult {
  const { ref, warnings, reading } = song.decoded;
  return {
    ...made,
    status: 'done',
    nullDb: separated.nullDb,
    model: settings.model,
    provider: separated.provider,
    sampleRate: ref.sampleRate,
    channels: ref.channels,
    frames: ref.frames,
    audioSeconds: ref.frames / ref.sampleRate,
    readSeconds: song.readSeconds,
    separateSeconds: separated.workSeconds,
    writeSeconds: (performance.now() - writing) / 1000,
    warnings: [...warnings, ...separated.warnings, ...made.warnings],
    reading,
  };
}

/** Separates a prepared song, writes, verifies and publishes its stems. Skips what is done already. */
export async function separateFile(
  runner: SongRunner,
  request: SeparateFileRequest,
  options: RunOptions = {},
): Promise<FileResult> {
  const { song, settings, folder, name, subfolders = [] } = request;
  try {
    const key = keyOf(request);
    const id = key.slice(0, 32);
    const earlier = settings.overwrite ? undefined : earlierResult(folder, key);
    if (earlier) return earlier;
    const { decoded } = song;
    const source = runner.names.told(song.path);
    checkHeld(song, settings);
    const { oracle } = request;
    const planned = oracle
      ? chosenStems(oraclePlan(oracle, settings).names.map(asStem), settings.stems).map(({ name }) => name)
      : plannedStems(settings);
    const targets = targetsOf(planned, decoded.info, name, settings);
    const rules = targetRules(request, source);
    folder.checkTargets(
      targets.map((parts) => [...subfolders, ...parts]),
      rules,
    );
    const separated = oracle
      ? await oracleStems(runner, song, oracle, settings, song.dir, options)
      : await separateShaped(runner, song, settings, options);
    const writing = performance.now();
    const exported = await exportStems(
      runner.writer,
      {
        source: decoded.ref,
        sourcePeak: decoded.peak,
        sourcePath: song.path,
        info: decoded.info,
        name,
        stems: separated.stems,
        settings,
        stagingDir: folder.stagingDir(),
        seed: parseInt(key.slice(0, 8), 16),
        id,
      },
      options,
    );
    if (options.signal?.aborted) throw new UnbraidError('cancelled', 'Cancelled');
    const staged = exported.files.map((file) => ({ ...file, target: [...subfolders, ...file.target] }));
    const text = await sidecarText(
      exported,
      {
        ...{ id, source, settings, model: settings.model, engineDb: separated.nullDb },
        ...{ content: song.content, ref: decoded.ref },
      },
      staged.map(({ target }) => target),
      options.signal,
    );
    const sidecar = stageSidecar(folder.stagingDir(), id, text);
    const result = resultOf(request, separated, writing, {
      source,
      outputs: staged.map(({ stem, bytes, peak, target }) => ({
        stem,
        path: folder.pathOf(target),
        bytes,
        peak,
      })),
      writtenNullDb: exported.writtenNullDb,
      gainDb: exported.gainDb,
      warnings: exported.warnings,
    });
    // Another run may have made the very same meanwhile.
    const meanwhile = settings.overwrite ? undefined : earlierResult(folder, key);
    if (meanwhile) return meanwhile;
    const made = commitWithSidecar(
      folder,
      { key, song: name, files: staged, sidecar },
      (path) => ({ source: { name: source, ...song.content }, result: { ...result, sidecar: path } }),
      rules,
    );
    return made.result;
  } catch (error) {
    throw folder.explain(error, song.path);
  }
}
