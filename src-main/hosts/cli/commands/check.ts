import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { Command } from 'commander';
import type { CheckItem, CheckReport } from '../../../common/jobs/check.js';
import { toldNotes } from '../../../common/jobs/reading.js';
import { exitCodes, type CliContext } from '../context.js';
import { formatSeconds, printable, table } from '../terminal.js';

interface Flags {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly recursive: boolean;
  readonly include?: string[];
  readonly exclude?: string[];
}

function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

/** `unbraid check FOLDER…` */
export function checkCommand(context: CliContext): Command {
  return new Command('check')
    .description('read songs through and tell which are exact, repaired, damaged or refused; writes nothing')
    .argument('<paths...>', 'folders or files')
    .option('--include <glob>', 'only files that match, like "*.flac" (may be repeated)', collect)
    .option('--exclude <glob>', 'not files that match (may be repeated)', collect)
    .option('--no-recursive', 'do not enter folders below')
    .option('--all', 'list exact files too, not only the others')
    .option('--json', 'print one JSON object a file, and the report')
    .action((paths: string[], flags: Flags) => runCheck(context, paths, flags));
}

async function runCheck(context: CliContext, paths: string[], flags: Flags): Promise<void> {
  const { engine, terminal, signal } = context;
  const job = randomUUID();
  const cancel = (): void => void engine.cancel({ job });
  const unsubscribe = engine.subscribe((event) => {
    if (!('checked' in event) || event.job !== job) return;
    const { index, total, checked } = event;
    if (flags.json) terminal.out(`${JSON.stringify({ event: 'checked', index, total, ...checked })}\n`);
    else if (terminal.live)
      terminal.err(`\r\u001b[K[${index + 1}/${total}] ${printable(basename(checked.source))}`);
  });
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const { recursive, include = [], exclude = [] } = flags;
    const report = await engine.check({ job, paths, recursive, include, exclude });
    if (!flags.json && terminal.live) terminal.err('\r\u001b[K');
    if (flags.json) terminal.out(`${JSON.stringify({ event: 'report', ...report })}\n`);
    else terminal.out(`${checkTable(report, flags.all ?? false)}\n`);
    const { damaged, refused } = report.summary;
    if (damaged + refused > 0) context.exit(exitCodes.failed);
  } finally {
    signal.removeEventListener('abort', cancel);
    unsubscribe();
  }
}

/** What is not exact, or everything, and the counts. */
function checkTable({ items, summary }: CheckReport, all: boolean): string {
  const shown = items.filter((item) => all || item.verdict !== 'exact');
  const rows = shown.map((item) => [printable(item.source), item.verdict, lengthOf(item), notesOf(item)]);
  const { exact, repaired, damaged, refused } = summary;
  const counts = `${exact} exact, ${repaired} repaired, ${damaged} damaged, ${refused} refused`;
  if (rows.length === 0) return counts;
  return `${table([['file', 'verdict', 'length', 'note'], ...rows])}\n${counts}`;
}

function lengthOf({ reading }: CheckItem): string {
  return reading ? formatSeconds(reading.decoded.frames / reading.decoded.sampleRate) : '';
}

function notesOf({ reading, error }: CheckItem): string {
  return printable(error ? error.message : toldNotes(reading?.notes ?? []).join('; '));
}
