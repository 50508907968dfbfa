import { basename } from 'node:path';
import type { BatchReport, JobEvent } from '../../common/contract/commands.js';
import type { BatchItem } from '../../common/jobs/batch.js';
import type { Progress } from '../../common/jobs/progress.js';
import type { FileResult } from '../../common/jobs/results.js';
import { errorLine, formatNull, formatSeconds, printable, table, type Terminal } from './terminal.js';

/** Shows a running job: as events for programs, as a live bar, or as plain lines. */
export interface Reporter {
  event(event: JobEvent): void;
  /** How many files there are (null: nobody knows); a file's number is shown when there are several. */
  expect(files: number | null): void;
  /** How many workers a queue has. */
  workers(count: number): void;
  close(): void;
}

/** One JSON object per line on stdout. */
export class JsonReporter implements Reporter {
  constructor(private readonly terminal: Terminal) {}

  event({ index, item }: JobEvent): void {
    this.terminal.out(`${JSON.stringify({ event: 'item', index, source: item.source, ...item.state })}\n`);
  }

  expect(files: number | null): void {
    this.terminal.out(`${JSON.stringify({ event: 'start', files })}\n`);
  }

  workers(workers: number): void {
    this.terminal.out(`${JSON.stringify({ event: 'workers', workers })}\n`);
  }

  close(): void {
    // The report is the last event; nothing to clear.
  }
}

const phaseNames: Readonly<Record<Progress['phase'], string>> = {
  read: 'reading',
  wait: 'waiting',
  separate: 'separating',
  write: 'writing',
  verify: 'verifying',
};

/** Lines for people: one that redraws itself on a terminal, one for each finished file elsewhere. */
export class TextReporter implements Reporter {
  private total = 1;
  private endless = false;
  private drawn = false;
  private lastDraw = 0;

  constructor(private readonly terminal: Terminal) {}

  expect(files: number | null): void {
    this.total = files ?? 1;
    this.endless = files === null;
  }

  workers(count: number): void {
    // A worker has no number of files, and is one itself.
    if (this.endless) this.line('Waiting for songs; stop with Ctrl+C.');
    else if (count > 0) this.line(`${count} worker${count === 1 ? '' : 's'} at this queue.`);
    else this.line('No worker at this queue yet: start some with `unbraid worker --queue` and its address.');
  }

  event({ index, item }: JobEvent): void {
    const { state } = item;
    if (state.state === 'separating') this.draw(index, item.source, state.progress);
    else if (state.state === 'done') this.line(this.done(index, state.result));
    else if (state.state === 'skipped') this.line(`${this.head(index, item.source)} done before, skipped`);
    else if (state.state === 'failed') this.line(`${this.number(index)}error: ${errorLine(state.error)}`);
  }

  close(): void {
    this.clear();
  }

  private number(index: number): string {
    return this.total > 1 ? `[${index + 1}/${this.total}] ` : '';
  }

  private head(index: number, source: string): string {
    return `${this.number(index)}${printable(basename(source))}:`;
  }

  private done(index: number, result: FileResult): string {
    const work = result.readSeconds + result.separateSeconds + result.writeSeconds;
    const speed = result.audioSeconds / work;
    const lines = [
      `${this.head(index, result.source)} ${result.outputs.length} file${result.outputs.length === 1 ? '' : 's'} in ` +
        `${work.toFixed(1)} s (${speed.toFixed(1)} × realtime), null test ${nullText(result)}`,
      ...result.outputs.map((output) => `    ${printable(output.path)}`),
      ...result.warnings.map((warning) => `    note: ${printable(warning)}`),
    ];
    return lines.join('\n');
  }

  private draw(index: number, source: string, progress: Progress): void {
    if (!this.terminal.live) return;
    const now = Date.now();
    if (now - this.lastDraw < 80 && progress.done < progress.total) return;
    this.lastDraw = now;
    const fraction = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
    const filled = Math.round(24 * fraction);
    const bar = '█'.repeat(filled) + '░'.repeat(24 - filled);
    const speed = progress.speed === null ? '' : `  ${progress.speed.toFixed(1)} ×`;
    const eta = progress.eta === null ? '' : `  ${formatSeconds(progress.eta)} left`;
    const tail = ` ${bar} ${phaseNames[progress.phase]} ${Math.floor(100 * fraction)} %${speed}${eta}`;
    const room = Math.max(8, this.terminal.columns - tail.length - 1);
    const head = this.head(index, source);
    const name = head.length > room ? `${head.slice(0, room - 1)}…` : head;
    this.clear();
    this.terminal.err(`${name}${tail}`.slice(0, this.terminal.columns - 1));
    this.drawn = true;
  }

  private clear(): void {
    if (this.drawn) this.terminal.err('\r\u001b[K');
    this.drawn = false;
  }

  private line(text: string): void {
    this.clear();
    this.terminal.err(`${text}\n`);
  }
}

/** The figure of the files that were written; that of the stems before writing too where they differ. */
function nullText({ nullDb, writtenNullDb }: FileResult): string {
  if (writtenNullDb === null) return `${formatNull(nullDb)} before writing`;
  const before = writtenNullDb > nullDb + 1 ? ` (${formatNull(nullDb)} before writing)` : '';
  return `${formatNull(writtenNullDb)}${before}`;
}

/** The table at the end of a run over several files. */
export function reportTable(report: BatchReport): string {
  const rows = report.items.map((item) => [
    printable(basename(item.source)),
    item.state.state,
    ...details(item),
  ]);
  const { done, skipped, failed, cancelled } = report.summary;
  const counts = `${done} done, ${skipped} skipped, ${failed} failed${cancelled ? `, ${cancelled} cancelled` : ''}`;
  return `${table([['file', 'state', 'length', 'speed', 'null test', 'note'], ...rows])}\n${counts}`;
}

function details({ state }: BatchItem<FileResult>): string[] {
  if (state.state === 'failed') return ['', '', '', printable(state.error.message)];
  if (state.state !== 'done' && state.state !== 'skipped') return ['', '', '', ''];
  const { result } = state;
  const work = result.readSeconds + result.separateSeconds + result.writeSeconds;
  const speed = state.state === 'done' ? `${(result.audioSeconds / work).toFixed(1)} ×` : '';
  const note = result.warnings.length > 0 ? printable(result.warnings[0]) : '';
  return [formatSeconds(result.audioSeconds), speed, nullText(result), note];
}
