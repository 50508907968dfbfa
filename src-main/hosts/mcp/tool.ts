import type { z } from 'zod';
import type { EngineClient } from '../../common/contract/client.js';
import type { EngineApi } from '../../node/api/engine-api.js';
import type { Desk } from './desk.js';
import type { Fence } from './fence.js';

/** What a tool works with. */
export interface ToolContext {
  readonly api: EngineApi;
  readonly client: EngineClient;
  readonly desk: Desk;
  readonly fence: Fence;
  /** The id under which long work reports and is cancelled. */
  readonly job: string;
}

/** What a tool does to the world, as the protocol's hints: nothing, to the open song, or new files. */
export type Effect = 'reads' | 'changes-song' | 'writes-files';

/** One tool: its schema is made of the contract's. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly effect: Effect;
  readonly input: z.ZodObject;
  readonly run: (args: never, context: ToolContext) => Promise<object>;
}

/** Ties the handler's argument to the schema. */
export function tool<S extends z.ZodObject>(
  name: string,
  effect: Effect,
  description: string,
  input: S,
  run: (args: z.output<S>, context: ToolContext) => Promise<object>,
): Tool {
  return { name, description, effect, input, run };
}
