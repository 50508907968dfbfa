import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { UnbraidError } from '../../common/base/errors.js';

/** What listens to the errors of its connection, and can run a command: BullMQ's queues, workers and events. */
interface Connected {
  on(event: 'error', listener: (error: Error) => void): unknown;
}

const limit = 10_000;

/** Codes of Redis's errors that no waiting mends. */
const refusals: readonly (readonly [RegExp, string, string])[] = [
  [
    /^(WRONGPASS|ERR invalid password|ERR Client sent AUTH|ERR AUTH)/i,
    'The queue refuses the login',
    'Check user and password in the address: rediss://user:password@host.',
  ],
  [
    /^NOAUTH/i,
    'The queue wants a login',
    'Put user and password into the address: rediss://user:password@host.',
  ],
  [
    /^NOPERM/i,
    'The queue does not allow this login what is needed',
    'Give it all commands and keys of BullMQ (prefix bull:).',
  ],
];

function refusalOf(error: Error): UnbraidError | undefined {
  const found = refusals.find(([pattern]) => pattern.test(error.message));
  return found && new UnbraidError('permission-denied', found[1], { hint: found[2], cause: error });
}

/**
 * Watches the connections to a server until they are ready. What the server refuses fails at once; while it is silent,
 * connections try again and again, so that one has to stop waiting.
 */
export class Reach {
  private last: Error | undefined;
  private refuse: (error: UnbraidError) => void = () => undefined;
  private readonly refused: Promise<never>;

  constructor(connections: readonly Connected[]) {
    this.refused = new Promise((_, reject) => (this.refuse = reject));
    this.refused.catch(() => undefined);
    // While the server is away they tell so again and again; commands wait for it.
    for (const connection of connections) {
      connection.on('error', (error) => {
        this.last = error;
        const refusal = refusalOf(error);
        if (refusal) this.refuse(refusal);
      });
      stayHeard(connection);
    }
  }

  /** Throws `permission-denied` for a login that is refused, `io-error` for a server that does not answer in time. */
  async within<T>(ready: Promise<T>): Promise<T> {
    const over = new AbortController();
    const late = pause(limit, undefined, { signal: over.signal }).then(() => {
      throw this.silence();
    });
    late.catch(() => undefined);
    try {
      return await Promise.race([ready, this.refused, late]);
    } catch (error) {
      throw (error instanceof Error && refusalOf(error)) || error;
    } finally {
      over.abort();
    }
  }

  private silence(): UnbraidError {
    // Node's errors of several tried addresses have no message.
    const { code, message } = (this.last ?? {}) as { code?: string; message?: string };
    const reason = message || code;
    return new UnbraidError('io-error', `The queue does not answer${reason ? ` (${reason})` : ''}`, {
      hint: 'Check the address, and that a Redis or Valkey server runs there.',
      ...(this.last && { cause: this.last }),
    });
  }
}

/**
 * BullMQ takes every listener off a connection that is closed before it was ready, and then tells of its failure; an error
 * that nobody hears ends the process.
 */
function stayHeard(owner: object): void {
  const parts = owner as { readonly connection?: unknown; readonly blockingConnection?: unknown };
  for (const emitter of [parts.connection, parts.blockingConnection]) {
    if (!(emitter instanceof EventEmitter)) continue;
    const remove = emitter.removeAllListeners.bind(emitter);
    emitter.removeAllListeners = (event) => {
      remove(event);
      return emitter.on('error', () => undefined);
    };
  }
}

/**
 * Holds the server to the database of the address: a client that cannot have it would use the first one without a word.
 *
 * @throws UnbraidError `invalid-argument` when the server has no such database
 */
export async function checkDatabase(
  client: { readonly client: Promise<object> },
  database: number,
): Promise<void> {
  const connection = (await client.client) as { select?: (database: number) => Promise<unknown> };
  try {
    await connection.select?.(database);
  } catch (error) {
    const { message } = error as Error;
    if (!/DB index|invalid DB|SELECT is not allowed/i.test(message)) throw error;
    throw new UnbraidError('invalid-argument', `The queue’s server has no database ${database}`, {
      hint: 'Use one that it has, like redis://host:6379/0.',
      cause: error,
    });
  }
}
