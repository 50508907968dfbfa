import { UnbraidError } from '../base/errors.js';
import { commandSchemas, type CommandName, type Endpoints } from './commands.js';

/** Runs a command after validating its name and argument. Throws `invalid-argument` for anything off. */
export async function dispatch(endpoints: Endpoints, command: string, args: unknown): Promise<unknown> {
  if (!Object.hasOwn(commandSchemas, command)) {
    throw new UnbraidError('invalid-argument', `There is no command "${command}"`);
  }
  const name = command as CommandName;
  const parsed = commandSchemas[name].safeParse(args);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new UnbraidError(
      'invalid-argument',
      `${name}: "${issue.path.join('.')}" is not valid: ${issue.message}`,
    );
  }
  const handler = endpoints[name] as (args: unknown) => Promise<unknown>;
  return handler(parsed.data);
}
