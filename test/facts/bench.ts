import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandInput } from '../../src-main/common/contract/commands.js';
import type { ExportReport, SessionInfo } from '../../src-main/common/contract/session.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import { planesOf } from '../fixtures/audio/caches.js';
import { differenceDb, song, sumOf, writeWav } from '../cli/support/songs.js';

export type Planes = readonly ArrayLike<number>[];

/** Error of `actual` in dB; −Infinity only where every sample is the same. */
export const errorOf = (actual: Planes, wanted: Planes): number => differenceDb(actual, wanted);

/** Planes on a grid of `bits`; as they are for 32-bit float. */
export function onGrid(planes: readonly Float32Array[], bits: 16 | 24 | null): Float32Array[] {
  if (bits === null) return [...planes];
  const scale = 2 ** (bits - 1);
  return planes.map((plane) => plane.map((x) => Math.round(x * scale) / scale));
}

/** An engine with its own folder, the song, and readers for what it makes. */
export class Bench {
  readonly codec = new CodecClient();
  readonly planes = onGrid(song(2, 44_100), 16);
  readonly path: string;
  private engine: EngineApi;
  private count = 0;

  constructor(readonly root: string) {
    this.path = writeWav(join(root, 'song.wav'), this.planes);
    this.engine = this.start();
  }

  get api(): EngineApi {
    return this.engine;
  }

  get client(): ReturnType<EngineApi['client']> {
    return this.engine.client();
  }

  async dispose(): Promise<void> {
    this.codec.dispose();
    await this.engine.dispose();
  }

  /** Ends the engine and starts another one on the same folders, as a person who comes back does. */
  async restart(): Promise<void> {
    await this.engine.dispose();
    this.engine = this.start();
  }

  private start(): EngineApi {
    return new EngineApi({
      ...{ cacheDir: join(this.root, 'cache'), stateDir: join(this.root, 'state') },
      host: headlessServices('library'),
    });
  }

  async separated(model: string, path = this.path): Promise<SessionInfo> {
    const { session } = await this.engine.sessions.openPath(path, 'song.wav');
    const settings = { model, workers: 1 };
    return this.client.separateSession({ job: 'separate', session, settings });
  }

  /** Every track of a session: the source first. */
  tracks({ session }: Pick<SessionInfo, 'session'>): Float32Array[][] {
    return this.engine.sessions.store.get(session).state.tracks.map(({ ref }) => planesOf(ref));
  }

  /** How far the stems of a session are from its source, in sum. */
  sumError(info: Pick<SessionInfo, 'session'>): number {
    const [source, ...stems] = this.tracks(info);
    return errorOf(sumOf(stems), source);
  }

  async read(path: string): Promise<Float32Array[]> {
    const { ref } = await this.codec.decode({ path, dir: this.place() });
    return planesOf(ref);
  }

  /** A folder or file name that nothing has yet. */
  place(ending = ''): string {
    return join(this.root, `place-${this.count++}${ending}`);
  }

  export(
    { session }: Pick<SessionInfo, 'session'>,
    order: Pick<CommandInput<'exportSession'>, 'what' | 'mixer' | 'settings'>,
  ): Promise<ExportReport> {
    return this.client.exportSession({ job: 'export', session, ...order });
  }

  /** Copies the files of a report into a new folder under their names; the folder. */
  save(report: ExportReport): string {
    const folder = this.place();
    mkdirSync(folder);
    for (const { name, download } of report.files)
      copyFileSync(this.engine.sessions.download(download).path, join(folder, name));
    return folder;
  }

  upload(name: string, path: string): string {
    const { handle, path: to } = this.engine.sessions.newUpload(name);
    copyFileSync(path, to);
    return handle;
  }
}
