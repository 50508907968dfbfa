import { fixed } from '../../common/base/figures.js';
import { createInterface } from 'node:readline/promises';
import type { WireError } from '../../common/base/errors.js';

/** Where a command writes; injected so that tests can listen. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether stderr is a terminal that can redraw a line. */
  readonly live: boolean;
  /** Whether a person reads stdout, and no file or program does. */
  readonly read?: boolean;
  readonly columns: number;
  /** Asks a person; null where nobody can answer. */
  readonly ask?: (question: string) => Promise<string | null>;
}

export const processTerminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  live: process.stderr.isTTY && process.env['TERM'] !== 'dumb',
  read: process.stdout.isTTY,
  get columns() {
    return process.stderr.columns || 80;
  },
  ask: async (question) => {
    if (!process.stdin.isTTY) return null;
    const reader = createInterface({ input: process.stdin, output: process.stderr });
    return reader.question(question).finally(() => reader.close());
  },
};

/** Control characters in names would move the cursor or break lines. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (char) => (char === '\n' ? '⏎' : '·'));
}

/** An error as one line: what happened, to which file, what to do. */
export function errorLine(error: WireError): string {
  const file = error.file === undefined ? '' : `${printable(error.file)}: `;
  const hint = error.hint === undefined ? '' : ` ${error.hint}`;
  const stop = /[.!?]$/.test(error.message) ? '' : '.';
  return `${file}${printable(error.message)}${stop}${hint}`;
}

export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function formatBytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB`;
}

/** −999 stands for a sum without any error. */
export function formatNull(nullDb: number): string {
  return nullDb <= -999 ? 'bit-exact' : `${fixed(nullDb, 1)} dB`;
}

/** Widest name in the first column: one of 255 bytes would push all others out of sight. */
const widestCell = 48;

function clipped(cell: string): string {
  const characters = [...cell];
  if (characters.length <= widestCell) return cell;
  const half = Math.floor((widestCell - 1) / 2);
  return `${characters.slice(0, half).join('')}…${characters.slice(-half).join('')}`;
}

/** A plain table: columns as wide as their longest cell, the caller aligns numbers. */
export function table(cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map((cell, c) => (c === 0 && row.length > 1 ? clipped(cell) : cell)));
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  return rows
    .map((row) =>
      row
        .map((cell, c) => cell.padEnd(widths[c]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Text in lines of at most `width` characters, each after `indent` spaces; a word that is longer has a line of its own. */
export function wrapped(text: string, width: number, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((text) => `${' '.repeat(indent)}${text}`).join('\n');
}
