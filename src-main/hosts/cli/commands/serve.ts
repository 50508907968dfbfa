import { spawn } from 'node:child_process';
import { Command, InvalidArgumentError } from 'commander';
import type { CliContext } from '../context.js';

/**
 * Starts the web host; resolves with its address and how to stop it. `runs` means that one of this state folder had the
 * port already: the address is a new one of that, and there is nothing to stop.
 */
export type StartWebHost = (port: number) => Promise<{
  address: string;
  runs: boolean;
  lasts: boolean;
  stop(): Promise<void>;
}>;

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new InvalidArgumentError('It must be from 0 to 65535.');
  return port;
}

/** Opens an address with the desktop's own opener; a machine without one just keeps the printed address. */
export function openInBrowser(address: string): void {
  const [command, args] =
    process.platform === 'win32'
      ? ['cmd', ['/c', 'start', '', address]]
      : [process.platform === 'darwin' ? 'open' : 'xdg-open', [address]];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

export interface ServeFlags {
  readonly port: number;
  readonly open: boolean;
}

export function addServeOptions(command: Command): Command {
  return command
    .option('--port <n>', 'port on the loopback interface (default: a free one)', portNumber, 0)
    .option('--no-open', 'only print the address');
}

/** Serves the page until the signal. */
export async function serve(
  { terminal, signal }: CliContext,
  start: StartWebHost,
  { port, open }: ServeFlags,
): Promise<void> {
  const host = await start(port);
  terminal.out(`${host.address}\n`);
  if (host.runs) terminal.err('Unbraid runs there already; this is a new address of it.\n');
  else terminal.err('Stop with Ctrl+C.\n');
  if (!host.lasts)
    terminal.err('The settings folder cannot be written: after a restart the page needs a new address.\n');
  if (open) openInBrowser(host.address);
  if (host.runs) return;
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await host.stop();
}

/** `unbraid serve` */
export function serveCommand(context: CliContext, start: StartWebHost): Command {
  const command = new Command('serve').description('open the editor in a browser on this machine');
  return addServeOptions(command).action((flags: ServeFlags) => serve(context, start, flags));
}
