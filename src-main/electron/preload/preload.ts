import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import { bridgeName, type CommandAnswer, type ShellBridge } from '../../common/contract/bridge.js';
import type { EngineEvent } from '../../common/contract/commands.js';
import { eventChannel, invokeChannel, type ShellRequest } from '../channels.js';

// Sandboxed: this script binds the transport and does nothing else.
const ask = (request: ShellRequest): Promise<CommandAnswer> =>
  ipcRenderer.invoke(invokeChannel, request) as Promise<CommandAnswer>;

const bridge: ShellBridge = {
  invoke: (command, args) => ask({ kind: 'command', command, args }),
  subscribe: (listener) => {
    const forward = (_: IpcRendererEvent, event: EngineEvent): void => listener(event);
    ipcRenderer.on(eventChannel, forward);
    return () => void ipcRenderer.removeListener(eventChannel, forward);
  },
  // Electron returns an empty path for what is not from a disk; the main side gives no handle for it.
  adopt: (file) => ask({ kind: 'adopt', path: webUtils.getPathForFile(file as never) }),
};

contextBridge.exposeInMainWorld(bridgeName, bridge);
