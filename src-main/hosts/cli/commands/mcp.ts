import { Command } from 'commander';
import type { CliContext } from '../context.js';

/** Serves tools to a program over stdin and stdout, until it goes or the signal. */
export type ServeMcp = (folders: readonly string[], signal: AbortSignal) => Promise<void>;

/** `unbraid mcp [FOLDERS…]` */
export function mcpCommand(context: CliContext, serve: ServeMcp): Command {
  return new Command('mcp')
    .description('serve tools to an assistant (Model Context Protocol over stdin and stdout)')
    .argument('[folders...]', 'the only folders it may read and write in (default: the current one)')
    .action((folders: string[]) => serve(folders.length > 0 ? folders : ['.'], context.signal));
}
