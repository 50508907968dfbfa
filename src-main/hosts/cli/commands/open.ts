import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { CliContext } from '../context.js';
import { findElectron } from '../electron-program.js';
import { addServeOptions, serve, type ServeFlags, type StartWebHost } from './serve.js';

/** The package's own folder, as Electron's program takes it. */
const root = resolve(fileURLToPath(new URL('../../../..', import.meta.url)));

/** `unbraid open [SONGS…]`, and `unbraid` alone: the window where Electron is, else the browser. */
export function openCommand(context: CliContext, start: StartWebHost): Command {
  const command = new Command('open')
    .description('open the editor: a window where Electron is installed, else the browser')
    .argument('[songs...]', 'songs or projects to open in the window');
  return addServeOptions(command).action(async (songs: string[], flags: ServeFlags) => {
    const electron = findElectron();
    if (electron.path !== undefined) {
      const code = await runWindow(
        electron.path,
        songs.map((song) => resolve(song)),
        context.signal,
      );
      if (code !== undefined) return context.exit(code);
    }
    const reason = electron.path === undefined ? electron.reason : 'Electron did not start';
    context.terminal.out(`No desktop window: ${reason}; opening the editor in the browser.\n`);
    if (songs.length > 0) context.terminal.err('Drop the songs on the page to open them.\n');
    await serve(context, start, flags);
  });
}

/** Runs the window until it is closed; its exit code, or undefined if it did not start. */
function runWindow(
  program: string,
  songs: readonly string[],
  signal: AbortSignal,
): Promise<number | undefined> {
  const child = spawn(program, [root, ...songs], { stdio: 'inherit', signal, killSignal: 'SIGTERM' });
  return new Promise((done) => {
    child.once('error', (error) => {
      if (error.name !== 'AbortError') done(undefined);
    });
    child.once('exit', (code) => done(code ?? 1));
  });
}
