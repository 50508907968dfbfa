import { toUnbraidError, type WireError } from '../../src-main/common/base/errors.js';
import type { Disposable } from '../../src-main/common/base/disposal.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { ExportReport } from '../../src-main/common/contract/session.js';
import type { ProjectView } from '../../src-main/common/contract/project.js';
import type { StepChange } from '../../src-main/common/document/history-schema.js';
import { withChange } from '../../src-main/common/document/marks.js';
import type { SongDocument } from './document.svelte.js';

/** Where a song is kept; `savedAt` in milliseconds since 1970. */
export interface SavedProject {
  readonly name: string;
  readonly savedAt: number;
  /** False as long as nobody has saved it: it lies among the program's own, and is found on the welcome page. */
  readonly named: boolean;
  /** Its handle, which another start of the program knows again. */
  readonly project: string;
}

export interface ProjectPort {
  readonly client: Pick<EngineClient, 'saveProject' | 'appendJournal' | 'collectProject'>;
  readonly session: string;
  readonly document: SongDocument;
  view(): ProjectView;
  fail(error: unknown): void;
  /** It has another place from now on. */
  moved(saved: SavedProject): void;
}

interface SaveChoice {
  readonly copy?: boolean;
  readonly unnamed?: boolean;
  readonly name?: string;
  readonly folder?: string | null;
}

/**
 * Keeps an open song as a project from its first second: each change of the document as it is made, undo and redo too,
 * and all of it when a person saves. One request at a time; changes that come meanwhile go together with the next.
 */
export class ProjectController implements Disposable {
  /** Null until the host has a folder for the song. */
  saved = $state.raw<SavedProject | null>(null);
  /** Whether a save that the person asked for is on its way. */
  saving = $state(false);
  /** Why the newest changes are not kept; null when they are, or are just being sent. */
  problem = $state.raw<WireError | null>(null);
  /** Changes that are still to be sent, and those under way, the oldest first. */
  private pending = $state.raw<readonly StepChange[]>([]);
  private sending = $state.raw<readonly StepChange[]>([]);
  /** Number of the last change that the host has acknowledged. */
  private sequence = 0;
  private collecting = true;
  private chain: Promise<void> = Promise.resolve();
  private readonly listening: Disposable;

  constructor(private readonly port: ProjectPort) {
    this.listening = port.document.listen((change) => {
      if (!this.collecting) return;
      this.pending = withChange(this.pending, change);
      void this.flush();
    });
  }

  /** Changes that would be lost with the page. */
  get unkept(): boolean {
    return this.collecting && this.pending.length + this.sending.length > 0;
  }

  /** The changes the host does not have, and the number of the last one that it has. */
  get later(): { readonly changes: readonly StepChange[]; readonly after: number } {
    return { changes: [...this.sending, ...this.pending], after: this.sequence };
  }

  /** Whether everything is in the journal. */
  get kept(): boolean {
    return this.saved !== null && !this.unkept && this.problem === null;
  }

  /** The song was opened as a project that is kept already. */
  attach(saved: SavedProject & { readonly sequence: number }): void {
    this.take(saved);
    this.sequence = saved.sequence;
  }

  /** Makes the song a project, unless it is one already. */
  async begin(): Promise<void> {
    if (this.saved === null) await this.store({ unnamed: true });
  }

  /** Gives it a name and a place, or saves it there; `copy` as another project. False on failure. */
  save(choice: SaveChoice = {}): Promise<boolean> {
    this.saving = true;
    return this.store(choice).finally(() => (this.saving = false));
  }

  /** Everything as one zip, under a job's name. Rejects with typed errors. */
  collect(job: string): Promise<ExportReport> {
    const { client, session, document, view } = this.port;
    return client.collectProject({
      ...{ job, session, view: view() },
      ...{ document: document.snapshot(), history: document.marks() },
    });
  }

  /** There are new stems, which the journal does not hold: the song is saved again where it is. */
  keepStems(): void {
    void this.store({ unnamed: this.saved?.named !== true });
  }

  /** Resolves when all changes until now are on the disk, or could not be kept. */
  async flush(): Promise<void> {
    await this.inTurn(async () => {
      if (this.pending.length === 0 || this.saved === null) return;
      this.hold();
      try {
        const { session, client } = this.port;
        this.sequence = (await client.appendJournal({ session, changes: this.sending })).sequence;
        this.sending = [];
        this.problem = null;
      } catch (error) {
        // They are sent with the next change, or the next save makes them needless.
        this.refused(error);
      }
    });
    if (this.saved === null && this.pending.length > 0 && this.problem !== null) await this.begin();
  }

  /** Tries again what could not be kept. */
  async retry(): Promise<void> {
    await (this.saved === null ? this.begin() : this.flush());
    // What is not a change of the document, like new stems, has no journal.
    if (this.problem !== null) await this.store({ unnamed: this.saved?.named !== true });
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

  private async store({ copy, unnamed, name, folder = null }: SaveChoice): Promise<boolean> {
    let done = false;
    await this.inTurn(async () => {
      const { client, session, document, view } = this.port;
      this.hold();
      try {
        const saved = await client.saveProject({
          ...{ session, document: document.snapshot(), history: document.marks(), view: view() },
          ...{ since: this.sequence, copy, folder },
          // A save with a name may have gone ahead of one that the program began.
          unnamed: unnamed === true && this.saved?.named !== true,
          ...(name !== undefined && { name }),
        });
        this.sending = [];
        this.sequence = saved.sequence;
        this.problem = null;
        this.take(saved);
        done = true;
      } catch (error) {
        this.refused(error, unnamed !== true);
      }
    });
    // What could not be stored waits for the next change, or for the person.
    if (done) await this.flush();
    return done;
  }

  /** What is sent is not joined with what comes meanwhile. */
  private hold(): void {
    this.sending = this.pending;
    this.pending = [];
  }

  private take({ name, savedAt, named, project }: SavedProject): void {
    const moved = this.saved?.project !== project;
    this.saved = { name, savedAt, named, project };
    if (moved) this.port.moved(this.saved);
  }

  /** One card says it; from then on the header does. */
  private refused(error: unknown, asked = false): void {
    this.pending = [...this.sending, ...this.pending];
    this.sending = [];
    const first = this.problem === null;
    this.problem = toUnbraidError(error).toWire();
    if (first || asked) this.port.fail(error);
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    return (this.chain = this.chain.then(work));
  }
}
