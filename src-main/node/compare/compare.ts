import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { Language } from '../../common/contract/languages.js';
import type { StemScores } from '../../common/base/scores.js';
import {
  comparedStems,
  ownStemsId,
  type ClipFormat,
  type ComparedStem,
  type ComparedSystem,
  type ComparisonReport,
} from '../../common/jobs/comparison.js';
import { bandWarning, type Baseline } from '../../common/jobs/evaluation.js';
import { ProgressMeter } from '../../common/jobs/progress.js';
import type { StemParents } from '../../common/jobs/stem-pieces.js';
import { parseSettings, type SeparationSettings } from '../../common/jobs/settings.js';
import { cutOut } from '../audio/cut-out.js';
import { checkFormat } from '../audio/format-limits.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import { writeAtomically } from '../files/atomic-file.js';
import { partPath } from '../files/workspace.js';
import {
  findSeparator,
  listSeparators,
  modelsOf,
  type AvailableSeparator,
} from '../inference/model-store.js';
import { mixStems } from '../jobs/mix.js';
import { moveWithoutReplacing } from '../jobs/output-moves.js';
import { scoreInThread } from '../jobs/score-thread.js';
import type { RunOptions, SongRunner } from '../jobs/song-runner.js';
import { readClip, type Clip } from './clip.js';
import { checkOwnStems, type OwnStem } from './own-stems.js';
import { ReportClips } from './report-clips.js';
import { reportPage } from './report-page.js';
import { makeFolder } from '../files/make-folder.js';

export interface CompareRequest {
  /** A song, or a folder with its true stems. */
  readonly input: string;
  /** The folder of the report. */
  readonly output: string;
  /** Ids of separators; null for all that are installed, none with stems of one's own. */
  readonly models: readonly string[] | null;
  /** Stems that the song has already: the first row, and no work. */
  readonly own?: readonly OwnStem[];
  /** What is made of the true stems, where there are any. */
  readonly baselines: readonly Baseline[];
  readonly start: number | undefined;
  readonly seconds: number;
  readonly device: SeparationSettings['device'];
  readonly workers: number | undefined;
  readonly format: ClipFormat;
  readonly overwrite: boolean;
  /** Of the page. */
  readonly language: Language;
}

export interface CompareOptions extends RunOptions {
  /** A runner with a separate engine, so that time and memory are those of one system. */
  readonly freshRunner: () => SongRunner;
}

/** A stem of a system as sound. */
interface Part extends ComparedStem {
  readonly ref: PcmCacheRef;
}

/**
 * Runs systems on the same clip, one after the other, scores them where there are true stems, and writes the report:
 * `index.html` and `comparison.json`. A system that fails is a row with its error, and ends no other. Throws
 * `model-not-found` and `output-exists` before any work, `cancelled`, and what reading the input and `checkOwnStems` throw.
 */
export async function compare(
  runner: SongRunner,
  request: CompareRequest,
  options: CompareOptions,
): Promise<ComparisonReport> {
  const separators = chosen(request.models);
  const files = {
    page: join(request.output, 'index.html'),
    figures: join(request.output, 'comparison.json'),
  };
  for (const file of request.overwrite ? [] : Object.values(files)) checkFree(file);
  checkWritable(request.output);
  const dir = runner.workspace.songDir();
  const clip = await readClip(runner, { ...request, dir: join(dir, 'clip') }, options);
  const { ref } = clip.heard;
  checkFormat({ format: request.format, ...ref, rate: ref.sampleRate }, request.input);
  if (request.own) checkOwnStems(request.own, clip);
  const baselines = clip.truth.size > 0 ? [...new Set(request.baselines)] : [];
  const clips = new ReportClips(runner.writer, clip, request.format, join(dir, 'clips'), options.signal);
  const run = new Comparison(clip, clips, join(dir, 'work'), request, options);
  run.expect(separators.length + baselines.length + (request.own ? 1 : 0));
  await clips.addMixture();
  const systems: ComparedSystem[] = [];
  if (request.own) systems.push(await run.own(request.own));
  for (const separator of separators) systems.push(await run.system(separator));
  for (const kind of baselines) systems.push(await run.baseline(kind));
  const { frames, sampleRate, channels } = clip.mixture;
  const report: ComparisonReport = {
    ...{ name: clip.name, start: clip.start, seconds: frames / sampleRate, sampleRate, channels },
    ...{
      truth: [...clip.truth.keys()],
      systems,
      warnings: [...clip.heard.warnings, ...run.warnings],
      ...files,
    },
  };
  try {
    const figures = `${JSON.stringify(report, null, 2)}\n`;
    const write = request.overwrite ? writeAtomically : writeNew;
    write(files.page, reportPage(report, clips.all, request.language));
    write(files.figures, figures);
  } catch (error) {
    throw toUnbraidError(error, request.output);
  }
  return report;
}

/** Makes the folder, and a file in it, before hours of work are for nothing. Throws typed system errors. */
function checkWritable(folder: string): void {
  try {
    makeFolder(folder);
    const probe = partPath(join(folder, 'index.html'));
    writeFileSync(probe, '', { flag: 'wx' });
    rmSync(probe);
  } catch (error) {
    throw toUnbraidError(error, folder);
  }
}

/** Writes a file that is not there. Throws `output-exists` if another run has made it meanwhile. */
function writeNew(path: string, text: string): void {
  const part = partPath(path);
  try {
    writeAtomically(part, text);
    moveWithoutReplacing(part, path);
  } finally {
    rmSync(part, { force: true });
  }
}

function checkFree(file: string): void {
  if (!statSync(file, { throwIfNoEntry: false })) return;
  throw new UnbraidError('output-exists', 'The folder has a report already', {
    file,
    hint: 'Choose another folder, or replace it with --overwrite.',
  });
}

/** The separators by id; of two with one id the later wins, as everywhere. */
function chosen(ids: readonly string[] | null): readonly AvailableSeparator[] {
  const list = listSeparators();
  if (ids !== null) return [...new Set(ids)].map((id) => findSeparator(id, list));
  const byId = new Map(list.separators.map((separator) => [separator.id, separator]));
  return [...byId.values()].filter((one) => modelsOf(one).every(({ installed }) => installed));
}

/** What one comparison has in common: its clip, the sums of true stems, its progress. */
class Comparison {
  private readonly meter = new ProgressMeter(() => performance.now() / 1000);
  private readonly sums = new Map<string, PcmCacheRef>();
  private readonly notes = new Set<string>();
  private done = 0;
  private total = 0;

  constructor(
    private readonly clip: Clip,
    private readonly clips: ReportClips,
    private readonly dir: string,
    private readonly request: Pick<CompareRequest, 'device' | 'workers'>,
    private readonly options: CompareOptions,
  ) {}

  get warnings(): readonly string[] {
    return [...this.notes];
  }

  expect(systems: number): void {
    this.total = systems;
  }

  async system(separator: AvailableSeparator): Promise<ComparedSystem> {
    const { id, name, kind } = separator;
    const row = { id, name, kind } as const;
    const own = this.options.freshRunner();
    try {
      const { device, workers } = this.request;
      const settings = parseSettings({ model: id, device, ...(workers !== undefined && { workers }) });
      const { path, heard } = this.clip;
      const separated = await own.separate({ path, decoded: heard, dir: this.folder('system') }, settings, {
        ...this.signal,
        onProgress: ({ done, total }) => this.tell((0.6 * done) / total),
      });
      const memoryBytes = await own.engine.peakMemory();
      // Processes that have done their work must not take memory and time from the scores.
      await own.dispose();
      for (const warning of separated.warnings) this.notes.add(`${id}: ${warning}`);
      const parts = await this.parts(separated.stems, this.clip.range, separated.parents);
      const stems = await this.scored(parts);
      await this.clips.add(id, parts);
      return {
        ...row,
        ...{ stems, workSeconds: separated.workSeconds, memoryBytes, provider: separated.provider },
        heardSeconds: heard.ref.frames / heard.ref.sampleRate,
        ...{ nullDb: separated.nullDb, error: null },
      };
    } catch (error) {
      return { ...row, ...nothing, error: this.failure(error) };
    } finally {
      await own.dispose();
      this.finish();
    }
  }

  /** The row of the stems that the song has already. */
  async own(own: readonly OwnStem[]): Promise<ComparedSystem> {
    const row = { id: ownStemsId, name: 'Your stems', kind: 'own' } as const;
    try {
      const { first: start, range } = this.clip;
      const parts = await this.parts(own, { start, count: range.count });
      const stems = await this.scored(parts);
      await this.clips.add(ownStemsId, parts);
      return { ...row, ...nothing, stems, error: null };
    } catch (error) {
      return { ...row, ...nothing, error: this.failure(error) };
    } finally {
      this.finish();
    }
  }

  /** A row made of the true stems. */
  async baseline(kind: Baseline): Promise<ComparedSystem> {
    const row = { id: kind, name: baselineNames[kind], kind: 'reference' } as const;
    const { truth, mixture } = this.clip;
    try {
      const dir = this.folder('system');
      const references = [...truth.values()];
      const scores = await this.score({ references, method: { kind }, dir }, [...truth.keys()], 0);
      const parts = [...truth.keys()].map((name, s) => ({
        ...{ name, stems: [name], truth: [name] },
        // The folders of the oracles' caches, see evaluate-worker.ts.
        ref: { ...mixture, dir: join(dir, `${s}`) },
      }));
      if (kind !== 'mixture') await this.clips.add(kind, parts);
      const stems = parts.map(({ name, stems: own, truth: of }, s) => ({
        ...{ name, stems: own, truth: of, scores: scores[s] },
      }));
      return { ...row, ...nothing, stems, error: null };
    } catch (error) {
      return { ...row, ...nothing, error: this.failure(error) };
    } finally {
      this.finish();
    }
  }

  /** The clip of each compared stem; `range` is where it lies in them. */
  private async parts(
    stems: readonly { name: string; ref: PcmCacheRef }[],
    range: Clip['range'],
    parents?: StemParents,
  ): Promise<Part[]> {
    const compared = comparedStems(
      stems.map(({ name }) => name),
      [...this.clip.truth.keys()],
      parents,
    );
    const cuts = new Map(
      stems.map(({ name, ref }, s) => {
        // What a stem lacks at its end is silence.
        const cut = cutOut(ref, range, join(this.dir, 'cut', `${s}`));
        return [name, { ...cut, frames: range.count }];
      }),
    );
    const parts: Part[] = [];
    for (const [i, part] of compared.entries()) {
      const refs = part.stems.map((name) => ({ name, ref: cuts.get(name)!, peak: 0 }));
      const ref = await this.sum(refs, join(this.dir, 'parts', `${i}`));
      parts.push({ ...part, ref });
    }
    return parts;
  }

  private async sum(
    stems: readonly { name: string; ref: PcmCacheRef; peak: number }[],
    dir: string,
  ): Promise<PcmCacheRef> {
    if (stems.length === 1) return stems[0].ref;
    return (await mixStems({ stems, mixer: {} }, dir, this.options.signal)).ref;
  }

  /** Scores of the parts that true stems are known of. */
  private async scored(parts: readonly Part[]): Promise<ComparedSystem['stems']> {
    const known = parts.filter(({ truth }) => truth.length > 0);
    const references: PcmCacheRef[] = [];
    for (const part of known) references.push(await this.truthOf(part));
    const estimates = known.map(({ ref }) => ref);
    const task = {
      references,
      method: { kind: 'estimates', estimates },
      dir: this.folder('scores'),
    } as const;
    const scores =
      known.length > 0
        ? await this.score(
            task,
            known.map(({ name }) => name),
            0.6,
          )
        : [];
    return parts.map(({ name, stems, truth }) => {
      const at = known.findIndex((part) => part.name === name);
      return { name, stems, truth, scores: at < 0 ? null : scores[at] };
    });
  }

  /** The true stems of a part, added up; made once. */
  private async truthOf({ name, truth }: ComparedStem): Promise<PcmCacheRef> {
    const known = this.sums.get(name);
    if (known) return known;
    const stems = truth.map((stem) => ({ name: stem, ref: this.clip.truth.get(stem)!, peak: 0 }));
    const ref = await this.sum(stems, join(this.dir, 'truth', `${this.sums.size}`));
    this.sums.set(name, ref);
    await this.clips.add('true', [{ name, ref }]);
    return ref;
  }

  private async score(
    task: Omit<Parameters<typeof scoreInThread>[0], 'groups'>,
    names: readonly string[],
    spent: number,
  ): Promise<readonly StemScores[]> {
    const groups = [task.references.map((_, s) => s)];
    const [scores] = await scoreInThread({ ...task, groups }, this.options.signal, (fraction) =>
      this.tell(spent + (1 - spent) * fraction),
    );
    scores.forEach((one, s) => {
      const warning = bandWarning(names[s], one, this.clip.name);
      if (warning !== null) this.notes.add(warning);
    });
    return scores;
  }

  private folder(name: string): string {
    const dir = join(this.dir, name);
    rmSync(dir, { recursive: true, force: true });
    makeFolder(dir);
    return dir;
  }

  private get signal(): { readonly signal?: AbortSignal } {
    return this.options.signal ? { signal: this.options.signal } : {};
  }

  private failure(thrown: unknown): ReturnType<UnbraidError['toWire']> {
    const error = toUnbraidError(thrown);
    if (error.code === 'cancelled' || this.options.signal?.aborted) throw error;
    return error.toWire();
  }

  private tell(fraction: number): void {
    const progress = this.meter.update('separate', this.done + fraction, this.total);
    // What is counted are systems: they are not times realtime.
    this.options.onProgress?.({ ...progress, speed: null });
  }

  private finish(): void {
    for (const name of ['system', 'scores', 'cut', 'parts'])
      rmSync(join(this.dir, name), { recursive: true, force: true });
    this.done++;
    this.tell(0);
  }
}

const nothing = {
  ...{ stems: [], workSeconds: null, heardSeconds: null, memoryBytes: null, provider: null, nullDb: null },
} as const;

const baselineNames: Readonly<Record<Baseline, string>> = {
  mixture: 'The mixture as it is',
  ibm: 'Oracle: binary mask',
  irm1: 'Oracle: ratio mask of magnitudes',
  irm2: 'Oracle: ratio mask of powers',
  mwf: 'Oracle: multichannel Wiener filter',
  psm: 'Oracle: phase-sensitive mask',
  cirm: 'Oracle: complex mask',
  fgla: 'True magnitudes, phases by Griffin-Lim',
  misi: 'True magnitudes, phases by MISI',
};
