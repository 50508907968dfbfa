import { Command } from 'commander';
import { toUnbraidError } from '../../../common/base/errors.js';
import type { SourceInfo } from '../../../common/contract/commands.js';
import { exitCodes, type CliContext } from '../context.js';
import { errorLine, formatSeconds, printable, table } from '../terminal.js';

interface Flags {
  readonly loudness?: boolean;
  readonly json?: boolean;
}

/** `unbraid info FILES…` */
export function infoCommand(context: CliContext): Command {
  return new Command('info')
    .description('show what a file is: format, length, rate, depth, channels, tags, loudness')
    .argument('<files...>', 'audio or video files')
    .option('--no-loudness', 'do not decode the file to measure its loudness and exact length')
    .option('--json', 'print one JSON object a line')
    .action(async (files: string[], flags: Flags) => {
      for (const [i, file] of files.entries()) {
        if (context.signal.aborted) return context.exit(exitCodes.cancelled);
        try {
          const info = await context.engine.info({ source: file, loudness: flags.loudness ?? true });
          if (flags.json) context.terminal.out(`${JSON.stringify(info)}\n`);
          else context.terminal.out(`${i > 0 ? '\n' : ''}${describe(info)}\n`);
        } catch (error) {
          const typed = toUnbraidError(error, file).toWire();
          if (flags.json) context.terminal.out(`${JSON.stringify({ event: 'error', ...typed })}\n`);
          context.terminal.err(`unbraid: ${errorLine(typed)}\n`);
          context.exit(exitCodes.failed);
        }
      }
    });
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
  if (info.tracks.length > 1) rows.push(['tracks', String(info.tracks.length)]);
  if (info.stems) rows.push(['stems', info.stems.map((stem) => printable(stem.name)).join(', ')]);
  if (info.loudness) {
    const { integratedLufs, rangeLu, truePeakDb } = info.loudness;
    rows.push([
      'loudness',
      `${integratedLufs.toFixed(1)} LUFS, range ${rangeLu.toFixed(1)} LU, true peak ${truePeakDb.toFixed(1)} dBTP`,
    ]);
  }
  rows.push(['cover', info.hasCover ? 'yes' : 'no']);
  for (const [key, value] of Object.entries(info.tags))
    rows.push([`tag ${printable(key)}`, printable(value)]);
  for (const warning of info.warnings) rows.push(['note', printable(warning)]);
  return table(rows);
}
