import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** One measurement against its reference in the same run. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly reference: string;
  readonly referenceValue: number | null;
  /** What `ratio` means and what is wanted, like "ours / ffmpeg ≤ 1.3". */
  readonly ratioOf: string;
  readonly ratio: number | null;
  readonly peakMiB?: number;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

const digits = (value: number | null): string =>
  value === null || Number.isNaN(value) ? '–' : value >= 100 ? value.toFixed(0) : value.toPrecision(3);

/** Prints a table and writes the rows as JSON into out/bench. */
export function publish(section: string, rows: readonly Row[]): void {
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
  };
  mkdirSync('out/bench', { recursive: true });
  const json = { section, date: new Date().toISOString(), node: process.version, machine, rows };
  writeFileSync(`out/bench/${section}.json`, `${JSON.stringify(json, null, 2)}\n`);
  const cells = rows.map((row) => [
    row.name,
    `${digits(row.value)} ${row.unit}`,
    row.referenceValue === null
      ? row.reference
      : `${digits(row.referenceValue)} ${row.unit} (${row.reference})`,
    `${digits(row.ratio)}`,
    row.ratioOf,
    row.peakMiB === undefined ? '' : `${Math.round(row.peakMiB)} MiB`,
  ]);
  const all = [['what', 'measured', 'reference', 'ratio', 'ratio of', 'peak memory'], ...cells];
  const widths = all[0].map((_, c) => Math.max(...all.map((row) => row[c].length)));
  const lines = all.map((row) =>
    row
      .map((cell, c) => cell.padEnd(widths[c]))
      .join('  ')
      .trimEnd(),
  );
  console.log(`\n${section}\n${lines.join('\n')}\n`);
}
