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
import { errorLine, printable, table } from '../../terminal.js';

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
  const rows = studiesLast.map((separator) => [
    separator.id,
    separator.study ? 'study' : separator.kind,
    separator.stems.join(', '),
    separator.bytes === null ? '' : `${(separator.bytes / 2 ** 20).toFixed(1)} MiB`,
    separator.installed ? separator.license : 'not installed',
    separator.description,
  ]);
  context.terminal.out(`${table([['id', 'kind', 'stems', 'size', 'licence', 'description'], ...rows])}\n`);
  for (const { file, error } of broken)
    context.terminal.err(`unbraid: ${printable(file)}: ${errorLine(error)}\n`);
  context.terminal.err('More can be fetched: `unbraid models catalogue` lists them.\n');
  context.terminal.err(`Your own models: manifest (.json) and graph (.onnx) side by side in ${userFolder}\n`);
}
