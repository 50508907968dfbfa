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

/**
 * The codec process seen from outside: paths and references go in, numbers come out, samples stay on disk.
 * A call that fails, is cancelled or loses its process leaves none of its files behind.
 */
export class CodecClient implements Disposable {
  private readonly rpc: RpcClient<CodecApi>;

  constructor(spawner: ProcessSpawner = nodeSpawner, options: SpawnOptions = {}) {
    this.rpc = new RpcClient(spawner, new URL('./codec-process.js', import.meta.url), 'codec', options);
  }

  /** The running process, if any; tests kill it. */
  get pid(): number | undefined {
    return this.rpc.pid;
  }

  probe(path: string, options: Options<'probe'> & { readonly track?: number } = {}): Promise<AudioInfo> {
    const { track, ...call } = options;
    const params = track === undefined ? { path } : { path, track };
    return this.rpc.call('probe', params, call).catch(naming(path));
  }

  async decode(request: DecodeRequest, options: Options<'decode'> = {}): Promise<DecodeResult> {
    const existed = existsSync(request.dir);
    try {
      return await this.rpc.call('decode', request, options).catch(naming(request.path));
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
    return this.rpc.call('check', params, call).catch(naming(path));
  }

  async encodeSet(request: EncodeSetRequest, options: Options<'encodeSet'> = {}): Promise<EncodeSetResult> {
    // Checked here as well as in the process, so that the clean-up below never deletes a foreign file.
    for (const { path } of request.outputs) {
      if (existsSync(path))
        throw new UnbraidError('output-exists', 'The output exists already', { file: path });
    }
    try {
      return await this.rpc.call('encodeSet', request, options);
    } catch (error) {
      for (const { path } of request.outputs) rmSync(path, { force: true });
      throw error;
    }
  }

  loudness(inputs: EncodeInput[], options: Options<'loudness'> = {}): Promise<Loudness> {
    return this.rpc.call('loudness', { inputs }, options);
  }

  verify(request: VerifyRequest, options: Options<'verify'> = {}): Promise<VerifyResult> {
    return this.rpc.call('verify', request, options);
  }

  /** Ends the process; pending calls reject, the next call starts a fresh one. */
  kill(): void {
    this.rpc.kill();
  }

  dispose(): void {
    this.rpc.dispose();
  }
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
