import { fixed } from '../../../common/base/figures.js';
import { Command } from 'commander';
import { gainToDb } from '../../../common/base/units.js';
import { forPieces } from '../../../common/jobs/stem-pieces.js';
import { withoutRemoved } from '../../../node/jobs/removed-mix.js';
import { addMixOptions, mixFrom, type MixFlags } from '../mixer-options.js';
import { addOutputOptions, addSeparationOptions, settingsFrom, type SeparationFlags } from '../options.js';
import type { CliContext } from '../context.js';
import { printable } from '../terminal.js';
import { runJob } from './run-job.js';

type Flags = SeparationFlags &
  MixFlags & {
    readonly output: string;
    readonly json?: boolean;
  };

/** `unbraid remix FILE --mute vocals --gain drums=-6dB --pan bass=0.2 -o OUT` */
export function remixCommand(context: CliContext): Command {
  const command = new Command('remix')
    .description('mix the stems of a song, of a .stem.mp4 or of a folder of stems into one file')
    .argument('<input>', 'a song, a .stem.mp4, or a folder of stems made before')
    .requiredOption('-o, --output <file>', 'the file to write (its ending is the format), or a folder');
  addSeparationOptions(addOutputOptions(addMixOptions(command)));
  return command
    .option('--json', 'print events and the result as JSON, one object per line')
    .action((input: string, flags: Flags) => runRemix(context, input, flags));
}

async function runRemix(context: CliContext, input: string, flags: Flags): Promise<void> {
  const json = flags.json ?? false;
  const { mixer, label } = mixFrom(flags) ?? { mixer: {}, label: 'remix' };
  const { output } = flags;
  const result = await runJob(context, { json, files: 1 }, (job) =>
    context.engine.remix({ job, input, output, mixer, label, settings: settingsFrom(flags) }),
  );
  const { terminal } = context;
  if (json) {
    terminal.out(`${JSON.stringify({ event: 'report', ...result })}\n`);
    return;
  }
  terminal.out(`${printable(result.path)}\n`);
  const peak = result.peak > 0 ? `${fixed(gainToDb(result.peak), 1)} dBFS` : 'silent';
  const strips = forPieces(withoutRemoved(mixer, result.stems), result.stems, result.parents);
  const solo = result.stems.some((name) => strips[name]?.solo);
  const heard = result.stems.filter((name) => !strips[name]?.mute && (!solo || strips[name]?.solo));
  terminal.err(`Mixed ${heard.length > 0 ? heard.join(', ') : 'nothing'}; peak ${peak}.\n`);
  for (const warning of result.warnings) terminal.err(`note: ${printable(warning)}\n`);
}
