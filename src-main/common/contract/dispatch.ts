import { UnbraidError } from '../base/errors.js';
import { firstFault } from '../base/validation.js';
import { commandSchemas, type CommandName, type Endpoints } from './commands.js';

/** Runs a command after validating its name and argument. Throws `invalid-argument` for anything off. */
export async function dispatch(endpoints: Endpoints, command: string, args: unknown): Promise<unknown> {
  if (!Object.hasOwn(commandSchemas, command)) {
    throw new UnbraidError('invalid-argument', `There is no command "${command}"`);
  }
  const name = command as CommandName;
  const parsed = commandSchemas[name].safeParse(args);
  if (!parsed.success) {
    const { where, says } = firstFault(parsed.error);
    throw new UnbraidError('invalid-argument', `${name}: "${where}" is not valid: ${says}`);
  }
  const handler = endpoints[name] as (args: unknown) => Promise<unknown>;
  return handler(parsed.data);
}
