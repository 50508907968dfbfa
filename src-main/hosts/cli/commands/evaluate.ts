import { fixed } from '../../../common/base/figures.js';
import { Command, InvalidArgumentError } from 'commander';
import {
  baselines,
  scoreNames,
  scoreTitles,
  type Baseline,
  type EvaluationReport,
  type MethodScores,
} from '../../../common/jobs/evaluation.js';
import type { CliContext } from '../context.js';
import { printable, table } from '../terminal.js';
import { runJob } from './run-job.js';

interface Flags {
  readonly baseline?: Baseline[];
  readonly songs?: boolean;
  readonly json?: boolean;
}

function collect(value: string, previous: Baseline[] = []): Baseline[] {
  const found = baselines.find((name) => name === value);
  if (!found) throw new InvalidArgumentError(`Choose one of ${baselines.join(', ')}.`);
  return previous.includes(found) ? previous : [...previous, found];
}

/** `unbraid evaluate REF_DIR [EST_DIR]` */
export function evaluateCommand(context: CliContext): Command {
  return new Command('evaluate')
    .description(
      'score estimates against true stems: SDR, ISR, SIR, SAR (BSSEval v4), uSDR, SI-SDR, bleedless, …',
    )
    .argument('<references>', 'folder with the true stems of a song, or with a folder for each song')
    .argument('[estimates]', 'the same with estimates; stems and songs are matched by name')
    .option(
      '--baseline <name>',
      `score this too: the mixture, or what is made with the true stems: ${baselines.join(', ')} (may be repeated)`,
      collect,
    )
    .option('--songs', 'print a table for each song, too')
    .option('--json', 'print events and the report as JSON, one object per line')
    .action(async (references: string, estimates: string | undefined, flags: Flags) => {
      const json = flags.json ?? false;
      const report = await runJob(context, { json, files: 1 }, (job) =>
        context.engine.evaluate({
          job,
          references,
          ...(estimates !== undefined && { estimates }),
          baselines: flags.baseline ?? [],
        }),
      );
      if (json) context.terminal.out(`${JSON.stringify({ event: 'evaluation', ...report })}\n`);
      else context.terminal.out(describe(report, flags.songs ?? false));
    });
}

function describe(report: EvaluationReport, songs: boolean): string {
  const parts = report.methods.flatMap((method) => [
    ...(songs ? method.songs.map((song) => scoreTable(method, song.name, song.stems)) : []),
    scoreTable(method, `median of ${method.songs.length} song(s)`, method.median),
  ]);
  const notes = report.warnings.map((warning) => `note: ${printable(warning)}\n`);
  return `${parts.join('\n')}${notes.join('')}`;
}

function scoreTable(method: MethodScores, title: string, stems: MethodScores['median']): string {
  const rows = Object.entries(stems).map(([stem, scores]) => [
    printable(stem),
    ...scoreNames.map((name) => figure(scores[name])),
  ]);
  const head = ['stem', ...scoreNames.map((name) => scoreTitles[name])];
  return `${method.method}, ${printable(title)}\n${table([head, ...rows])}\n`;
}

const figure = (score: number | null | undefined): string =>
  score === null || score === undefined ? '–' : fixed(score, 2);
