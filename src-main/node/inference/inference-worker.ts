import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { RpcClient } from '../process/rpc.js';
import type { ProcessSpawner } from '../process/spawner.js';
import { openLimit } from './call-limits.js';
import type { InferenceApi, OpenResult, SeparatorSpec, SongSpec } from './inference-api.js';

type Method = keyof InferenceApi & string;

/** Longest time of a call without its own limit (see `CallLimits`). */
const callTimeoutMs = 600_000;

/** Calls that any fresh process can answer. */
const withoutSeparator: ReadonlySet<Method> = new Set(['open', 'providers', 'sumUp']);

/** One inference process, with what it was asked to load, so that a fresh process can be brought to the same point. */
export class InferenceWorker implements Disposable {
  private readonly client: RpcClient<InferenceApi>;
  private opened: SeparatorSpec | undefined;
  private songSet: SongSpec | undefined;
  private livePid: number | undefined;
  private result: OpenResult = { provider: 'cpu', alike: true, warnings: [], refused: [], dynamic: false };
  private songsDone = 0;
  /** The GPU that was last tried while a separator was opened. */
  trying: string | null = null;

  constructor(
    spawner: ProcessSpawner,
    private readonly timeoutMs = callTimeoutMs,
  ) {
    this.client = new RpcClient(spawner, new URL('./inference-process.ts', import.meta.url), 'inference');
  }

  get pid(): number | undefined {
    return this.client.pid;
  }

  /** Loads a separator unless the process holds it already. */
  async open(spec: SeparatorSpec, signal?: AbortSignal): Promise<OpenResult> {
    const same = this.client.pid !== undefined && keyOf(this.opened) === keyOf(spec);
    this.songSet = undefined;
    if (same) return this.result;
    this.opened = spec;
    try {
      await this.reopen(signal);
    } catch (error) {
      this.opened = undefined;
      throw error;
    }
    return this.result;
  }

  async song(spec: SongSpec, signal?: AbortSignal): Promise<void> {
    this.songSet = spec;
    await this.call('song', spec, signal);
  }

  /** Lets go of the song's files; a process that is gone has done so already. */
  async endSong(): Promise<void> {
    if (this.songSet === undefined) return;
    this.songSet = undefined;
    await this.once('song', null).catch(() => undefined);
  }

  /**
   * Calls the process; when it died meanwhile (killed, out of memory), a fresh one is brought to the same
   * point and the call is tried once more.
   */
  async call<M extends Method>(
    method: M,
    params: InferenceApi[M]['params'],
    signal?: AbortSignal,
    limitMs = this.timeoutMs,
  ): Promise<InferenceApi[M]['result']> {
    try {
      return await this.once(method, params, signal, limitMs);
    } catch (error) {
      if (!(error instanceof UnbraidError) || error.code !== 'process-died' || signal?.aborted) throw error;
      await this.reopen(signal);
      if (this.songSet && method !== 'song') await this.once('song', this.songSet, signal);
      return this.once(method, params, signal, limitMs);
    }
  }

  /** A process that has done many songs is replaced, so that what it leaks ends with it. */
  recycleAfter(songs: number): void {
    if (++this.songsDone < songs) return;
    this.songsDone = 0;
    this.client.kill();
    this.opened = undefined;
  }

  kill(): void {
    this.client.kill();
    this.opened = undefined;
  }

  dispose(): void {
    this.client.dispose();
  }

  private async reopen(signal?: AbortSignal): Promise<void> {
    if (!this.opened) throw new UnbraidError('internal', 'No separator was opened');
    this.trying = null;
    this.result = await this.once('open', this.opened, signal, openLimit(this.opened, this.timeoutMs));
    this.livePid = this.client.pid;
  }

  private async once<M extends Method>(
    method: M,
    params: InferenceApi[M]['params'],
    signal?: AbortSignal,
    limitMs = this.timeoutMs,
  ): Promise<InferenceApi[M]['result']> {
    if (!withoutSeparator.has(method) && this.client.pid !== this.livePid) {
      throw new UnbraidError('process-died', 'The inference process ended between two calls');
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(
          new UnbraidError(
            'timeout',
            `The inference process gave no answer for ${Math.round(limitMs / 1000)} s`,
            {
              hint: 'Choose a smaller model; a graph that never ends is damaged.',
            },
          ),
        );
        this.client.kill();
      }, limitMs);
    });
    const onEvent = ({ trying }: { trying: string }): void => void (this.trying = trying);
    const work = this.client.call(method, params, { ...(signal && { signal }), onEvent });
    work.catch(() => undefined);
    try {
      return await Promise.race([work, late]);
    } catch (error) {
      throw toUnbraidError(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The same for what makes the same separator; whether a GPU is trusted matters only while one is made. */
function keyOf(spec: SeparatorSpec | undefined): string {
  return JSON.stringify(spec ?? null, (name, value: unknown) => (name === 'trusted' ? undefined : value));
}
