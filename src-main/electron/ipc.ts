import type { IpcMain, IpcMainInvokeEvent } from 'electron';
import { z } from 'zod';
import { UnbraidError, toUnbraidError } from '../common/base/errors.js';
import type { Disposable } from '../common/base/disposal.js';
import type { CommandAnswer } from '../common/contract/bridge.js';
import { isPageCommand, type Endpoints } from '../common/contract/commands.js';
import type { OpenableFile } from '../common/contract/host.js';
import { answerCommand, withoutPaths } from '../node/api/page-policy.js';
import { appOrigin, invokeChannel } from './channels.js';

const requestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('command'), command: z.string(), args: z.unknown() }),
  z.strictObject({ kind: z.literal('adopt'), path: z.string() }),
]);

export interface IpcOptions {
  readonly ipcMain: Pick<IpcMain, 'handle' | 'removeHandler'>;
  readonly endpoints: Endpoints;
  /** Handles for a path that the page's person dropped or chose. */
  readonly adopt: (paths: readonly string[]) => OpenableFile[];
}

/** Serves the page's requests. Every one is checked: who sends it, its shape, and the command's own schema. */
export function serveIpc({ ipcMain, endpoints, adopt }: IpcOptions): Disposable {
  ipcMain.handle(invokeChannel, async (event, request: unknown): Promise<CommandAnswer> => {
    try {
      checkSender(event);
      const parsed = requestSchema.safeParse(request);
      if (!parsed.success) throw new UnbraidError('invalid-argument', 'The request has the wrong shape');
      const { data } = parsed;
      if (data.kind === 'adopt')
        return { ok: true, value: { files: data.path === '' ? [] : adopt([data.path]) } };
      if (!isPageCommand(data.command))
        throw new UnbraidError('invalid-argument', `There is no command "${data.command}"`);
      return await answerCommand(endpoints, data.command, data.args);
    } catch (error) {
      return { ok: false, error: withoutPaths(toUnbraidError(error).toWire()) };
    }
  });
  return { dispose: () => ipcMain.removeHandler(invokeChannel) };
}

/** Only the top frame of the app's own page may ask. Throws `permission-denied`. */
function checkSender({ senderFrame }: Pick<IpcMainInvokeEvent, 'senderFrame'>): void {
  // A frame that has navigated or gone is null.
  if (senderFrame?.origin === appOrigin && senderFrame.parent === null) return;
  throw new UnbraidError('permission-denied', 'This frame may not talk to the engine');
}
