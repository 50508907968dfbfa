import type { Disposable } from '../../src-main/common/base/disposal.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { ExportReport } from '../../src-main/common/contract/session.js';
import type { ProjectView } from '../../src-main/common/contract/project.js';
import type { StepChange } from '../../src-main/common/document/history-schema.js';
import { withChange } from '../../src-main/common/document/marks.js';
import type { SongDocument } from './document.svelte.js';

/** Where a project was saved last; `savedAt` in milliseconds since 1970. */
export interface SavedProject {
  readonly name: string;
  readonly savedAt: number;
}

export interface ProjectPort {
  readonly client: Pick<EngineClient, 'saveProject' | 'appendJournal' | 'collectProject'>;
  readonly session: string;
  readonly document: SongDocument;
  view(): ProjectView;
  fail(error: unknown): void;
}

/**
 * Keeps an open song as a project: saved when a person says so, and from then on each change of the document as it
 * is made, undo and redo too. One request at a time; changes that come meanwhile go together with the next.
 */
export class ProjectController implements Disposable {
  /** Null as long as the song is not a project. */
  saved = $state.raw<SavedProject | null>(null);
  saving = $state(false);
  /** Changes since the snapshot that was saved, the oldest first. */
  private pending: readonly StepChange[] = [];
  /** Number of the last change that the host has acknowledged. */
  private sequence = 0;
  private collecting = false;
  private chain: Promise<void> = Promise.resolve();
  private readonly listening: Disposable;

  constructor(private readonly port: ProjectPort) {
    this.listening = port.document.listen((change) => {
      if (!this.collecting) return;
      this.pending = withChange(this.pending, change);
      void this.flush();
    });
  }

  /** The song was opened as a project that is saved already. */
  attach(saved: SavedProject & { readonly sequence: number }): void {
    this.saved = saved;
    this.sequence = saved.sequence;
    this.collecting = true;
  }

  /** Saves; `copy` as another project, in a folder that has this handle or among the host's own. False on failure. */
  async save(copy: boolean, folder: string | null): Promise<boolean> {
    let done = false;
    await this.inTurn(async () => {
      const { client, session, document, view } = this.port;
      const earlier = this.pending;
      this.pending = [];
      this.collecting = true;
      this.saving = true;
      try {
        const saved = await client.saveProject({
          ...{ session, document: document.snapshot(), history: document.marks() },
          ...{ view: view(), since: this.sequence, copy, folder },
        });
        this.saved = saved;
        this.sequence = saved.sequence;
        done = true;
      } catch (error) {
        this.pending = [...earlier, ...this.pending];
        this.collecting = this.saved !== null;
        if (!this.collecting) this.pending = [];
        this.port.fail(error);
      } finally {
        this.saving = false;
      }
    });
    await this.flush();
    return done;
  }

  /** Everything as one zip, under a job's name. Rejects with typed errors. */
  collect(job: string): Promise<ExportReport> {
    const { client, session, document, view } = this.port;
    return client.collectProject({
      ...{ job, session, view: view() },
      ...{ document: document.snapshot(), history: document.marks() },
    });
  }

  /** There are new stems, which the journal does not hold: a song that is a project is saved again. */
  keepStems(): void {
    if (this.saved !== null) void this.save(false, null);
  }

  /** Resolves when all changes until now are on the disk, or could not be kept. */
  flush(): Promise<void> {
    return this.inTurn(async () => {
      if (this.pending.length === 0 || this.saved === null) return;
      const sent = this.pending;
      this.pending = [];
      try {
        const { session, client } = this.port;
        this.sequence = (await client.appendJournal({ session, changes: sent })).sequence;
      } catch (error) {
        // They are sent with the next change, or the next save makes them needless.
        this.pending = [...sent, ...this.pending];
        this.port.fail(error);
      }
    });
  }

  /** Forgets changes that were not kept: another page has decided otherwise meanwhile. */
  abandon(): void {
    this.pending = [];
    this.collecting = false;
  }

  /** Ends when all changes are kept. */
  async dispose(): Promise<void> {
    void this.listening.dispose();
    await this.flush();
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    return (this.chain = this.chain.then(work));
  }
}
