import { UnbraidError, toUnbraidError, type WireError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { memorySignal, parentChannel } from './parent.js';
import type { ProcessHandle, ProcessSpawner, SpawnOptions } from './spawner.js';

/** What a helper process can do: one entry per method. `event` is what it may emit while it works. */
export interface RpcApi {
  readonly [method: string]: { readonly params: unknown; readonly result: unknown; readonly event: unknown };
}

export interface CallOptions<E> {
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: E) => void;
}

type Request =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly kind: 'cancel'; readonly id: number };
type Reply =
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError }
  | { readonly kind: 'event'; readonly id: number; readonly event: unknown };

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  onEvent?: ((event: never) => void) | undefined;
}

/** How long a cancelled call may take to answer before its process is killed, in ms. */
const cancelGraceMs = 1000;

/**
 * The client of one helper process. It starts the process on the first call, rejects every pending call
 * when the process ends, and starts a fresh one on the next call. A cancelled call that does not answer
 * within a second gets its process killed, so cancelling always ends.
 */
export class RpcClient<Api extends RpcApi> implements Disposable {
  private handle: ProcessHandle | undefined;
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private disposed = false;

  constructor(
    private readonly spawner: ProcessSpawner,
    private readonly entry: URL,
    private readonly name: string,
    private readonly spawnOptions: SpawnOptions = {},
  ) {}

  get pid(): number | undefined {
    return this.handle?.pid;
  }

  call<M extends keyof Api & string>(
    method: M,
    params: Api[M]['params'],
    options: CallOptions<Api[M]['event']> = {},
  ): Promise<Api[M]['result']> {
    const { signal } = options;
    if (this.disposed)
      return Promise.reject(new UnbraidError('internal', `The ${this.name} process was closed`));
    if (signal?.aborted) return Promise.reject(new UnbraidError('cancelled', 'Cancelled'));
    const handle = (this.handle ??= this.start());
    const id = this.nextId++;
    return new Promise<Api[M]['result']>((resolve, reject) => {
      const onAbort = (): void => this.cancel(id, handle);
      const settle = (): void => {
        signal?.removeEventListener('abort', onAbort);
        this.pending.delete(id);
      };
      this.pending.set(id, {
        resolve: (value) => (settle(), resolve(value)),
        reject: (error) => (settle(), reject(error)),
        onEvent: options.onEvent,
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      handle.send({ kind: 'call', id, method, params } satisfies Request);
    });
  }

  /** Ends the process now; every pending call rejects. The next call starts a fresh process. */
  kill(): void {
    this.handle?.kill();
    this.onExit(this.handle, 'killed');
  }

  dispose(): void {
    this.disposed = true;
    this.kill();
  }

  private start(): ProcessHandle {
    const handle = this.spawner.spawn(this.entry, this.spawnOptions);
    handle.onMessage((message) => this.onMessage(message as Reply));
    handle.onExit((description) => this.onExit(handle, description));
    return handle;
  }

  private onMessage(reply: Reply): void {
    const pending = this.pending.get(reply.id);
    if (!pending) return;
    if (reply.kind === 'event') pending.onEvent?.(reply.event as never);
    else if (reply.kind === 'result') pending.resolve(reply.value);
    else pending.reject(UnbraidError.fromWire(reply.error));
  }

  private onExit(handle: ProcessHandle | undefined, description: string): void {
    if (!handle || this.handle !== handle) return;
    this.handle = undefined;
    for (const pending of [...this.pending.values()]) pending.reject(this.deathOf(description));
  }

  private deathOf(description: string): UnbraidError {
    if (description.includes(memorySignal)) {
      return new UnbraidError('out-of-memory', `The ${this.name} process used more memory than it may`, {
        hint: 'Choose a smaller model; a damaged one may ask for any amount.',
      });
    }
    return new UnbraidError('process-died', `The ${this.name} process ended unexpectedly (${description})`, {
      hint: 'Run again; report it if it happens again.',
    });
  }

  private cancel(id: number, handle: ProcessHandle): void {
    handle.send({ kind: 'cancel', id } satisfies Request);
    setTimeout(() => {
      const pending = this.pending.get(id);
      if (!pending) return;
      pending.reject(new UnbraidError('cancelled', 'Cancelled'));
      if (this.handle === handle) this.kill();
    }, cancelGraceMs).unref();
  }
}

/** What a handler gets besides its parameters. */
export interface CallContext<E> {
  readonly signal: AbortSignal;
  emit(event: E): void;
  /** Lets a cancel message in; call it between blocks of synchronous work. Throws `cancelled`. */
  breathe(): Promise<void>;
}

export type RpcHandlers<Api extends RpcApi> = {
  readonly [M in keyof Api]: (
    params: Api[M]['params'],
    context: CallContext<Api[M]['event']>,
  ) => Api[M]['result'] | Promise<Api[M]['result']>;
};

/** Serves calls inside a helper process, over the channel to its parent; ends the process when the parent is gone. */
export function serveRpc<Api extends RpcApi>(handlers: RpcHandlers<Api>): void {
  const running = new Map<number, AbortController>();
  const parent = parentChannel();
  const send = (reply: Reply): void => parent.send(reply);
  parent.onMessage((message) => {
    const request = message as Request;
    if (request.kind === 'cancel') running.get(request.id)?.abort();
    else void run(request.id, request.method, request.params);
  });

  async function run(id: number, method: string, params: unknown): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    const context: CallContext<unknown> = {
      signal: controller.signal,
      emit: (event) => send({ kind: 'event', id, event }),
      breathe: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        if (controller.signal.aborted) throw new UnbraidError('cancelled', 'Cancelled');
      },
    };
    try {
      const handler = handlers[method];
      if (!handler) throw new UnbraidError('internal', `No method ${method}`);
      send({ kind: 'result', id, value: await handler(params, context) });
    } catch (error) {
      send({ kind: 'error', id, error: toUnbraidError(error).toWire() });
    } finally {
      running.delete(id);
    }
  }
}
