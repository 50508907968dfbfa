import { fixed } from '../../../common/base/figures.js';
import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { toUnbraidError } from '../../../common/base/errors.js';
import type { SourceInfo } from '../../../common/contract/commands.js';
import { exitCodes, type CliContext } from '../context.js';
import { number } from '../options.js';
import { readingLine } from '../reading-text.js';
import { errorLine, formatSeconds, printable, table } from '../terminal.js';

interface Flags {
  readonly loudness?: boolean;
  readonly json?: boolean;
  readonly track?: number;
}

/** `unbraid info FILES…` */
export function infoCommand(context: CliContext): Command {
  return new Command('info')
    .description('show what a file is: format, length, rate, depth, channels, tags, loudness')
    .argument('<files...>', 'audio or video files')
    .option('--no-loudness', 'do not decode the file to measure its loudness and exact length')
    .option('--track <n>', 'audio track of a file with several, from 0', number(0, 1000, true))
    .option('--json', 'print one JSON object a line')
    .action(async (files: string[], flags: Flags) => {
      for (const [i, file] of files.entries()) {
        if (context.signal.aborted) return context.exit(exitCodes.cancelled);
        try {
          const info = await describeFile(context, file, flags);
          if (flags.json) context.terminal.out(`${JSON.stringify(info)}\n`);
          else context.terminal.out(`${i > 0 ? '\n' : ''}${describe(info)}\n`);
        } catch (error) {
          const typed = toUnbraidError(error, file).toWire();
          if (typed.code === 'cancelled') return context.exit(exitCodes.cancelled);
          if (flags.json) context.terminal.out(`${JSON.stringify({ event: 'error', ...typed })}\n`);
          context.terminal.err(`unbraid: ${errorLine(typed)}\n`);
          context.exit(typed.code === 'invalid-argument' ? exitCodes.usage : exitCodes.failed);
        }
      }
    });
}

/** Asks the engine, which the signal cancels. */
async function describeFile(
  { engine, signal }: CliContext,
  source: string,
  { loudness = true, track }: Flags,
): Promise<SourceInfo> {
  const job = randomUUID();
  const cancel = (): void => void engine.cancel({ job });
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await engine.info({ source, loudness, job, ...(track !== undefined && { track }) });
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function describe(info: SourceInfo): string {
  const depth = info.bitDepth === null ? info.sampleKind : `${info.bitDepth}-bit ${info.sampleKind}`;
  const length = info.durationSeconds === null ? 'unknown' : formatSeconds(info.durationSeconds);
  const rows: string[][] = [
    ['file', printable(info.path)],
    ['format', `${info.container}, ${info.codec}`],
    ['length', info.frames === null ? length : `${length} (${info.frames} samples)`],
    ['audio', `${info.sampleRate} Hz, ${info.channelLayout}, ${depth}`],
  ];
  if (info.bitRate !== null) rows.push(['bit rate', `${Math.round(info.bitRate / 1000)} kbit/s`]);
  if (info.tracks.length > 1)
    for (const { index, codec, title, language } of info.tracks)
      rows.push([
        `track ${index}`,
        [codec, title, language]
          .filter(Boolean)
          .map((text) => printable(text!))
          .join(', '),
      ]);
  if (info.reading) rows.push(['reading', readingLine(info.reading)]);
  if (info.stems) rows.push(['stems', info.stems.map((stem) => printable(stem.name)).join(', ')]);
  if (info.loudness) {
    const { integratedLufs, rangeLu, truePeakDb } = info.loudness;
    rows.push([
      'loudness',
      `${fixed(integratedLufs, 1)} LUFS, range ${fixed(rangeLu, 1)} LU, true peak ${fixed(truePeakDb, 1)} dBTP`,
    ]);
  }
  rows.push(['cover', info.hasCover ? 'yes' : 'no']);
  for (const [key, value] of Object.entries(info.tags))
    rows.push([`tag ${printable(key)}`, printable(value)]);
  for (const warning of info.warnings) rows.push(['note', printable(warning)]);
  return table(rows);
}
