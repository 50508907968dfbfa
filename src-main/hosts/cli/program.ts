import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { Command, CommanderError, type OutputConfiguration } from 'commander';
import { toUnbraidError, type UnbraidError } from '../../common/base/errors.js';
import { isAudioName } from '../../common/jobs/audio-names.js';
import type { EngineClient } from '../../common/contract/client.js';
import { exitCodes, type CliContext } from './context.js';
import { batchCommand } from './commands/batch.js';
import { checkCommand } from './commands/check.js';
import { compareCommand } from './commands/compare.js';
import { evaluateCommand } from './commands/evaluate.js';
import { infoCommand } from './commands/info.js';
import { modelsCommand } from './commands/models/models.js';
import { openCommand } from './commands/open.js';
import { mcpCommand, type ServeMcp } from './commands/mcp.js';
import { remixCommand } from './commands/remix.js';
import { separateCommand } from './commands/separate.js';
import { serveCommand, type StartWebHost } from './commands/serve.js';
import { verifyCommand } from './commands/verify.js';
import { workerCommand } from './commands/worker.js';
import { errorLine, type Terminal } from './terminal.js';

const { version } = createRequire(import.meta.url)('../../../package.json') as { version: string };

/** Runs one command line; the exit code. Never throws for what a user can cause. `serve` needs a web host. */
export async function runCli(
  argv: readonly string[],
  engine: EngineClient,
  terminal: Terminal,
  signal: AbortSignal,
  startWebHost?: StartWebHost,
  serveMcp?: ServeMcp,
): Promise<number> {
  let code: number = exitCodes.ok;
  const context: CliContext = { engine, terminal, signal, exit: (value) => (code = value) };
  const program = new Command('unbraid')
    .description('Pull a song apart into its stems, remix it, and put it back together with nothing lost.')
    .version(version, '-V, --version')
    .showHelpAfterError('Run with --help for the options.')
    .addHelpText('after', examples)
    // Names and what they stand for fit into 80 columns; each command's own help has its options.
    .configureHelp({ minWidthToWrap: 20, subcommandTerm: (command) => command.name() })
    .configureOutput(outputs(terminal))
    .exitOverride();
  const commands = [
    separateCommand,
    batchCommand,
    workerCommand,
    remixCommand,
    infoCommand,
    checkCommand,
    verifyCommand,
    modelsCommand,
    evaluateCommand,
    compareCommand,
  ];
  for (const make of commands) {
    program.addCommand(inherit(make(context), terminal));
  }
  if (startWebHost) {
    program.addCommand(inherit(serveCommand(context, startWebHost), terminal));
    program.addCommand(inherit(openCommand(context, startWebHost), terminal));
  }
  if (serveMcp) program.addCommand(inherit(mcpCommand(context, serveMcp), terminal));
  try {
    await program.parseAsync(spelledOut(argv, program), { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const typed = toUnbraidError(error);
    reportError(typed, argv.includes('--json'), terminal);
    if (typed.code === 'cancelled') return exitCodes.cancelled;
    return typed.code === 'invalid-argument' ? exitCodes.usage : exitCodes.failed;
  }
}

/** Without a command: `unbraid` opens the editor, `unbraid SONG…` separates into folders beside where it runs. */
function spelledOut(argv: readonly string[], program: Command): string[] {
  const [first] = argv;
  const names = new Set(program.commands.map((command) => command.name()));
  if (first === undefined) return names.has('open') ? ['open'] : [];
  if (names.has(first) || first.startsWith('-') || !(isAudioName(basename(first)) || isFile(first)))
    return [...argv];
  const placed = argv.some((arg) => /^(-o|--output(=.*)?)$/.test(arg));
  return ['separate', ...argv, ...(placed ? [] : ['--output', '.'])];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Where a command writes; a wrong command line is said as all other errors are. */
function outputs({ out, err }: Terminal): OutputConfiguration {
  return {
    writeOut: out,
    writeErr: err,
    outputError: (text, write) => write(text.replace(/^error: /, 'unbraid: ')),
  };
}

/** Sub-commands made elsewhere do not inherit output and exit handling by themselves. */
function inherit(command: Command, terminal: Terminal): Command {
  command.exitOverride().showHelpAfterError('Run with --help for the options.');
  command.configureOutput(outputs(terminal));
  for (const child of command.commands) inherit(child, terminal);
  return command;
}

function reportError(error: UnbraidError, json: boolean, terminal: Terminal): void {
  if (json) terminal.out(`${JSON.stringify({ event: 'error', ...error.toWire() })}\n`);
  terminal.err(`unbraid: ${errorLine(error.toWire())}\n`);
}

const examples = `
Examples:
  unbraid                                   the editor
  unbraid song.mp3                          four stems in song/
  unbraid separate song.mp3 -o stems        four stems in stems/song/
  unbraid separate song.flac -o stems -2 vocals
                                            vocals and accompaniment
  unbraid batch ~/Music -o ~/Stems --watch  a folder, and what comes into it
  unbraid remix song.mp3 --mute vocals -o karaoke.flac
  unbraid info song.m4a
  unbraid check ~/Music                     which files can be vouched for
  unbraid verify ~/Stems                    stems are as written, and add up

Exit codes: 0 all went well, 1 something failed, 2 wrong command line,
130 cancelled.
`;
