import { existsSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { Command, Option } from 'commander';
import { UnbraidError } from '../../../common/base/errors.js';
import type { BatchReport } from '../../../common/contract/commands.js';
import { oracles, type Oracle } from '../../../common/jobs/evaluation.js';
import type { SeparationSettingsInput } from '../../../common/jobs/settings.js';
import { hasFactors } from '../../../common/separation/classic/component-options.js';
import {
  addOutputOptions,
  addSeparationOptions,
  addStemOptions,
  settingsFrom,
  type SeparationFlags,
} from '../options.js';
import type { CliContext } from '../context.js';
import { printable } from '../terminal.js';
import { cancellable, runJob, tellReport } from './run-job.js';

type Flags = SeparationFlags & {
  readonly output: string;
  readonly json?: boolean;
  readonly oracle?: Oracle;
  readonly truth?: string;
  readonly factors?: boolean;
};

/** `unbraid separate FILES… -o DIR` */
export function separateCommand(context: CliContext): Command {
  const command = new Command('separate')
    .description('separate songs into stems that add up to the song')
    .argument('<files...>', 'audio or video files')
    .requiredOption('-o, --output <folder>', 'folder for the stems');
  addStemOptions(addSeparationOptions(addOutputOptions(command)));
  return command
    .addOption(
      new Option(
        '--oracle <kind>',
        'make the stems from true ones: what a perfect separator of this kind would give (with --truth)',
      ).choices([...oracles]),
    )
    .option('--truth <folder>', 'the true stems of the one song, like vocals.wav and drums.wav')
    .option(
      '--factors',
      'with nmf and nmf-components: write spectra (W) and gains over time (H), too, as NumPy arrays (.npz)',
    )
    .option('--json', 'print events and the report as JSON, one object per line')
    .action(async (files: string[], flags: Flags) => {
      const json = flags.json ?? false;
      const { oracle: kind, truth } = flags;
      if ((kind === undefined) !== (truth === undefined))
        throw new UnbraidError('invalid-argument', '--oracle and --truth belong together', {
          hint: 'Say --oracle irm2 --truth FOLDER.',
        });
      if (kind !== undefined && flags.model !== undefined)
        throw new UnbraidError('invalid-argument', 'An oracle takes the place of a model', {
          hint: 'Leave -m or --oracle out.',
        });
      const oracle = kind !== undefined && truth !== undefined ? { kind, truth } : undefined;
      if (flags.factors && !hasFactors(flags.model ?? ''))
        throw new UnbraidError('invalid-argument', '--factors belongs to separators that factorize', {
          hint: 'Say -m nmf or -m nmf-components.',
        });
      const report = await runJob(context, { json, files: files.length }, (job) =>
        context.engine.separate({
          ...{ job, sources: files, output: flags.output, settings: settingsFrom(flags) },
          ...(oracle && { oracle }),
        }),
      );
      if (flags.factors) await writeFactors(context, report, settingsFrom(flags), json);
      tellReport(context, report, json);
    });
}

/** Writes W and H beside the stems of each song that was separated just now. */
async function writeFactors(
  context: CliContext,
  { items }: BatchReport,
  settings: SeparationSettingsInput,
  json: boolean,
): Promise<void> {
  for (const { source, state } of items) {
    if (state.state !== 'done' && state.state !== 'skipped') continue;
    // Beside the stems, whose own names follow the template.
    const folder = dirname(state.result.outputs[0].path);
    const [method] = settings.model!.split(':');
    const output = join(folder, `${parse(source).name} [${method} factors].npz`);
    // Stems that were there already may have theirs.
    const overwrite = settings.overwrite === true;
    if (state.state === 'skipped' && !overwrite && existsSync(output)) continue;
    const made = await cancellable(context, (job) =>
      context.engine.factors({ job, source, output, settings }),
    );
    const { path, pieces, components } = made;
    context.terminal.out(
      json
        ? `${JSON.stringify({ event: 'factors', ...made })}\n`
        : `  ${printable(path)}: ${components} components, ${pieces} piece(s)\n`,
    );
  }
}
