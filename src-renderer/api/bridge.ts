import { UnbraidError } from '../../src-main/common/base/errors.js';
import { bridgeName, type CommandAnswer, type ShellBridge } from '../../src-main/common/contract/bridge.js';
import type { OpenableFile } from '../../src-main/common/contract/host.js';
import { httpTransport, type PageTransport } from './transport.js';

/** What the preload script of the desktop window gave, or undefined in a browser. */
function shellBridge(): ShellBridge | undefined {
  return (globalThis as { [bridgeName]?: ShellBridge })[bridgeName];
}

function valueOf(answer: CommandAnswer): unknown {
  if (answer.ok) return answer.value;
  throw UnbraidError.fromWire(answer.error);
}

/** The page's way to the engine: the desktop window's bridge where there is one, else HTTP and WebSocket. */
export function pageTransport(): PageTransport {
  const bridge = shellBridge();
  if (!bridge) return httpTransport();
  return {
    invoke: async (command, args) => valueOf(await bridge.invoke(command, args)),
    subscribe: (listener) => bridge.subscribe(listener),
  };
}

/**
 * Handles of a file the person dropped or chose (of a folder's songs, for a folder), so that nothing is copied.
 * Empty in a browser, and for a `File` that is not from a disk: those are uploaded.
 */
export async function adoptFile(file: File): Promise<readonly OpenableFile[]> {
  const bridge = shellBridge();
  if (!bridge) return [];
  return (valueOf(await bridge.adopt(file)) as { files: readonly OpenableFile[] }).files;
}
