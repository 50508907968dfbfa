import { existsSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { RpcClient, type CallOptions } from '../process/rpc.js';
import { nodeSpawner, type ProcessSpawner, type SpawnOptions } from '../process/spawner.js';
import type { CodecApi } from './codec-api.js';
import type {
  AudioInfo,
  DecodeRequest,
  DecodeResult,
  EncodeInput,
  EncodeSetRequest,
  EncodeSetResult,
  Loudness,
  VerifyRequest,
  VerifyResult,
} from './types.js';

type Options<M extends keyof CodecApi> = CallOptions<CodecApi[M]['event']>;

interface CodecProcess {
  readonly rpc: RpcClient<CodecApi>;
  calls: number;
}

/** Calls beyond this many at once share processes. */
const mostProcesses = 4;

/**
 * Codec processes seen from outside: paths and references go in, numbers come out, samples stay on disk.
 * A call that fails, is cancelled or loses its process leaves none of its files behind. Calls at the same time
 * have a process each: a file that kills its decoder, or a cancelled call that has to be killed, takes no other with it.
 */
export class CodecClient implements Disposable {
  private closed = false;
  private readonly processes: [CodecProcess, ...CodecProcess[]];

  constructor(
    private readonly spawner: ProcessSpawner = nodeSpawner,
    private readonly options: SpawnOptions = {},
  ) {
    this.processes = [this.make()];
  }

  /** The running process, if any, that is kept between calls; tests kill it. */
  get pid(): number | undefined {
    return this.processes[0].rpc.pid;
  }

  probe(path: string, options: Options<'probe'> & { readonly track?: number } = {}): Promise<AudioInfo> {
    const { track, ...call } = options;
    const params = track === undefined ? { path } : { path, track };
    return this.call('probe', params, call).catch(naming(path));
  }

  async decode(request: DecodeRequest, options: Options<'decode'> = {}): Promise<DecodeResult> {
    const existed = existsSync(request.dir);
    try {
      const clean = (): void => removeDecoded(request.dir, existed);
      return await this.call('decode', request, options, clean).catch(naming(request.path));
    } catch (error) {
      removeDecoded(request.dir, existed);
      throw error;
    }
  }

  /** What can be vouched for, after a decode that keeps nothing. */
  check(
    path: string,
    options: Options<'check'> & { readonly track?: number } = {},
  ): Promise<CodecApi['check']['result']> {
    const { track, ...call } = options;
    const params = track === undefined ? { path } : { path, track };
    return this.call('check', params, call).catch(naming(path));
  }

  /** Writes a file's cover picture to `into`; false without one. */
  cover(path: string, into: string, options: Options<'cover'> = {}): Promise<boolean> {
    return this.call('cover', { path, into }, options).catch(naming(path));
  }

  async encodeSet(request: EncodeSetRequest, options: Options<'encodeSet'> = {}): Promise<EncodeSetResult> {
    // Checked here as well as in the process, so that the clean-up below never deletes a foreign file.
    for (const { path } of request.outputs) {
      if (existsSync(path))
        throw new UnbraidError('output-exists', 'The output exists already', { file: path });
    }
    try {
      return await this.call('encodeSet', request, options, () => removeOutputs(request));
    } catch (error) {
      removeOutputs(request);
      throw error;
    }
  }

  loudness(inputs: EncodeInput[], options: Options<'loudness'> = {}): Promise<Loudness> {
    return this.call('loudness', { inputs }, options);
  }

  verify(request: VerifyRequest, options: Options<'verify'> = {}): Promise<VerifyResult> {
    return this.call('verify', request, options);
  }

  /** Ends the processes; pending calls start again in fresh ones. */
  kill(): void {
    for (const { rpc } of this.processes) rpc.kill();
  }

  dispose(): void {
    this.closed = true;
    for (const { rpc } of this.processes) rpc.dispose();
  }

  private make(): CodecProcess {
    const entry = new URL('./codec-process.js', import.meta.url);
    return { rpc: new RpcClient(this.spawner, entry, 'codec', this.options), calls: 0 };
  }

  /**
   * A process that died took the song with it by chance, or because of it: the second time it is the song. `clean`
   * takes away what the first time has left.
   */
  private async call<M extends keyof CodecApi & string>(
    method: M,
    params: CodecApi[M]['params'],
    options: Options<M>,
    clean: () => void = () => undefined,
  ): Promise<CodecApi[M]['result']> {
    try {
      return await this.once(method, params, options);
    } catch (error) {
      if (!(error instanceof UnbraidError) || error.code !== 'process-died') throw error;
      if (this.closed || options.signal?.aborted) throw error;
      clean();
      return await this.once(method, params, options);
    }
  }

  private async once<M extends keyof CodecApi & string>(
    method: M,
    params: CodecApi[M]['params'],
    options: Options<M>,
  ): Promise<CodecApi[M]['result']> {
    const own = this.take();
    own.calls++;
    try {
      return await own.rpc.call(method, params, options);
    } finally {
      if (--own.calls === 0 && own !== this.processes[0]) {
        this.processes.splice(this.processes.indexOf(own), 1);
        own.rpc.dispose();
      }
    }
  }

  /** A process without a call, a new one, or the least busy one. */
  private take(): CodecProcess {
    const least = this.processes.reduce((best, one) => (one.calls < best.calls ? one : best));
    if (least.calls === 0 || this.processes.length >= mostProcesses || this.closed) return least;
    const made = this.make();
    this.processes.push(made);
    return made;
  }
}

function removeOutputs({ outputs }: EncodeSetRequest): void {
  for (const { path } of outputs) rmSync(path, { force: true });
}

/** Adds the file to an error that does not name one yet (the process died, for example). */
function naming(path: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof UnbraidError ? error.about(path) : error;
  };
}

function removeDecoded(dir: string, keepDir: boolean): void {
  if (!existsSync(dir)) return;
  for (const name of readdirSync(dir)) if (/^\d+\.f32$/.test(name)) rmSync(join(dir, name), { force: true });
  if (!keepDir && readdirSync(dir).length === 0) rmdirSync(dir);
}
