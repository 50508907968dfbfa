import { join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import { mixGains, type NamedMix } from '../../common/jobs/mixer.js';
import { applyTemplate } from '../../common/jobs/naming.js';
import { checkShape } from '../../common/jobs/shapes.js';
import type { FileResult } from '../../common/jobs/results.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import { exportMix } from './export-mix.js';
import { endingOf } from '../../common/jobs/formats.js';
import { templateValues } from '../../common/jobs/template-values.js';
import {
  checkHeld,
  earlierResult,
  keyOf,
  plannedStems,
  resultOf,
  separateFile,
  separateShaped,
  targetRules,
  type SeparateFileRequest,
} from './separate-file.js';
import { parentsOf } from '../inference/model-store.js';
import { usedSeparator, type RunOptions, type SongRunner } from './song-runner.js';

type Keyed = Parameters<typeof keyOf>[0];

/** Refuses a mix that cannot work for any song, before a song is separated. Throws `invalid-argument`. */
export function checkMix({ mixer }: NamedMix, settings: SeparationSettings): void {
  if (settings.format.startsWith('stem.')) {
    throw new UnbraidError('invalid-argument', 'A mix is one file, not a stem file', {
      hint: 'Choose another format.',
    });
  }
  if (settings.stems !== undefined) {
    throw new UnbraidError('invalid-argument', 'A mix is one file: stems cannot be chosen as well', {
      hint: 'Leave the stems out, or the mix.',
    });
  }
  const stems = plannedStems(settings);
  const parents = parentsOf(usedSeparator(settings));
  checkShape(settings.clean, stems, parents);
  mixGains(mixer, stems, 2, parents);
}

/** The key under which a song's stems, or a mix of them, are recorded; a mix has its own key. */
export function productKeyOf(request: Keyed, mix: NamedMix | null): string {
  if (mix === null) return keyOf(request);
  return keyOf({ ...request, name: `${request.name}\n${mix.label}\n${JSON.stringify(mix.mixer)}` });
}

/** Makes the stems of a prepared song, or a mix of them. Throws typed errors. */
export function makeFiles(
  runner: SongRunner,
  request: SeparateFileRequest,
  mix: NamedMix | null,
  options: RunOptions = {},
): Promise<FileResult> {
  return mix ? mixFile(runner, request, mix, options) : separateFile(runner, request, options);
}

/**
 * Separates a prepared song and publishes one mix of its stems, like `separateFile`: skipped when it is done
 * already, all or nothing on the disk. Throws typed errors.
 */
async function mixFile(
  runner: SongRunner,
  request: SeparateFileRequest,
  wanted: NamedMix,
  options: RunOptions,
): Promise<FileResult> {
  const { song, settings, folder, name, subfolders = [] } = request;
  const { label, mixer } = wanted;
  const { decoded } = song;
  const source = runner.names.told(song.path);
  try {
    const key = productKeyOf(request, wanted);
    const earlier = settings.overwrite ? undefined : earlierResult(folder, key);
    if (earlier) return earlier;
    checkHeld(song, settings);
    const values = templateValues(decoded.info.tags, name, settings.model, settings.format);
    const target = [...subfolders, ...applyTemplate(settings.template, { ...values, stem: label })];
    const rules = targetRules(request, source);
    folder.checkTargets([target], rules);
    const separated = await separateShaped(runner, song, settings, options);
    const writing = performance.now();
    const staged = join(folder.stagingDir(), `${key.slice(0, 16)}.${endingOf(settings.format)}`);
    const mix = await exportMix(
      runner.writer,
      {
        ...{
          stems: separated.stems,
          parents: separated.parents,
          mixer,
          info: decoded.info,
          name,
          label,
          settings,
        },
        format: settings.format,
        path: staged,
        coverFrom: song.path,
        cacheDir: song.dir,
        seed: parseInt(key.slice(0, 8), 16),
      },
      options,
    );
    if (options.signal?.aborted) throw new UnbraidError('cancelled', 'Cancelled');
    const result = resultOf(request, separated, writing, {
      source,
      outputs: [{ stem: label, path: folder.pathOf(target), bytes: mix.bytes, peak: mix.peak }],
      writtenNullDb: null,
      gainDb: mix.gainDb,
      warnings: mix.warnings,
    });
    // Another run may have made the very same meanwhile.
    const meanwhile = settings.overwrite ? undefined : earlierResult(folder, key);
    if (meanwhile) return meanwhile;
    folder.commit(key, [{ staged, target }], { source: { name: source, ...song.content }, result }, rules);
    return result;
  } catch (error) {
    throw folder.explain(error, song.path);
  }
}
