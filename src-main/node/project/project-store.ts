import { rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { Line } from '../../common/base/line.js';
import type { KeptDrawn } from '../../common/contract/drawn.js';
import type { Interrupted, ProjectRecovery, ProjectView } from '../../common/contract/project.js';
import { documentVersion, readSnapshot } from '../../common/document/migrations.js';
import { fittingMarks } from '../../common/document/fitting.js';
import type { StepChange, StepMarks } from '../../common/document/history-schema.js';
import type { CheckedDrawn } from './drawn-check.js';
import { copyDrawn, drawnIn, keepDrawn } from './drawn-file.js';
import { ProjectFolder, type ProjectState } from './folder/project-folder.js';
import { findSource } from './folder/source.js';
import { editsIn, masksIn } from './folder/edits-in.js';
import { keepMasks, takeMasks } from './project-masks.js';
import { titleOf, writeTitle } from './project-list.js';
import { holdsAll, keepSource, keepStems, takeStems, type KeptStems } from './project-session.js';
import { interruptedIn, noteSeparating } from './separating.js';
import { describeSong } from './song-title.js';
import { deleteProjectFolder, type UnnamedSongs } from './unnamed-songs.js';
import { stemSets, type Session, type StemSet } from '../session/session.js';
import type { SessionStore } from '../session/session-store.js';

/** What a person has decided about a song, to be saved; `document` is a snapshot that was not checked yet. */
export interface SaveRequest {
  readonly document: unknown;
  readonly history: StepMarks;
  readonly view: ProjectView | null;
  /** What the project is called; the song's name when left out. */
  readonly name?: string | undefined;
  /** The number of the last kept change that `document` knows of; all of them when left out. */
  readonly since?: number | undefined;
}

/** How a song is saved: where it is kept, as an unnamed one at first, or as another project. */
export interface SaveOptions {
  /** The folder of a new project. */
  readonly newDir: () => string;
  /** Also when it is kept already. */
  readonly copy?: boolean;
  /** It gets no name: one that is kept already stays where it is. */
  readonly unnamed?: boolean;
}

/** What a save has left: the state, the number of the last change in it, and the folder if it is a new one. */
export interface SavedProject {
  readonly state: ProjectState;
  readonly sequence: number;
  readonly created: string | null;
  readonly named: boolean;
}

/** A project that was opened with its song. */
export interface OpenedFolder {
  readonly session: Session;
  readonly folder: ProjectFolder;
  readonly drawn: KeptDrawn | null;
  readonly recovery: ProjectRecovery;
  readonly interrupted: Interrupted | null;
}

/** A project as it is kept now. */
type KeptSong = ProjectFolder['file'] & CheckedDrawn & { readonly named: boolean; readonly dir: string };

interface OpenProject {
  readonly folder: ProjectFolder;
  kept: KeptStems;
}

export interface ProjectStoreOptions {
  readonly version: string;
  readonly now: () => number;
  readonly sessions: () => SessionStore;
  /** Whether a song lies where it will not last, so that the project takes it in. */
  readonly isTemporary: (path: string) => boolean;
  readonly unnamed: UnnamedSongs;
}

/** The projects of open songs: which session is kept in which folder. */
export class ProjectStore implements Disposable {
  private readonly open = new Map<string, OpenProject>();
  /** What is done to the project of a session, one after the other: a save takes as long as its stems' copies (S10). */
  private readonly lines = new Map<string, Line>();
  /** Sessions whose project another one has taken over. */
  private readonly lost = new Set<string>();

  constructor(private readonly options: ProjectStoreOptions) {}

  /** The last save of a session's project with all changes since; undefined when it is not kept. */
  fileOf(session: string): Promise<KeptSong | undefined> {
    // A first save that runs just now makes a project of it.
    const line = this.lines.get(session) ?? new Line();
    return line.read(() => {
      const folder = this.open.get(session)?.folder;
      if (!folder) return undefined;
      const { song, edits } = this.options.sessions().get(session);
      const { file, dir } = folder;
      return { ...file, named: this.isNamed(folder), dir, ...drawnIn(dir, song.decoded.ref, edits) };
    });
  }

  /** The folder that an open song is kept in. */
  folderOf(session: string): string | undefined {
    return this.open.get(session)?.folder.dir;
  }

  /** The open song that a folder is kept for. */
  holderOf(dir: string): string | undefined {
    return [...this.open].find(([, { folder }]) => folder.dir === dir)?.[0];
  }

  /**
   * Saves a session where it is kept; one that is not, or that has no name yet, or with `copy`, becomes a project in
   * the folder that `newDir` returns, and is kept there from now on. The folder it had without a name is gone then.
   * Throws typed errors; then the project is what it was before, and a new folder is gone. Two that save the same song
   * at once make one project.
   */
  save(
    session: Session,
    request: SaveRequest,
    { newDir, copy = false, unnamed = false }: SaveOptions,
  ): Promise<SavedProject> {
    return this.alone(session, async () => {
      const before = this.open.get(session.id)?.folder;
      if (before && !copy && (unnamed || this.isNamed(before))) return this.saveAgain(session, request);
      const dir = newDir();
      const name = request.name ?? before?.file.name;
      try {
        const { state, kept } = await this.gather(session, dir, request, undefined, false, name);
        const complete = before && request.since !== undefined ? before.rebased(state, request.since) : state;
        const folder = ProjectFolder.create(dir, complete);
        if (before) await copyDrawn(before.dir, dir);
        await this.adopt(session, folder, kept);
        this.describe(session, dir, state.name);
        if (before && !this.isNamed(before)) await this.leave(session, before.dir, dir);
        return { state, sequence: 0, created: dir, named: !unnamed };
      } catch (error) {
        if (this.open.get(session.id)?.folder.dir !== dir) rmSync(dir, { recursive: true, force: true });
        throw error;
      }
    });
  }

  /** Deletes the folder a song had before it got a name; what the session reads of it lies in the new one too. */
  private async leave(session: Session, old: string, dir: string): Promise<void> {
    const { path } = session.song;
    const inside = join(old, 'source') + sep;
    if (path.startsWith(inside)) session.moveSource(join(dir, 'source', path.slice(inside.length)));
    try {
      deleteProjectFolder(old);
    } catch {
      // It is listed as an unnamed song, and can be deleted there.
    }
    return Promise.resolve();
  }

  /** Keeps new stems with what the project holds already. Throws typed errors; nothing happens without a project. */
  async keepStems(session: Session): Promise<void> {
    if (!this.open.has(session.id)) return;
    await session.job(undefined, () =>
      this.lineOf(session).change(() =>
        session.reading(allStems(session), async () => {
          const here = this.get(session);
          if (holdsAll(here.kept, session)) return;
          const kept = await keepStems(here.folder.dir, session, here.kept);
          const { name, source, view, document, history } = here.folder.file;
          const { version: app, now } = this.options;
          const { separation, earlier } = kept;
          const stems = { separation, earlier: [...earlier] };
          here.folder.save({ app, name, savedAt: now(), source, ...stems, view, document, history });
          here.kept = kept;
          this.describe(session, here.folder.dir, name);
        }),
      ),
    );
  }

  /** Notes in the project that its song is being separated; null when it is done. */
  separating(session: string, separation: Interrupted | null): void {
    const dir = this.open.get(session)?.folder.dir;
    if (dir !== undefined) noteSeparating(dir, separation);
  }

  private isNamed(folder: ProjectFolder): boolean {
    return !this.options.unnamed.holds(folder.dir);
  }

  /** Gives a project another name. Throws `project-locked` when another process has it, or typed errors. */
  async rename(dir: string, name: string): Promise<void> {
    const holder = this.holderOf(dir);
    const line = (holder !== undefined && this.lines.get(holder)) || new Line();
    await line.change(async () => {
      const open = [...this.open.values()].find(({ folder }) => folder.dir === dir)?.folder;
      const folder = open ?? ProjectFolder.open(dir).folder;
      try {
        folder.save({ ...folder.file, name });
        const { seconds, stems, picture, song, title, artist } = titleOf(dir);
        writeTitle(dir, name, { seconds, stems, picture, song, title, artist });
      } finally {
        if (!open) await folder.dispose();
      }
    });
  }

  private describe(session: Session, dir: string, name: string): void {
    const there = (): boolean => this.open.get(session.id)?.folder.dir === dir;
    describeSong(this.options.sessions(), session, dir, name, there);
  }

  private async saveAgain(session: Session, request: SaveRequest): Promise<SavedProject> {
    const here = this.get(session);
    const { folder } = here;
    const name = request.name ?? folder.file.name;
    const { state: gathered, kept } = await this.gather(session, folder.dir, request, here.kept, false, name);
    const state = request.since === undefined ? gathered : folder.rebased(gathered, request.since);
    folder.save(state);
    here.kept = kept;
    this.describe(session, folder.dir, state.name);
    return { state, sequence: folder.last, created: null, named: this.isNamed(folder) };
  }

  /** Writes a session as a project that holds its song too, into a folder that is empty; it is not kept there. */
  async collect(session: Session, dir: string, request: SaveRequest): Promise<void> {
    session.refuseWhileRunning('Save it when the separation is done.');
    const { state } = await this.gather(session, dir, request, undefined, true);
    // Its place on this machine means nothing on another one.
    const absolute = state.source.relative ?? state.source.name;
    await ProjectFolder.create(dir, { ...state, source: { ...state.source, absolute } }).dispose();
    const from = this.folderOf(session.id);
    if (from !== undefined) await copyDrawn(from, dir);
  }

  /**
   * Keeps changes, all or none; on the disk when it resolves, with their number. Those that follow change number
   * `after` and are there already are not done again. Throws typed errors.
   */
  append(session: Session, changes: readonly StepChange[], after?: number): Promise<number> {
    const append = async (): Promise<number> => {
      const { folder } = this.get(session);
      if (after !== undefined && folder.has(changes, after)) return folder.last;
      const { records } = folder.after(changes);
      // A mask must be there before anything refers to it.
      const masks = editsIn(changes).map(({ mask }) => mask);
      await keepMasks(folder.dir, session, masks, records.values());
      folder.append(changes);
      return folder.last;
    };
    return session.job(undefined, () => this.lineOf(session).change(append));
  }

  /** Keeps what is drawn in a song; on the disk when it resolves. Throws typed errors. */
  keepDrawn(session: Session, drawn: KeptDrawn): Promise<void> {
    return this.lineOf(session).change(() => keepDrawn(this.get(session).folder.dir, drawn, session.edits));
  }

  /**
   * Opens a project with its song, or the one a person has named in its place. A song of this process that has the
   * project open loses it: it is a page's that was left, unless that page lives (`isHeld`). Throws `project-open` then,
   * and typed errors for what goes wrong; then the project is closed again.
   */
  async openFolder(
    dir: string,
    chosen?: string,
    isHeld: (session: string) => boolean = () => false,
  ): Promise<OpenedFolder> {
    const holder = this.holderOf(dir);
    if (holder !== undefined && isHeld(holder)) {
      throw new UnbraidError('project-open', 'This project is open in another window', {
        file: dir,
        hint: 'Close it there, or take it over: then the other window saves no more changes.',
      });
    }
    if (holder !== undefined) {
      // Not in the middle of a save of the one that loses it.
      await (this.lines.get(holder) ?? new Line()).change(() => {
        this.lost.add(holder);
        return this.release(holder);
      });
    }
    const { folder, recovery } = ProjectFolder.open(dir);
    const sessions = this.options.sessions();
    let session: Session | undefined;
    try {
      const { source, separation } = folder.file;
      const path = await findSource(dir, source, chosen);
      const opened = await sessions.open(path, source.name);
      session = sessions.get(opened.session);
      const { ref } = session.song.decoded;
      const into = join(session.song.dir, 'stems');
      const { used, earlier, kept } = await takeStems(dir, folder.file, ref, into);
      if (used) sessions.restore(session, used, earlier);
      else session.replace({ earlier });
      const { drawn, whole } = drawnIn(dir, ref, session.edits);
      const lost = [...(separation && !used ? (['stems'] as const) : []), ...takeMasks(folder, session)];
      const missing = [...lost, ...(whole ? [] : (['drawing'] as const))];
      await this.adopt(session, folder, kept);
      this.describe(session, dir, folder.file.name);
      const told = { recovery: { ...recovery, missing }, interrupted: interruptedIn(dir) };
      return { session, folder, drawn, ...told };
    } catch (error) {
      await folder.dispose();
      if (session) await sessions.close(session.id);
      throw error;
    }
  }

  async dispose(): Promise<void> {
    for (const id of [...this.open.keys()]) await this.release(id);
  }

  private get(session: Session): OpenProject {
    const here = this.open.get(session.id);
    if (here) return here;
    if (this.lost.has(session.id)) {
      throw new UnbraidError('project-open', 'Another window has taken this project over', {
        hint: 'Continue there, or save this one as another project.',
      });
    }
    throw new UnbraidError('invalid-argument', 'This song is not a project yet', { hint: 'Save it first.' });
  }

  /**
   * Puts stems, masks and song (a copy of it with `whole`) into a folder, and returns what its file has to say about
   * them.
   */
  private async gather(
    session: Session,
    dir: string,
    { document: raw, history: marks, view }: SaveRequest,
    known?: KeptStems,
    whole = false,
    name = session.name,
  ): Promise<{ readonly state: ProjectState; readonly kept: KeptStems }> {
    const records = readSnapshot(raw);
    const document = { document: 'unbraid', version: documentVersion, records } as const;
    const history = fittingMarks(new Map(records.map((record) => [record.id, record])), marks);
    // For another computer the stems in use are enough.
    const kept = await keepStems(dir, session, known, whole);
    await keepMasks(dir, session, masksIn({ document, history }), records);
    const { path } = session.song;
    // Another project's own copy goes with that project.
    const old = this.open.get(session.id)?.folder.dir;
    const fixed =
      this.options.isTemporary(path) || Boolean(old && path.startsWith(join(old, 'source') + sep));
    const source = await keepSource(dir, session, !whole && !fixed, fixed);
    const { version: app, now } = this.options;
    const state: ProjectState = {
      ...{ app, name, savedAt: now(), source, view, document, history },
      ...{ separation: kept.separation, earlier: [...kept.earlier] },
    };
    return { state, kept };
  }

  /** Saves, while nothing else is done to the project and no edit changes the stems. */
  private alone<T>(session: Session, work: () => Promise<T>): Promise<T> {
    return session.job(undefined, () =>
      this.lineOf(session).change(() =>
        session.line.read(() => {
          session.refuseWhileRunning('Save it when the separation is done.');
          return session.reading(allStems(session), work);
        }),
      ),
    );
  }

  private lineOf({ id, scope }: Session): Line {
    const known = this.lines.get(id);
    if (known) return known;
    const line = new Line();
    this.lines.set(id, line);
    scope.defer(() => void this.lines.delete(id));
    return line;
  }

  private async adopt(session: Session, folder: ProjectFolder, kept: KeptStems): Promise<void> {
    await this.release(session.id);
    this.open.set(session.id, { folder, kept });
    this.lost.delete(session.id);
    session.scope.defer(async () => {
      await this.lineOf(session).change(async () => {
        if (this.open.get(session.id)?.folder === folder) this.open.delete(session.id);
        await folder.close();
      });
    });
  }

  private async release(session: string): Promise<void> {
    const here = this.open.get(session);
    this.open.delete(session);
    await here?.folder.close();
  }
}

/** The tracks of all stems that a song has and had. */
function allStems({ state }: Session): StemSet['stems'] {
  return stemSets(state).flatMap(({ stems }) => stems);
}
