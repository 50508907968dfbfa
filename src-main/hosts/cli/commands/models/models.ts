import { Command, Option } from 'commander';
import { devices } from '../../../../common/jobs/settings.js';
import type { CliContext } from '../../context.js';
import { modelsAddCommand } from './add.js';
import { getCommand } from './get.js';
import {
  catalogueCommand,
  folderCommand,
  importCommand,
  removeCommand,
  tryCommand,
  verifyCommand,
} from './manage.js';
import { errorLine, printable, table, wrapped } from '../../terminal.js';

interface Flags {
  readonly json?: boolean;
}

/** `unbraid models` and what is below it */
export function modelsCommand(context: CliContext): Command {
  const command = new Command('models')
    .description('list, fetch, check and delete models')
    .option('--json', 'print JSON')
    .action((flags: Flags) => list(context, flags));
  command
    .command('list')
    .description('list models and classic methods that are here')
    .option('--json', 'print JSON')
    .action((_: Flags, own: Command) => list(context, own.optsWithGlobals<Flags>()));
  for (const make of [
    getCommand,
    catalogueCommand,
    removeCommand,
    verifyCommand,
    importCommand,
    folderCommand,
    tryCommand,
  ]) {
    command.addCommand(make(context));
  }
  command
    .command('check')
    .description("check a model's files and compare its result with the one stored beside it")
    .argument('<id>')
    .addOption(new Option('--device <device>').choices([...devices]).default('cpu'))
    .action(async (id: string, { device }: { device: 'cpu' }) => {
      const result = await context.engine.checkModel({ id, device });
      const golden =
        result.goldenMaxAbs === null
          ? 'it stores no result to compare with'
          : `differs from its stored result by ${result.goldenMaxAbs.toExponential(1)} (at most ${result.tolerance})`;
      context.terminal.out(`${id}: runs on ${result.provider}; ${golden}\n`);
    });
  command
    .command('schema')
    .description('print the JSON schema of model manifests')
    .action(async () => {
      context.terminal.out(`${JSON.stringify(await context.engine.manifestSchema({}), null, 2)}\n`);
    });
  command.addCommand(modelsAddCommand(context));
  return command;
}

async function list(context: CliContext, flags: Flags): Promise<void> {
  const { separators, broken, userFolder } = await context.engine.models({});
  if (flags.json) {
    context.terminal.out(`${JSON.stringify({ separators, broken, userFolder })}\n`);
    return;
  }
  const studiesLast = separators.toSorted((a, b) => Number(a.study) - Number(b.study));
  const rows = studiesLast.map((separator): Row => ({
    id: separator.id,
    kind: separator.study ? 'study' : separator.kind,
    stems: stemsText(separator.stems),
    size: separator.bytes === null ? '' : `${(separator.bytes / 2 ** 20).toFixed(1)} MiB`,
    licence: separator.installed ? separator.license : 'not installed',
    description: separator.description,
  }));
  const { terminal } = context;
  terminal.out(`${terminal.read ? forReading(rows, terminal.columns) : asTable(rows)}\n`);
  for (const { file, error } of broken)
    context.terminal.err(`unbraid: ${printable(file)}: ${errorLine(error)}\n`);
  context.terminal.err('More can be fetched: `unbraid models catalogue` lists them.\n');
  context.terminal.err(`Your own models: manifest (.json) and graph (.onnx) side by side in ${userFolder}\n`);
}

const columns = ['id', 'kind', 'stems', 'size', 'licence', 'description'] as const;
type Row = Readonly<Record<(typeof columns)[number], string>>;

/** Many stems are numbered ones: the first and the last say as much. */
function stemsText(stems: readonly string[]): string {
  return stems.length > 7 ? `${stems[0]} … ${stems.at(-1)}` : stems.join(', ');
}

/** One line a model, for other programs. */
function asTable(rows: readonly Row[]): string {
  return table([[...columns], ...rows.map((row) => columns.map((column) => row[column]))]);
}

/** For a person: the descriptions, which no terminal is wide enough for, go below. */
function forReading(rows: readonly Row[], width: number): string {
  const heads = table(rows.map(({ id, kind, size, stems }) => [id, kind, size, stems])).split('\n');
  return rows
    .map(({ description, licence, size }, i) => {
      const about = size === '' ? description : `${description} (${licence})`;
      return `${heads[i]}\n${wrapped(about, width, 4)}`;
    })
    .join('\n');
}
