import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import type { CommandArgs } from '../../common/contract/commands.js';
import type { ExportReport } from '../../common/contract/session.js';
import { applyTemplate } from '../../common/jobs/naming.js';
import { removedTrack } from '../../common/separation/edits/edit.js';
import { withoutRemoved } from '../jobs/removed-mix.js';
import { settingsKey } from '../../common/jobs/settings.js';
import { hashText } from '../files/content-hash.js';
import type { RunOptions, SongRunner } from '../jobs/song-runner.js';
import { cutOut } from '../audio/cut-out.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import { isStemFile } from '../../common/jobs/formats.js';
import { exportMix } from '../jobs/export-mix.js';
import { templateValues } from '../../common/jobs/template-values.js';
import { exportStems, type ExportStem } from '../jobs/export-stems.js';
import { mixStems } from '../jobs/mix.js';
import { sidecarName, sidecarText, stageSidecar, type SidecarFacts } from '../jobs/sidecar.js';
import type { Session } from './session.js';
import { makeFolder } from '../files/make-folder.js';

type Request = Pick<CommandArgs<'exportSession'>, 'what' | 'mixer' | 'range' | 'settings' | 'label'>;

/** A finished file of an export, still with its path: hosts hand out handles. */
export interface ExportedPath {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** Where the template puts it, from the outermost; only in a zip. */
  readonly folders?: readonly string[];
}

export type ExportOutcome = Omit<ExportReport, 'files'> & { readonly files: readonly ExportedPath[] };

/** Runs a job that makes files of a session in a folder, and hands out handles for them. */
export type MakeFiles = (
  request: { readonly job: string; readonly session: string },
  make: (session: Session, dir: string, options: RunOptions) => Promise<ExportOutcome>,
) => Promise<ExportReport>;

/** Exports the stems of a session, or its mix as heard, into `dir`. Throws typed errors. */
export async function exportSession(
  runner: SongRunner,
  session: Session,
  request: Request,
  dir: string,
  options: RunOptions = {},
): Promise<ExportOutcome> {
  session.refuseWhileRunning('Export it when the separation is done.');
  makeFolder(dir);
  const cuts = join(dir, 'cuts');
  const cut = (ref: PcmCacheRef, name: string): PcmCacheRef =>
    request.range ? cutOut(ref, request.range, join(cuts, name)) : ref;
  try {
    const [source, ...stemTracks] = session.state.tracks;
    const stems = stemTracks.map((track, s) => ({
      name: track.name,
      peak: track.peak,
      ref: cut(track.ref, `${s}`),
    }));
    if (request.what === 'stems') {
      if (stems.length === 0)
        throw new UnbraidError('invalid-argument', 'The song has no stems yet', {
          hint: 'Separate it first.',
        });
      const all = { source: cut(source.ref, 'source'), peak: source.peak, stems, dir };
      const from = isStemFile(request.settings.format) ? await ofStemFile(all, cuts, options) : all;
      return await stemFiles(runner, session, request, from, options);
    }
    const heard =
      stems.length > 0 ? stems : [{ name: 'source', peak: source.peak, ref: cut(source.ref, 'source') }];
    return await mixFile(runner, session, request, { stems: heard, dir, cuts }, options);
  } finally {
    rmSync(cuts, { recursive: true, force: true });
  }
}

interface Stems {
  /** What the stems add up to, and its largest magnitude. */
  readonly source: PcmCacheRef;
  readonly peak: number;
  readonly stems: readonly ExportStem[];
  readonly dir: string;
  /** Left out when the stems are all of the song. */
  readonly whole?: false;
}

/** A stem file has no place for what was taken away: its mix is that of the other stems, without it. */
async function ofStemFile(from: Stems, cuts: string, { signal }: RunOptions): Promise<Stems> {
  const stems = from.stems.filter(({ name }) => name !== removedTrack);
  if (stems.length === from.stems.length) return from;
  makeFolder(cuts);
  const { ref, peak } = await mixStems({ stems, mixer: {} }, cuts, signal);
  return { source: ref, peak, stems, dir: from.dir, whole: false };
}

async function stemFiles(
  runner: SongRunner,
  session: Session,
  request: Request,
  from: Stems,
  options: RunOptions,
): Promise<ExportOutcome> {
  const { name, info, song } = session;
  const id = setIdOf(session, request, from.stems);
  const result = await exportStems(
    runner.writer,
    {
      source: from.source,
      sourcePeak: from.peak,
      sourcePath: song.path,
      info,
      name,
      stems: from.stems,
      settings: request.settings,
      stagingDir: from.dir,
      seed: parseInt(song.content.sha256.slice(0, 8), 16),
      id,
      ...(from.whole === false && { whole: false }),
    },
    options,
  );
  const names = result.files.map((file) => file.target.at(-1)!);
  const text = await sidecarText(
    result,
    sidecarFacts(session, request, id, from.source),
    names.map((file) => [file]),
    options.signal,
  );
  const sidecar = stageSidecar(from.dir, id, text);
  const files = [
    ...result.files.map(({ target, staged, bytes }, i) => ({
      ...{ name: names[i], path: staged, bytes, folders: target.slice(0, -1) },
    })),
    {
      ...{ name: sidecarName(name), path: sidecar, bytes: Buffer.byteLength(text) },
      folders: result.files[0]?.target.slice(0, -1) ?? [],
    },
  ];
  return { files, gainDb: result.gainDb, writtenNullDb: result.writtenNullDb, warnings: result.warnings };
}

/** One id for one set: the same stems, exported the same way, have the same. */
export function setIdOf(
  session: Session,
  { range, settings }: Pick<Request, 'range' | 'settings'>,
  stems: readonly ExportStem[],
): string {
  const sound = stems.map(({ name, peak }) => [name, peak]);
  const { sha256 } = session.song.content;
  return hashText(JSON.stringify([sha256, settingsKey(settings), range ?? null, sound])).slice(0, 32);
}

/** What the sidecar of stems of an open song says; `source` is what they add up to. */
export function sidecarFacts(
  session: Session,
  { range, settings }: Pick<Request, 'range' | 'settings'>,
  id: string,
  source: PcmCacheRef,
): SidecarFacts {
  const { song, state } = session;
  return {
    ...{ id, settings, source: song.path, content: song.content, ref: source, start: range?.start ?? 0 },
    model: state.separation?.model ?? settings.model,
    // Measured after the separation: edits move sound between stems since, and take nothing away from their sum.
    engineDb: state.separation?.nullDb ?? null,
  };
}

async function mixFile(
  runner: SongRunner,
  session: Session,
  request: Request,
  from: { readonly stems: readonly ExportStem[]; readonly dir: string; readonly cuts: string },
  options: RunOptions,
): Promise<ExportOutcome> {
  const { settings, label } = request;
  const { info, name, song } = session;
  if (settings.format.startsWith('stem.')) {
    throw new UnbraidError('invalid-argument', 'A mix is one file, not a stem file', {
      hint: 'Choose another format.',
    });
  }
  const values = { ...templateValues(info.tags, name, settings.model, settings.format), stem: label };
  const fileName = applyTemplate(settings.template, values).at(-1)!;
  const path = join(from.dir, fileName);
  const mix = await exportMix(
    runner.writer,
    {
      ...{ info, name, settings, path, stems: from.stems, format: settings.format },
      mixer: withoutRemoved(
        request.mixer,
        from.stems.map((stem) => stem.name),
      ),
      parents: session.state.separation?.parents,
      firstFrame: request.range?.start ?? 0,
      coverFrom: song.path,
      label,
      cacheDir: from.cuts,
      seed: parseInt(song.content.sha256.slice(0, 8), 16),
    },
    options,
  );
  const files = [{ name: fileName, path, bytes: mix.bytes }];
  return { files, gainDb: mix.gainDb, writtenNullDb: null, warnings: mix.warnings };
}
