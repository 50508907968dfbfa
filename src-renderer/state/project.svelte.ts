import { toUnbraidError, type WireError } from '../../src-main/common/base/errors.js';
import type { Disposable } from '../../src-main/common/base/disposal.js';
import type { ExportReport } from '../../src-main/common/contract/session.js';
import { Line } from '../../src-main/common/base/line.js';
import { Scope } from '../base/scope.js';
import type { PackedDrawn } from './kept-drawing.js';
import { allOf, type ProjectPort, type SaveChoice, type SavedProject } from './project-port.js';
import { UnkeptDrawing } from './unkept-drawing.svelte.js';
import { UnkeptChanges, type Append } from './unkept-changes.js';

/** Pause before what could not be kept is tried again, ms. */
const retryMs = 10_000;

/**
 * Keeps an open song as a project from its first second: each change of the document as it is made, undo and redo too,
 * and all of it when a person saves. One request at a time; changes that come meanwhile go together with the next.
 */
export class ProjectController implements Disposable {
  /** Null until the host has one. */
  saved = $state.raw<SavedProject | null>(null);
  /** Whether a save that the person asked for is on its way. */
  saving = $state(false);
  /** Why the newest changes are not kept; null when they are, or are just being sent. */
  problem = $state.raw<WireError | null>(null);
  /** How many changes the host has not acknowledged. */
  private count = $state(0);
  private own = $state(0);
  readonly drawing = new UnkeptDrawing();
  private readonly changes = new UnkeptChanges((count, own) => ([this.count, this.own] = [count, own]));
  /** False in a page that only looks. */
  collecting = true;
  private readonly line = new Line();
  private readonly listening: Disposable;
  private readonly scope = new Scope();
  private waiting = false;

  constructor(private readonly port: ProjectPort) {
    this.listening = port.document.listen((change) => {
      if (!this.collecting) return;
      this.changes.add(change);
      void this.flush();
    });
  }

  /** Changes, or something drawn, that the host does not have. */
  get unkept(): boolean {
    return this.collecting && (this.count > 0 || this.drawing.waits);
  }

  /** Whether something that a person did would be lost with the page. What is drawn stays with the tab but for large masks. */
  get losing(): boolean {
    const drawing = this.drawing.large || (this.drawing.waits && this.problem !== null);
    return this.collecting && (this.own > 0 || drawing);
  }

  get kept(): boolean {
    return this.saved !== null && !this.unkept && this.problem === null;
  }

  /** The song was opened as a project that is kept already. */
  attach(saved: SavedProject & { readonly sequence: number }): void {
    this.take(saved);
    this.changes.sequence = saved.sequence;
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
    const { client, session } = this.port;
    return client.collectProject({ job, session, ...allOf(this.port) });
  }

  /** Keeps what is drawn, after the changes that came before it. */
  keepDrawn(drawn: PackedDrawn): void {
    this.drawing.add(drawn);
    void this.flush();
  }

  /** There are new stems, which the journal does not hold: the song is saved again where it is. */
  keepStems(): void {
    void this.store({ unnamed: this.saved?.named !== true });
  }

  /** Resolves when all changes until now are on the disk, or could not be kept. */
  async flush(): Promise<void> {
    await this.line.change(async () => {
      if (!this.unkept || this.saved === null || this.changes.unsure) return;
      await this.send(this.port.session).catch((error: unknown) => this.refused(error));
    });
    const { unkept, problem, saved, changes } = this;
    if (unkept && problem !== null && (saved === null || changes.unsure)) await this.saveAgain();
  }

  /**
   * Gives another session of the same project what the host may not have; whether there was any. Rejects with typed
   * errors.
   */
  keepIn(session: string): Promise<boolean> {
    return this.line.change(async () => {
      if (!this.unkept && !this.changes.unsure) return false;
      await this.port.sendMasks(session);
      if (this.changes.unsure) await this.saveIn(session, { unnamed: this.saved?.named !== true });
      await this.send(session);
      return true;
    });
  }

  /** Tries again what could not be kept. */
  async retry(): Promise<void> {
    if (this.saved !== null && !this.changes.unsure) await this.flush();
    // What is not a change of the document, like new stems, has no journal.
    if (this.problem !== null) await this.saveAgain();
  }

  /** Forgets changes that were not kept: another page has decided otherwise meanwhile. */
  abandon(): void {
    this.changes.forget();
    this.collecting = false;
  }

  /** Ends when all changes are kept. */
  async dispose(): Promise<void> {
    void this.listening.dispose();
    this.scope.dispose();
    await this.flush();
  }

  private async saveAgain(): Promise<void> {
    await this.store({ unnamed: this.saved?.named !== true });
  }

  private async store(choice: SaveChoice): Promise<boolean> {
    let done = false;
    await this.line.change(async () => {
      try {
        await this.saveIn(this.port.session, choice);
        done = true;
      } catch (error) {
        this.refused(error, choice.unnamed !== true);
      }
    });
    // What could not be stored waits for the next change, or for the person.
    if (done) await this.flush();
    return done;
  }

  private async saveIn(session: string, { copy, unnamed, name, folder = null }: SaveChoice): Promise<void> {
    const saved = await this.changes.save(this.appendIn(session), (since) =>
      this.port.client.saveProject({
        ...{ session, ...allOf(this.port), since, copy, folder },
        // A save with a name may have gone ahead of one that the program began.
        unnamed: unnamed === true && this.saved?.named !== true,
        ...(name !== undefined && { name }),
      }),
    );
    this.problem = null;
    this.take(saved);
  }

  private async send(session: string): Promise<void> {
    await this.changes.send(this.appendIn(session));
    await this.drawing.send((drawn) => this.port.sendDrawn(session, drawn));
    this.problem = null;
  }

  private appendIn(session: string): Append {
    const { client } = this.port;
    return (changes, after) => client.appendJournal({ session, after, changes });
  }

  private take({ name, savedAt, named, project }: SavedProject): void {
    const moved = this.saved?.project !== project;
    this.saved = { name, savedAt, named, project };
    if (moved) this.port.moved(this.saved);
  }

  /** One card says it; from then on the header does. */
  private refused(error: unknown, asked = false): void {
    const first = this.problem === null;
    this.problem = toUnbraidError(error).toWire();
    if (first || asked) this.port.fail(error);
    if (this.waiting || (this.problem.code !== 'disk-full' && this.problem.code !== 'io-error')) return;
    // The disk may have room again by then.
    this.waiting = true;
    this.scope.timer(() => {
      this.waiting = false;
      if (this.problem !== null) void this.retry();
    }, retryMs);
  }
}
