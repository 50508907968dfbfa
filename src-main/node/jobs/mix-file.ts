import { join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import type { Mixer } from '../../common/jobs/mixer.js';
import { applyTemplate } from '../../common/jobs/naming.js';
import type { FileResult } from '../../common/jobs/results.js';
import { exportMix } from './export-mix.js';
import { endingOf, templateValues } from './export-plan.js';
import { checkHeld, earlierResult, keyOf, type SeparateFileRequest } from './separate-file.js';
import type { RunOptions, SongRunner } from './song-runner.js';

export interface MixFileRequest extends SeparateFileRequest {
  readonly mixer: Mixer;
  /** What the mix is called in names and titles: `karaoke`. */
  readonly label: string;
}

/** The key under which a mix is recorded: the stems' key, at a place of its own. */
export function mixKeyOf(
  request: Omit<MixFileRequest, 'folder' | 'song' | 'mixer'> & Parameters<typeof keyOf>[0],
): string {
  return keyOf({ ...request, name: `${request.name}\n${request.label}` });
}

/**
 * Separates a prepared song and publishes one mix of its stems, like `separateFile`: skipped when it is done
 * already, all or nothing on the disk. Throws typed errors.
 */
export async function mixFile(
  runner: SongRunner,
  request: MixFileRequest,
  options: RunOptions = {},
): Promise<FileResult> {
  const { song, settings, folder, name, label, subfolders = [] } = request;
  const { decoded } = song;
  try {
    const key = mixKeyOf(request);
    const earlier = settings.overwrite ? undefined : earlierResult(folder, key);
    if (earlier) return earlier;
    checkHeld(song, settings);
    const values = templateValues(decoded.info.tags, name, settings.model, settings.format);
    const target = [...subfolders, ...applyTemplate(settings.template, { ...values, stem: label })];
    folder.checkTargets([target], {
      sources: request.sources ?? [song.path],
      overwrite: settings.overwrite,
      replaceMadeFrom: request.replaceOwn ? song.path : undefined,
    });
    const separating = performance.now();
    const separated = await runner.separate(song, settings, options);
    const writing = performance.now();
    const staged = join(folder.stagingDir(), `${key.slice(0, 16)}.${endingOf(settings.format)}`);
    const mix = await exportMix(
      runner.writer,
      {
        ...{ stems: separated.stems, mixer: request.mixer, info: decoded.info, name, label, settings },
        format: settings.format,
        path: staged,
        coverFrom: song.path,
        cacheDir: song.dir,
        seed: parseInt(key.slice(0, 8), 16),
      },
      options,
    );
    if (options.signal?.aborted) throw new UnbraidError('cancelled', 'Cancelled');
    const result: FileResult = {
      source: song.path,
      status: 'done',
      outputs: [{ stem: label, path: folder.pathOf(target), bytes: mix.bytes, peak: mix.peak }],
      nullDb: separated.nullDb,
      writtenNullDb: null,
      gainDb: mix.gainDb,
      model: settings.model,
      provider: separated.provider,
      sampleRate: decoded.ref.sampleRate,
      channels: decoded.ref.channels,
      frames: decoded.ref.frames,
      audioSeconds: decoded.ref.frames / decoded.ref.sampleRate,
      readSeconds: song.readSeconds,
      separateSeconds: (writing - separating) / 1000,
      writeSeconds: (performance.now() - writing) / 1000,
      warnings: [...decoded.warnings, ...separated.warnings, ...mix.warnings],
    };
    folder.commit(key, [{ staged, target }], { source: { name: song.path, ...song.content }, result });
    return result;
  } catch (error) {
    throw folder.explain(error, song.path);
  }
}
