import { InvalidArgumentError, Option, type Command } from 'commander';
import { outputFormats, type OutputFormat } from '../../common/jobs/formats.js';
import {
  defaultSeparator,
  devices,
  phaseWays,
  type Device,
  type PhaseWay,
  type SeparationSettingsInput,
} from '../../common/jobs/settings.js';
import { presetShape, shapePresets, type CleanValues } from '../../common/jobs/shapes.js';
import { templateFields } from '../../common/jobs/naming.js';

/** What commander hands over for the options below. */
export interface SeparationFlags {
  readonly model?: string;
  readonly stems?: string[];
  readonly twoStems?: string;
  readonly residual?: 'fold' | 'spread' | 'stem';
  readonly format?: OutputFormat;
  readonly depth?: '16' | '24' | '32f';
  readonly bitrate?: number;
  readonly template?: string;
  readonly device?: Device;
  readonly overlap?: number;
  readonly segment?: number;
  readonly shifts?: number;
  readonly wiener?: number;
  readonly phase?: PhaseWay;
  readonly average?: ('polarity' | 'channels')[];
  readonly shape?: CleanValues;
  readonly clean?: CleanValues;
  readonly workers?: number;
  readonly loudness?: number;
  readonly truePeak?: number;
  readonly track?: number;
  readonly overwrite?: boolean;
}

/** A parser for a number within bounds. */
export function number(low: number, high: number, whole = false): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= low && value <= high) || (whole && !Number.isInteger(value))) {
      throw new InvalidArgumentError(`It must be a ${whole ? 'whole ' : ''}number from ${low} to ${high}.`);
    }
    return value;
  };
}

/** `192k` or `192000` bits a second. */
function bitRate(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(k?)$/i.exec(text.trim());
  const value = match ? Number(match[1]) * (match[2] ? 1000 : 1) : NaN;
  if (!(value >= 8000 && value <= 1_000_000))
    throw new InvalidArgumentError('It must be like 192k, from 8k to 1000k.');
  return Math.round(value);
}

/** `vocals=0.5`: 1 clean, −1 full. */
function clean(text: string, values: CleanValues = {}): CleanValues {
  const [stem, value] = text.split('=', 2).map((part) => part.trim());
  const amount = Number(value);
  if (stem === '' || !value || !(amount >= -1 && amount <= 1))
    throw new InvalidArgumentError('It must be like vocals=0.5, from -1 (full) to 1 (clean).');
  return { ...values, [stem]: amount };
}

function average(text: string): ('polarity' | 'channels')[] {
  return [...new Set(list(text))].map((name) => {
    if (name === 'polarity' || name === 'channels') return name;
    throw new InvalidArgumentError('It must be polarity, channels, or both, separated by a comma.');
  });
}

function shape(text: string): CleanValues {
  const preset = shapePresets.find((name) => name === text);
  if (!preset) throw new InvalidArgumentError(`The presets are ${shapePresets.join(', ')}.`);
  return presetShape(preset);
}

/** What stands between commas. */
export function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Format, depth and level options: for everything that writes audio. */
export function addOutputOptions(command: Command): Command {
  return command
    .addOption(new Option('-f, --format <format>', 'output format (default: wav)').choices(outputFormats))
    .addOption(
      new Option('--depth <bits>', "sample format of lossless files (default: the source's)").choices([
        '16',
        '24',
        '32f',
      ]),
    )
    .option('--bitrate <rate>', 'bits a second of lossy files, like 192k', bitRate)
    .option('--loudness <lufs>', 'bring the mix to this loudness (EBU R 128), like -14', number(-70, 0))
    .option('--true-peak <dBTP>', 'highest true peak with --loudness (default: -1)', number(-40, 0))
    .option('--overwrite', 'replace files that exist');
}

/** How to separate. */
export function addSeparationOptions(command: Command): Command {
  return command
    .option(
      '-m, --model <id>',
      `model or classic method; see \`unbraid models\` (default: ${defaultSeparator})`,
    )
    .addOption(new Option('--device <device>', 'where models run (default: auto)').choices([...devices]))
    .option('--overlap <fraction>', 'overlap of segments, 0 to 0.95', number(0, 0.95))
    .option('--shifts <n>', 'extra passes at random offsets, averaged', number(0, 20, true))
    .option(
      '--segment <seconds>',
      'length of segments, for models that take any (shorter: less memory)',
      number(0.5, 600),
    )
    .option(
      '--average <ways>',
      'average over inverted polarity and swapped channels: polarity, channels or both (each doubles the time)',
      average,
    )
    .option(
      '--wiener <n>',
      'passes of a multichannel Wiener filter over the stems, 0 to 5 (default: what the model brings)',
      number(0, 5, true),
    )
    .addOption(
      new Option(
        '--phase <way>',
        'give the magnitudes of the stems other phases: those of the mixture, or found from them in 30 rounds',
      ).choices([...phaseWays]),
    )
    .option(
      '--shape <preset>',
      `make the stems cleaner or fuller: ${shapePresets.join(', ')}; --clean adds to it`,
      shape,
    )
    .option(
      '--clean <stem=amount>',
      'one stem, from -1 (full: nothing missing) to 1 (clean: no bleed), like vocals=0.5 (may be repeated)',
      clean,
    )
    .option('--workers <n>', 'inference processes (default: one a core, at most 4)', number(1, 64, true))
    .option('--track <n>', 'audio track of a file with several, from 0', number(0, 1000, true));
}

/** Which stems, and what becomes of what no stem takes. */
export function addStemOptions(command: Command): Command {
  return command
    .option('-s, --stems <names>', 'write only these stems, separated by commas', list)
    .option('-2, --two-stems <stem>', 'write this stem and everything else, like vocals + accompaniment')
    .addOption(
      new Option(
        '--residual <policy>',
        'what no stem takes goes into "other" (fold), into all stems by energy (spread), or into a separate file (stem)',
      ).choices(['fold', 'spread', 'stem']),
    )
    .option(
      '--template <text>',
      `names of outputs (default: {name}/{name} [{stem}].{ext}); fields: ${templateFields.map((f) => `{${f}}`).join(' ')}`,
    );
}

/** The settings of the contract from the flags; what was not given is left to the contract's defaults. */
export function settingsFrom(flags: SeparationFlags): SeparationSettingsInput {
  const { twoStems, bitrate, loudness, truePeak, model, stems, residual, format, depth, template } = flags;
  const { device, overlap, shifts, segment, wiener, phase, workers, track, overwrite } = flags;
  const settings = {
    model,
    stems,
    residual,
    format,
    depth,
    template,
    device,
    overlap,
    shifts,
    segment,
    wiener,
    phase,
    workers,
    track,
    overwrite,
  };
  return {
    ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
    ...(flags.average && { averaging: flags.average }),
    ...((flags.shape ?? flags.clean) && { clean: { ...flags.shape, ...flags.clean } }),
    ...(twoStems !== undefined && { twoStem: twoStems }),
    ...(bitrate !== undefined && { bitRate: bitrate }),
    ...(loudness !== undefined && {
      loudness: { lufs: loudness, ...(truePeak !== undefined && { truePeak }) },
    }),
  };
}
