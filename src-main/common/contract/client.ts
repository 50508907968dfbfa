import type { CommandInput, CommandName, CommandResults, EngineEvent } from './commands.js';

/** How a client reaches the engine: in process, over IPC or over a socket. */
export interface Transport {
  /** Rejects with an `UnbraidError`. */
  invoke(command: CommandName, args: unknown): Promise<unknown>;
  subscribe(listener: (event: EngineEvent) => void): () => void;
}

/** The engine as every host and page sees it: one method for each command. */
export type EngineClient = {
  readonly [C in CommandName]: (args: CommandInput<C>) => Promise<CommandResults[C]>;
} & { readonly subscribe: Transport['subscribe'] };

/** Builds the client from a transport; the types come from the contract alone. */
export function createClient(transport: Transport): EngineClient {
  return new Proxy({} as EngineClient, {
    get: (_, name: string) => {
      if (name === 'subscribe')
        return (listener: (event: EngineEvent) => void) => transport.subscribe(listener);
      if (name === 'then') return undefined;
      return (args: unknown) => transport.invoke(name as CommandName, args);
    },
  });
}
