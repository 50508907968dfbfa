import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import { gainToDb } from '../../common/base/units.js';
import type { Mixer } from '../../common/jobs/mixer.js';
import { sanitiseName, sanitiseValue } from '../../common/jobs/naming.js';
import type { RemixResult } from '../../common/jobs/results.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import type { OutputFormat } from '../audio/types.js';
import { hashText } from './content-hash.js';
import { commonGain, endingOf, sampleFormat } from './export-plan.js';
import { loudnessGain } from './export-stems.js';
import { mixStems } from './mix.js';
import { OutputFolder } from './output-folder.js';
import type { RunOptions, SongRunner } from './song-runner.js';
import { loadStems } from './stem-sources.js';

export interface RemixRequest {
  /** A song, a .stem.mp4, or a folder of stems. */
  readonly input: string;
  readonly mixer: Mixer;
  /** A file, or an existing folder. */
  readonly output: string;
  readonly settings: SeparationSettings;
}

const byEnding: Readonly<Record<string, OutputFormat>> = {
  '.wav': 'wav',
  '.flac': 'flac',
  '.mp3': 'mp3',
  '.m4a': 'aac',
  '.opus': 'opus',
  '.ogg': 'vorbis',
  '.aiff': 'aiff',
  '.aif': 'aiff',
};

/** Where a remix goes and in which format: a file name decides, else the settings' format in the folder. */
export function remixTarget(
  output: string,
  name: string,
  format: OutputFormat,
): { readonly folder: string; readonly file: string; readonly format: OutputFormat } {
  const isFolder =
    /[/\\]$/.test(output) || statSync(output, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isFolder) {
    return {
      folder: output,
      file: sanitiseName(`${sanitiseValue(name)} [remix].${endingOf(format)}`),
      format,
    };
  }
  const ending = extname(output).toLowerCase();
  // .m4a says two things; the settings may mean the lossless one.
  const named = ending === '.m4a' && format === 'alac' ? 'alac' : byEnding[ending];
  if (named) return { folder: dirname(output), file: basename(output), format: named };
  throw new UnbraidError('unsupported-format', `"${ending}" is no format a remix can be written in`, {
    file: output,
    hint: `Use one of ${Object.keys(byEnding).join(' ')}, or name an existing folder.`,
  });
}

/** The files a remix reads: none of them may be replaced. */
function sourcesOf(input: string): string[] {
  const isFolder = statSync(input, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? readdirSync(input).map((name) => join(input, name)) : [input];
}

/** Mixes the stems of a song into one file. Throws typed errors that name the file. */
export async function remix(
  runner: SongRunner,
  request: RemixRequest,
  options: RunOptions = {},
): Promise<RemixResult> {
  const { input, settings } = request;
  const call = options.signal ? { signal: options.signal } : {};
  const target = remixTarget(request.output, basename(input, extname(input)), settings.format);
  const folder = new OutputFolder(target.folder);
  try {
    folder.open();
    folder.checkTargets([[target.file]], { sources: sourcesOf(input), overwrite: settings.overwrite });
    const set = await loadStems(runner, input, settings, options);
    try {
      const mix = await mixStems(set.stems, request.mixer, set.dir, options.signal);
      const sample = sampleFormat(target.format, settings.depth, set.info);
      const wanted = await loudnessGain(runner.writer, mix.ref, settings, call);
      const { gain, warning } = commonGain([mix.peak], wanted, sample);
      const key = hashText(JSON.stringify([input, request.mixer, settings, target]));
      const staged = join(folder.stagingDir(), `remix.${endingOf(target.format)}`);
      const { outputs } = await runner.writer.encodeSet(
        {
          outputs: [
            {
              path: staged,
              format: target.format,
              ...(sample && { sample }),
              ...(settings.bitRate !== undefined && { bitRate: settings.bitRate }),
              inputs: [{ ref: mix.ref, gain }],
              tags: { ...set.info.tags, title: `${set.info.tags['title'] ?? set.name} [remix]` },
              ...(set.info.hasCover && { coverFrom: set.info.path }),
            },
          ],
          dither: sample === 's16' ? 'tpdf' : 'none',
          seed: parseInt(key.slice(0, 8), 16),
        },
        call,
      );
      const [written] = outputs;
      const verify = {
        path: staged,
        expectFrames: written.frames,
        sampleRate: written.sampleRate,
        channels: mix.ref.channels,
      };
      await runner.writer.verify({ source: null, gain, outputs: [verify], sum: false }, call);
      folder.publish([{ staged, target: [target.file] }]);
      return {
        source: input,
        path: folder.pathOf([target.file]),
        stems: set.stems.map((stem) => stem.name),
        gainDb: gainToDb(gain),
        peak: written.peak,
        seconds: mix.ref.frames / mix.ref.sampleRate,
        warnings: [...set.warnings, ...(warning ? [warning] : [])],
      };
    } finally {
      await set.dispose();
    }
  } catch (error) {
    throw folder.explain(error, input);
  } finally {
    folder.close();
  }
}
