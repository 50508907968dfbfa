/** One operation of the program and what it does to samples: the error in dB, −Infinity where they stay the same. */
export interface Fact {
  readonly group: string;
  readonly operation: string;
  readonly errorDb: number;
  /** What is compared with what. */
  readonly measure: string;
}

/** A figure may be worse by this much, dB: processors and codec releases round differently. */
export const toleranceDb = 1;

const neutral = 'neutral (bit-exact)';

function figure(errorDb: number): string {
  return errorDb === -Infinity ? neutral : `${errorDb.toFixed(1)} dB`;
}

/** The sheet as Markdown. */
export function render(facts: readonly Fact[]): string {
  const groups = [...new Set(facts.map(({ group }) => group))];
  const tables = groups.map((group) => {
    const rows = facts
      .filter((fact) => fact.group === group)
      .map(({ operation, errorDb, measure }) => [operation, figure(errorDb), measure]);
    const all = [['operation', 'error', 'measured'], ...rows];
    const widths = [0, 1, 2].map((c) => Math.max(...all.map((row) => row[c].length)));
    const line = (cells: readonly string[], fill = ' '): string =>
      `| ${cells.map((cell, c) => cell.padEnd(widths[c], fill)).join(' | ')} |`;
    const [head, ...body] = all;
    return [`## ${group}`, '', line(head), line(['', '', ''], '-'), ...body.map((row) => line(row))].join(
      '\n',
    );
  });
  return `${intro}\n\n${tables.join('\n\n')}\n`;
}

const intro = `# Audio fact sheet

What each operation does to samples. Written by \`npm run fact-sheet\`, never by hand; a test measures everything again
and fails when a figure is worse by more than ${toleranceDb} dB, or an operation is neutral no longer.

_Neutral_ means that every sample stays what it was, bit for bit. Otherwise the error is the energy of the difference
over the energy of what it should be, in dB: −96 dB is about the noise of 16 bits, −144 dB that of 24. The song is one
second of tones and noise bursts in stereo at 44.1 kHz.`;

/** The figures of a sheet, by group and operation. */
export function parse(sheet: string): ReadonlyMap<string, number> {
  const figures = new Map<string, number>();
  let group = '';
  for (const line of sheet.split('\n')) {
    group = /^## (.+)$/.exec(line)?.[1] ?? group;
    const [, operation, error] = /^\| (.+?) +\| (neutral \(bit-exact\)|-?[\d.]+ dB) +\|/.exec(line) ?? [];
    if (operation === undefined) continue;
    figures.set(`${group}: ${operation}`, error === neutral ? -Infinity : Number.parseFloat(error));
  }
  return figures;
}

/** What is worse now than the sheet says, or missing on either side; a sentence each. */
export function worse(sheet: string, facts: readonly Fact[]): string[] {
  const known = parse(sheet);
  const now = new Map(facts.map((fact) => [`${fact.group}: ${fact.operation}`, fact.errorDb]));
  const gone = [...known.keys()]
    .filter((name) => !now.has(name))
    .map((name) => `${name} is not measured any more`);
  const changed = [...now].flatMap(([name, errorDb]) => {
    const before = known.get(name);
    if (before === undefined) return [`${name} is not in the sheet: run \`npm run fact-sheet\``];
    return errorDb <= before + toleranceDb ? [] : [`${name}: ${figure(errorDb)}, was ${figure(before)}`];
  });
  return [...gone, ...changed];
}
