/** What a helper process needs of the process that started it. */
export interface ParentChannel {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** The port that Electron gives to its utility processes; its type belongs to another runtime than this folder. */
interface UtilityPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
}

/**
 * The channel to the parent: the port of an Electron utility process, or else the IPC channel of `fork`, which
 * ends this process when the parent is gone (a utility process ends with its parent anyway).
 */
export function parentChannel(): ParentChannel {
  const { parentPort } = process as { parentPort?: UtilityPort };
  if (parentPort) {
    return {
      send: (message) => parentPort.postMessage(message),
      onMessage: (listener) => void parentPort.on('message', ({ data }) => listener(data)),
    };
  }
  process.on('disconnect', () => process.exit(0));
  return {
    send: (message) => {
      if (process.connected) process.send?.(message);
    },
    onMessage: (listener) => void process.on('message', listener),
  };
}
