import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import type { Mixer } from '../../common/jobs/mixer.js';
import { sanitiseName, sanitiseValue } from '../../common/jobs/naming.js';
import type { RemixResult } from '../../common/jobs/results.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import {
  endingOf,
  formatsOf,
  outputFormats,
  factsOf,
  isStemFile,
  type OutputFormat,
} from '../../common/jobs/formats.js';
import { withoutRemoved } from './removed-mix.js';
import { hashText } from '../files/content-hash.js';
import { exportMix } from './export-mix.js';
import { OutputFolder } from './output-folder.js';
import { checkHeld } from './separate-file.js';
import { shapeStems } from './shape-stems.js';
import type { RunOptions, SongRunner } from './song-runner.js';
import { isOwnMix } from './stem-folders.js';
import { loadStems, type CheckRead } from './stem-sources.js';

export interface RemixRequest {
  /** A song, a .stem.mp4, or a folder of stems. */
  readonly input: string;
  readonly mixer: Mixer;
  /** A file, or an existing folder. */
  readonly output: string;
  /** What the file in a folder, and its title, call the mix. */
  readonly label?: string;
  readonly settings: SeparationSettings;
}

const plainEndings = [
  ...new Set(
    outputFormats
      .filter((format) => !isStemFile(format))
      .flatMap((format) => factsOf(format).endings.map((ending) => `.${ending}`)),
  ),
];

/** Where a remix goes and in which format: a file name decides, else the settings' format in the folder. */
export function remixTarget(
  output: string,
  name: string,
  format: OutputFormat,
  label = 'remix',
): { readonly folder: string; readonly file: string; readonly format: OutputFormat } {
  const isFolder =
    /[/\\]$/.test(output) || statSync(output, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isFolder) {
    return {
      folder: output,
      file: sanitiseName(`${sanitiseValue(name)} [${sanitiseValue(label)}].${endingOf(format)}`),
      format,
    };
  }
  const ending = extname(output).toLowerCase();
  const meant = formatsOf(ending.slice(1));
  // Where an ending means two formats, the settings may name one of them.
  const named = meant.find((one) => one === format) ?? meant.at(0);
  if (named) return { folder: dirname(output), file: basename(output), format: named };
  throw new UnbraidError('unsupported-format', `"${ending}" is not a format that a remix can be written in`, {
    file: output,
    hint: `Use one of ${plainEndings.join(' ')}, or name an existing folder.`,
  });
}

/** What a remix never replaces: the song, or all files beside the stems but for earlier mixes of them. */
function sourcesOf(input: string): string[] {
  const isFolder = statSync(input, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isFolder) return [input];
  return readdirSync(input).flatMap((name) => (isOwnMix(name) ? [] : [join(input, name)]));
}

/** Mixes the stems of a song into one file. Throws typed errors that name the file. */
export async function remix(
  runner: SongRunner,
  request: RemixRequest,
  options: RunOptions = {},
): Promise<RemixResult> {
  const { input, settings, label = 'remix' } = request;
  const target = remixTarget(request.output, basename(input, extname(input)), settings.format, label);
  const folder = new OutputFolder(target.folder);
  try {
    folder.open();
    const rules = { sources: sourcesOf(input), overwrite: settings.overwrite };
    folder.checkTargets([[target.file]], rules);
    const check: CheckRead = ({ decoded }) =>
      checkHeld({ path: input, decoded }, { depth: settings.depth, format: target.format });
    const set = await loadStems(runner, input, settings, check, options);
    try {
      const key = hashText(JSON.stringify([input, request.mixer, settings, target]));
      const staged = join(folder.stagingDir(), `remix.${endingOf(target.format)}`);
      const { info, name, dir, parents } = set;
      const shaped = { source: null, stems: set.stems, clean: settings.clean, parents, dir };
      const { stems } = await shapeStems(shaped, options);
      const names = stems.map((stem) => stem.name);
      const mix = await exportMix(
        runner.writer,
        {
          ...{ stems, parents, info, name, settings },
          mixer: withoutRemoved(request.mixer, names),
          coverFrom: info.path,
          label,
          format: target.format,
          path: staged,
          cacheDir: dir,
          seed: parseInt(key.slice(0, 8), 16),
        },
        options,
      );
      folder.publish([{ staged, target: [target.file] }], rules);
      return {
        source: input,
        path: folder.pathOf([target.file]),
        stems: names,
        ...(parents && { parents }),
        gainDb: mix.gainDb,
        peak: mix.peak,
        seconds: mix.seconds,
        warnings: [...set.warnings, ...mix.warnings],
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
