import { Command, InvalidArgumentError, Option } from 'commander';
import {
  clipFormats,
  comparedNames,
  longestComparison,
  usualBaselines,
  type ClipFormat,
  type ComparisonReport,
} from '../../../common/jobs/comparison.js';
import { baselines, type Baseline } from '../../../common/jobs/evaluation.js';
import { languageIds, languageOf, type Language } from '../../../common/contract/languages.js';
import { devices, type Device } from '../../../common/jobs/settings.js';
import { exitCodes, type CliContext } from '../context.js';
import { list, number } from '../options.js';
import { errorLine, formatBytes, printable, table } from '../terminal.js';
import { runJob } from './run-job.js';

interface Flags {
  readonly models: string;
  readonly output: string;
  readonly start?: number;
  readonly seconds: number;
  readonly baselines: Baseline[];
  readonly device?: Device;
  readonly workers?: number;
  readonly format: ClipFormat;
  readonly language?: Language;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

function parseBaselines(text: string): Baseline[] {
  if (text === 'none') return [];
  return list(text).map((name) => {
    const found = baselines.find((one) => one === name);
    if (!found) throw new InvalidArgumentError(`Choose of ${baselines.join(', ')}, or none.`);
    return found;
  });
}

/** The language of messages that the environment asks for (POSIX.1-2017, 8.2); empty variables count as unset. */
export function systemLanguage(env: NodeJS.ProcessEnv = process.env): Language {
  return languageOf(env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || 'en');
}

/** `unbraid compare SONG_OR_STEMS_DIR` */
export function compareCommand(context: CliContext): Command {
  return new Command('compare')
    .description('run models and methods on the same clip, and write one page to see, hear and rank them')
    .argument('<input>', 'a song, or its true stems: a folder (vocals.wav, drums.wav …) or a .stem.mp4')
    .requiredOption('-o, --output <folder>', 'folder for index.html and comparison.json')
    .option('-m, --models <ids>', 'models and methods, separated by commas, or all', 'all')
    .option('--start <seconds>', 'where the clip begins (default: in the middle)', number(0, 1e6))
    .option('--seconds <n>', 'how long it is', number(1, longestComparison), 20)
    .option(
      '--baselines <names>',
      `made of true stems: ${baselines.join(', ')}, separated by commas, or none`,
      parseBaselines,
      [...usualBaselines],
    )
    .addOption(new Option('--device <device>', 'where models run (default: auto)').choices([...devices]))
    .option('--workers <n>', 'inference processes (default: one a core, at most 4)', number(1, 64, true))
    .addOption(
      new Option('-f, --format <format>', 'sounds in the page').choices([...clipFormats]).default('opus'),
    )
    .addOption(
      new Option('--language <language>', 'of the page (default: that of the system)').choices([
        ...languageIds,
      ]),
    )
    .option('--overwrite', 'replace a report that exists')
    .option('--json', 'print events and the figures as JSON, one object per line')
    .action(async (input: string, flags: Flags) => {
      const { models, output, start, seconds, device, workers, format, overwrite = false } = flags;
      const json = flags.json ?? false;
      const language = flags.language ?? systemLanguage();
      const report = await runJob(context, { json, files: 1 }, (job) =>
        context.engine.compare({
          ...{ job, input, output, seconds, format, overwrite, language, baselines: flags.baselines },
          models: models === 'all' ? null : list(models),
          ...(start !== undefined && { start }),
          ...(device !== undefined && { device }),
          ...(workers !== undefined && { workers }),
        }),
      );
      const { terminal } = context;
      if (json) terminal.out(`${JSON.stringify({ event: 'comparison', ...report })}\n`);
      else tell(context, report);
      if (report.systems.some(({ error }) => error !== null)) context.exit(exitCodes.failed);
    });
}

function tell({ terminal }: CliContext, report: ComparisonReport): void {
  const scored = report.truth.length > 0 ? comparedNames(report.systems) : [];
  const rows = report.systems
    .filter(({ error }) => error === null)
    .map(({ id, workSeconds, heardSeconds, memoryBytes, stems: own }) => [
      id,
      workSeconds === null ? '–' : workSeconds.toFixed(1),
      workSeconds === null || heardSeconds === null ? '–' : (heardSeconds / workSeconds).toFixed(1),
      memoryBytes === null ? '–' : formatBytes(memoryBytes),
      ...scored.map((name) => own.find((stem) => stem.name === name)?.scores?.usdr?.toFixed(2) ?? '–'),
    ]);
  const head = ['system', 'seconds', '× realtime', 'memory', ...scored.map((name) => `uSDR ${name}`)];
  terminal.out(`${table([head, ...rows].map((row) => row.map(printable)))}\n`);
  for (const { id, error } of report.systems)
    if (error) terminal.err(`unbraid: ${printable(id)}: ${errorLine(error)}\n`);
  for (const warning of report.warnings) terminal.err(`note: ${printable(warning)}\n`);
  terminal.err(`The page: ${printable(report.page)}\n`);
}
