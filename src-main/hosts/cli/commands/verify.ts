import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { UnbraidError } from '../../../common/base/errors.js';
import type { VerifiedSet, VerifyReport } from '../../../common/jobs/verification.js';
import { exitCodes, type CliContext } from '../context.js';
import { errorLine, formatNull, printable, table } from '../terminal.js';

interface Flags {
  readonly source?: string;
  readonly schema?: boolean;
  readonly json?: boolean;
}

/** `unbraid verify FOLDER [--source FILE]` */
export function verifyCommand(context: CliContext): Command {
  return new Command('verify')
    .description('prove again that stems are as they were written and add up to their song; writes nothing')
    .argument('[folder]', 'a folder that stems were written to, with all below it, or one .unbraid.json')
    .option('--source <path>', 'the song, or a folder of songs, to measure the sum against')
    .option('--schema', 'print the JSON schema of sidecars')
    .option('--json', 'print one JSON object a set of stems, and the report')
    .action((folder: string | undefined, flags: Flags) => runVerify(context, folder, flags));
}

async function runVerify(context: CliContext, folder: string | undefined, flags: Flags): Promise<void> {
  const { engine, terminal, signal } = context;
  if (flags.schema) {
    terminal.out(`${JSON.stringify(await engine.sidecarSchema({}), null, 2)}\n`);
    return;
  }
  if (folder === undefined)
    throw new UnbraidError('invalid-argument', 'There is no folder to verify', {
      hint: 'Name the folder that stems were written to.',
    });
  const job = randomUUID();
  const cancel = (): void => void engine.cancel({ job });
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const { source } = flags;
    const report = await engine.verify({ job, folder, ...(source !== undefined && { source }) });
    if (flags.json) {
      for (const set of report.sets) terminal.out(`${JSON.stringify({ event: 'verified', ...set })}\n`);
      terminal.out(`${JSON.stringify({ event: 'report', ...report })}\n`);
    } else terminal.out(`${textOf(report)}\n`);
    if (report.summary.broken + report.summary.refused > 0) context.exit(exitCodes.failed);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function textOf(report: VerifyReport): string {
  const { proved, unchanged, broken, refused } = report.summary;
  const rows = report.sets.map((set) => [printable(set.sidecar), set.verdict, figureOf(set)]);
  const lines = [table([['set', 'verdict', 'null test'], ...rows])];
  for (const set of report.sets) lines.push(...findings(set));
  for (const path of report.extra) lines.push(`note: ${printable(path)} belongs to no set`);
  lines.push(`${proved} proved, ${unchanged} unchanged, ${broken} broken, ${refused} refused`);
  return lines.join('\n');
}

/** The figure now; that of the stems before writing too where the files are lossy. */
function figureOf({ measuredDb, writtenDb, engineDb, lossless }: VerifiedSet): string {
  const now = measuredDb ?? writtenDb;
  if (now === null) return '';
  const when = measuredDb === null ? ' when written' : '';
  const before = lossless || engineDb === null ? '' : ` (lossy; ${formatNull(engineDb)} before encoding)`;
  return `${formatNull(now)}${when}${before}`;
}

/** What a person should know of a set, a line each. */
function findings(set: VerifiedSet): string[] {
  const where = `${printable(set.sidecar)}: `;
  const lines = set.files
    .filter(({ verdict }) => verdict !== 'unchanged')
    .map(({ file, verdict, note }) => {
      const name = printable(file);
      if (verdict === 'retagged') return `note: ${name} has other tags; its samples are the same`;
      if (verdict === 'moved') return `note: ${name} is now called ${printable(note ?? '')}`;
      return `error: ${where}${name} is ${verdict}${note === null ? '' : `: ${printable(note)}`}`;
    });
  if (set.error) lines.push(`error: ${errorLine(set.error)}`);
  if (set.sourceVerdict === 'other') lines.push(`error: ${where}the source has other samples`);
  if (set.sourceVerdict === 'damaged') lines.push(`error: ${where}the source cannot be read`);
  const { measuredDb, writtenDb } = set;
  if (set.verdict === 'broken' && measuredDb !== null && writtenDb !== null && measuredDb > writtenDb)
    lines.push(`error: ${where}null test ${formatNull(measuredDb)}, ${formatNull(writtenDb)} when written`);
  return lines;
}
