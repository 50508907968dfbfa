import type { TreeSample } from './memory.js';

const columns: readonly { readonly label: string; readonly of: (sample: TreeSample) => number }[] = [
  { label: 'memory, MiB', of: ({ mib }) => mib },
  { label: 'processes', of: ({ processes }) => processes },
  { label: 'open files', of: ({ handles }) => handles },
  { label: 'temporary files', of: ({ files }) => files },
  { label: 'cache, MiB', of: ({ bytes }) => bytes / 2 ** 20 },
];

/** The highest of each tenth of a run, as a table. */
export function tableOf(samples: readonly TreeSample[], rows = 10): string {
  const head = ['until', ...columns.map(({ label }) => label)];
  const lines = Array.from({ length: Math.min(rows, samples.length) }, (_, r) => {
    const part = samples.slice(
      Math.floor((r * samples.length) / rows),
      Math.max(1, Math.floor(((r + 1) * samples.length) / rows)),
    );
    if (part.length === 0) return [];
    const end = part[part.length - 1].seconds;
    return [`${end.toFixed(0)} s`, ...columns.map(({ of }) => Math.max(...part.map(of)).toFixed(0))];
  });
  const all = [head, ...lines.filter((line) => line.length > 0)];
  const widths = head.map((_, c) => Math.max(...all.map((line) => line[c].length)));
  const text = (line: readonly string[], fill = ' '): string =>
    `| ${line.map((cell, c) => cell.padEnd(widths[c], fill)).join(' | ')} |`;
  return [
    text(all[0]),
    text(
      head.map(() => ''),
      '-',
    ),
    ...all.slice(1).map((line) => text(line)),
  ].join('\n');
}

/** Points of a line: more would not be seen. */
const mostPoints = 300;

/** The highest of neighbouring samples, so that no peak is lost. */
function thinned(samples: readonly TreeSample[], of: (sample: TreeSample) => number): TreeSample[] {
  const step = Math.ceil(samples.length / mostPoints);
  return Array.from({ length: Math.ceil(samples.length / step) }, (_, i) =>
    samples.slice(i * step, (i + 1) * step).reduce((a, b) => (of(b) > of(a) ? b : a)),
  );
}

/** Each column over time, one below the other, as SVG. */
export function plot(title: string, samples: readonly TreeSample[]): string {
  const [width, height, left] = [800, 110, 110];
  const end = samples.at(-1)?.seconds ?? 1;
  const charts = columns.map(({ label, of }, c) => {
    const top = 30 + c * height;
    const most = Math.max(1, ...samples.map(of));
    const points = thinned(samples, of).map((sample) => {
      const x = left + ((width - left - 10) * sample.seconds) / end;
      return `${x.toFixed(1)},${(top + 80 - (70 * of(sample)) / most).toFixed(1)}`;
    });
    return [
      `<text x="5" y="${top + 20}">${label}</text><text x="5" y="${top + 38}">most ${most.toFixed(0)}</text>`,
      `<line x1="${left}" y1="${top + 80}" x2="${width - 10}" y2="${top + 80}" stroke="#999"/>`,
      `<polyline fill="none" stroke="#0072b2" points="${points.join(' ')}"/>`,
    ].join('\n');
  });
  const foot = 30 + columns.length * height;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${foot + 10}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
<text x="5" y="18" font-weight="bold">${title}, ${end.toFixed(0)} s</text>
${charts.join('\n')}
</svg>
`;
}
