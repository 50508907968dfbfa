import { toUnbraidError } from '../../src-main/common/base/errors.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import type {
  CatalogueModel,
  ImportedItem,
  ModelCatalogue,
  ModelEvent,
  ModelVerification,
} from '../../src-main/common/contract/models.js';
import type { DownloadInfo, DownloadState } from '../../src-main/common/models/download-state.js';
import { adoptFile } from '../api/bridge.js';
import { uploadFile } from '../api/data.js';
import type { DialogName } from './notices.js';
import type { Preferences } from './preferences.svelte.js';

/** What of the page takes part. */
export interface FetchingPage {
  readonly client: EngineClient;
  readonly fail: (error: unknown) => void;
  readonly preferences: Pick<Preferences, 'awaited' | 'set'>;
  readonly choice: { id: string | null };
  dialog: DialogName | null;
  loadModels(): Promise<void>;
}

/** The models that can be fetched, and those that are on their way. */
export class Fetching {
  catalogue = $state.raw<ModelCatalogue | null>(null);
  downloads = $state.raw<readonly DownloadInfo[]>([]);
  /** The model whose licence is being shown. */
  asked = $state.raw<CatalogueModel | null>(null);
  /** A long check or import that runs. */
  busy = $state<'verify' | 'import' | null>(null);
  /** It was told to stop, and has not ended yet. */
  cancelling = $state(false);
  private running: { readonly job: string; readonly abort: AbortController } | null = null;
  verified = $state.raw<readonly ModelVerification[] | null>(null);
  imported = $state.raw<readonly ImportedItem[] | null>(null);

  readonly recommended = $derived(this.catalogue?.models.find(({ entry }) => entry.recommended) ?? null);

  constructor(private readonly page: FetchingPage) {}

  private get client(): EngineClient {
    return this.page.client;
  }

  /** Shows a model's licence; it is fetched when that is accepted. */
  ask(model: CatalogueModel): void {
    this.asked = model;
    this.page.dialog = 'licence';
  }

  /** From now on, for the next song and the one that is open. */
  use(id: string): void {
    this.page.preferences.set({ separator: id });
    this.page.choice.id = null;
  }

  async refresh(): Promise<void> {
    await this.show(this.client.modelCatalogue({}));
  }

  stateOf(id: string): DownloadState | null {
    return this.downloads.find((one) => one.id === id)?.state ?? null;
  }

  receive(event: ModelEvent): void {
    if (event.models === 'list') {
      void this.refresh().then(() => this.page.loadModels());
      return;
    }
    const { download } = event;
    const at = this.downloads.findIndex(({ id }) => id === download.id);
    this.downloads = at < 0 ? [...this.downloads, download] : this.downloads.with(at, download);
    if (download.state.state === 'done') void Promise.all([this.refresh(), this.page.loadModels()]);
  }

  /**
   * After the licence was accepted. The recommended one is used from the moment on when it is there, also where this page
   * was closed meanwhile.
   */
  async get({ entry, licence }: CatalogueModel): Promise<void> {
    if (entry.recommended) this.page.preferences.set({ awaited: entry.id });
    await this.run(this.client.modelGet({ id: entry.id, accepted: licence }));
  }

  pause = (id: string): Promise<void> => this.run(this.client.modelPause({ id }));

  async discard(id: string): Promise<void> {
    if (this.page.preferences.awaited === id) this.page.preferences.set({ awaited: null });
    await this.run(this.client.modelDiscard({ id }));
    this.downloads = this.downloads.filter((one) => one.id !== id);
    await this.refresh();
  }

  async remove(id: string): Promise<void> {
    await this.run(this.client.modelRemove({ id }));
    this.downloads = this.downloads.filter((one) => one.id !== id);
  }

  /** Reads the files of all models again. */
  async verify(): Promise<void> {
    await this.long('verify', async (job) => (this.verified = await this.client.modelVerify({ job })));
  }

  /** Takes files that a person chose: where they lie when this host can, else as uploads. */
  async import(chosen: readonly File[]): Promise<void> {
    if (chosen.length === 0) return;
    await this.long('import', async (job, signal) => {
      const uploads: string[] = [];
      const files: string[] = [];
      for (const file of chosen) {
        const adopted = await adoptFile(file);
        if (adopted.length > 0) files.push(...adopted.map(({ handle }) => handle));
        else uploads.push(await uploadFile(file, signal));
        signal.throwIfAborted();
      }
      this.imported = await this.client.modelImport({ job, uploads, files });
    });
  }

  /** Asks for a folder to keep models in; with `usual` goes back to the platform's. */
  async setFolder(usual = false): Promise<void> {
    const chosen = usual ? null : (await this.client.chooseFolder({})).folder;
    if (!usual && !chosen) return;
    await this.show(this.client.modelFolder(chosen ? { folder: chosen.handle } : {}));
  }

  /** Stops the check or import that runs. What came whole before stays. */
  async cancel(): Promise<void> {
    const { running } = this;
    if (!running) return;
    this.cancelling = true;
    running.abort.abort();
    await this.client.cancel({ job: running.job }).catch(() => undefined);
  }

  private async long(
    busy: 'verify' | 'import',
    work: (job: string, signal: AbortSignal) => Promise<unknown>,
  ): Promise<void> {
    if (this.busy !== null) return;
    this.busy = busy;
    const abort = new AbortController();
    const job = crypto.randomUUID();
    this.running = { job, abort };
    await this.run(work(job, abort.signal));
    this.running = null;
    this.busy = null;
    this.cancelling = false;
  }

  private async show(asked: Promise<ModelCatalogue>): Promise<void> {
    try {
      const catalogue = await asked;
      this.catalogue = catalogue;
      // Events may have been missed.
      this.downloads = catalogue.downloads;
      const { awaited } = this.page.preferences;
      const came = catalogue.models.find(({ entry }) => entry.id === awaited)?.installed ?? null;
      if (came !== null) this.use(came);
    } catch (error) {
      this.page.fail(toUnbraidError(error));
    }
  }

  private async run(asked: Promise<unknown>): Promise<void> {
    await asked.catch(this.page.fail);
  }
}
