import { randomUUID } from 'node:crypto';
import {
  isItemEvent,
  isSizeEvent,
  isWorkersEvent,
  type BatchReport,
} from '../../../common/contract/commands.js';
import { exitCodes, type CliContext } from '../context.js';
import { JsonReporter, TextReporter, reportTable, type Reporter } from '../reporter.js';

/** Runs a job that Ctrl+C cancels; its id goes into the command's argument. */
export async function cancellable<T>(
  { engine, signal }: CliContext,
  start: (job: string) => Promise<T>,
): Promise<T> {
  const job = randomUUID();
  const cancel = (): void => void engine.cancel({ job });
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const running = start(job);
    if (signal.aborted) cancel();
    return await running;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** The same with its events shown. `files` is left out where the work itself finds out, and null for work without an end. */
export function runJob<T>(
  context: CliContext,
  { json, files }: { readonly json: boolean; readonly files?: number | null },
  start: (job: string) => Promise<T>,
): Promise<T> {
  const { engine, terminal } = context;
  return cancellable(context, async (job) => {
    const reporter: Reporter = json ? new JsonReporter(terminal) : new TextReporter(terminal);
    const unsubscribe = engine.subscribe((event) => {
      if (isItemEvent(event) && event.job === job) reporter.event(event);
      else if (isWorkersEvent(event) && event.job === job) reporter.workers(event.workers);
      else if (isSizeEvent(event) && event.job === job && files === undefined) reporter.expect(event.songs);
    });
    if (files !== undefined) reporter.expect(files);
    try {
      return await start(job);
    } finally {
      unsubscribe();
      reporter.close();
    }
  });
}

/** Prints a finished report and sets the exit code: 0 only when every file is there. */
export function tellReport(context: CliContext, report: BatchReport, json: boolean): void {
  const { terminal } = context;
  const { summary } = report;
  if (json) terminal.out(`${JSON.stringify({ event: 'report', ...report })}\n`);
  else if (report.items.length > 1) terminal.out(`${reportTable(report)}\n`);
  if (context.signal.aborted) context.exit(exitCodes.cancelled);
  else if (summary.failed > 0 || summary.cancelled > 0) context.exit(exitCodes.failed);
}
