import { existsSync, renameSync, rmdirSync } from 'node:fs';
import { basename } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import type { CommandArgs, Endpoints } from '../../common/contract/commands.js';
import type {
  ClaimedSession,
  OpenedProject,
  ProjectCommandResults,
  ProjectEntry,
  UnnamedRoom,
} from '../../common/contract/project.js';
import { collectProject, unpackProject } from '../project/collect.js';
import { isProject } from '../project/folder/project-folder.js';
import {
  coverOf,
  listProjects,
  newProjectDir,
  projectsIn,
  titleOf,
  type KnownProject,
} from '../project/project-list.js';
import { ProjectStore } from '../project/project-store.js';
import { StemSteps } from '../project/stem-steps.js';
import { deleteProjectFolder, UnnamedSongs } from '../project/unnamed-songs.js';
import { runningIn, type Session } from '../session/session.js';
import type { RecentFiles } from '../state/recent-files.js';
import type { HandleTable } from './handles.js';
import type { HostServices } from './host-services.js';
import type { SeparationKeeper } from './separation-keeper.js';
import type { SessionsApi } from './sessions-api.js';

export interface ProjectsApiOptions {
  readonly version: string;
  readonly services: HostServices;
  readonly handles: HandleTable;
  readonly sessions: SessionsApi;
  /** Projects that were opened or saved anywhere. */
  readonly recent: RecentFiles;
  /** The host's own folder of projects, for pages that cannot choose another. */
  readonly library: string;
  /** Called with what could not be kept while no page asked. */
  readonly onFailure: (error: unknown) => void;
  /** The folder of songs that nobody has named yet. */
  readonly unnamed: string;
}

/** The part of the contract that deals with projects. */
export class ProjectsApi implements Disposable {
  private readonly store: ProjectStore;
  private readonly unnamed: UnnamedSongs;
  private readonly stemSteps = new StemSteps();

  constructor(private readonly options: ProjectsApiOptions) {
    this.unnamed = new UnnamedSongs(options.unnamed, (dir) => this.store.holderOf(dir) !== undefined);
    const { version, sessions } = options;
    this.store = new ProjectStore({
      version,
      now: Date.now,
      sessions: () => sessions.store,
      isTemporary: (path) => sessions.isTemporary(path),
      unnamed: this.unnamed,
    });
  }

  readonly endpoints: Pick<Endpoints, keyof ProjectCommandResults> = {
    projects: () => {
      const { library, recent, unnamed } = this.options;
      const known = listProjects([library, unnamed], recent);
      return Promise.resolve({ projects: known.map((project) => this.entry(project)) });
    },
    chooseProject: async () => {
      const dir = await this.options.services.chooseFolder();
      if (dir === null) return { project: null };
      if (!isProject(dir)) {
        throw new UnbraidError('file-not-found', 'There is no project in this folder', {
          file: dir,
          hint: 'Choose the folder that holds project.json.',
        });
      }
      return { project: this.entry(titleOf(dir)) };
    },
    saveProject: (args) => this.save(args),
    collectProject: ({ job, session, document, history, view }) =>
      this.options.sessions.makeFiles({ job, session }, (open, dir, options) =>
        collectProject(this.store, open, { document, history, view }, dir, options),
      ),
    unpackProject: async ({ upload }) => {
      const { sessions, library } = this.options;
      const { file, release } = sessions.uploads.hold(upload);
      try {
        return { project: this.entry(titleOf(await unpackProject(file.path, file.name, library))) };
      } finally {
        release();
      }
    },
    appendJournal: async ({ session, page, changes, after }) => {
      this.options.sessions.checkWriter(session, page);
      const sequence = await this.store.append(this.options.sessions.store.get(session), changes, after);
      this.stemSteps.made(session, changes);
      return { sequence };
    },
    keepDrawn: async ({ session, page, drawn }) => {
      this.options.sessions.checkWriter(session, page);
      await this.store.keepDrawn(this.options.sessions.store.get(session), drawn);
      return null;
    },
    openProject: (args) => this.open(args),
    earlierProject: ({ session, page }) => Promise.resolve({ project: this.earlier(session, page) }),
    renameProject: (args) => this.rename(args),
    deleteProject: async ({ project }) => {
      const { handles, sessions, recent } = this.options;
      const { path } = handles.get(project);
      const holder = this.store.holderOf(path);
      if (holder !== undefined && sessions.isClaimed(holder)) {
        throw new UnbraidError('project-open', 'This song is open', {
          file: path,
          hint: 'Open another song in that window, or close it; then it can be deleted.',
        });
      }
      if (holder !== undefined) await sessions.store.close(holder);
      deleteProjectFolder(path);
      recent.forget(path);
      return null;
    },
    unnamedSpace: () => Promise.resolve(this.room()),
    setUnnamedSpace: (change) => {
      this.unnamed.change(change);
      this.unnamed.sweep();
      return Promise.resolve(this.room());
    },
  };

  /** What the project of a session holds now; null for a song without a project. */
  async kept(session: string): Promise<ClaimedSession['project']> {
    const file = await this.store.fileOf(session);
    if (!file) return null;
    const { name, savedAt, document, history, view, drawn, sequence, named, dir } = file;
    const missing = file.whole ? [] : (['drawing'] as const);
    return {
      ...{ name, savedAt, document, history, view, drawn, sequence, named },
      ...{ project: this.handleOf(dir), missing },
    };
  }

  readonly keeping: SeparationKeeper = {
    begun: (session, separation) => this.store.separating(session, separation),
    ended: async (session, made) => {
      this.store.separating(session.id, null);
      if (!made) return;
      if (made.from !== null) this.stemSteps.ended(session.id, { from: made.from, to: made.to });
      await this.keepStems(session);
      if (!this.options.sessions.isClaimed(session.id)) await this.keeping.left(session);
    },
    changed: (session) => this.keepStems(session),
    left: async (session) => {
      const step = this.stemSteps.take(session.id);
      if (!step || this.store.folderOf(session.id) === undefined) return;
      await this.store.append(session, [step]).catch((error: unknown) => this.options.onFailure(error));
    },
  };

  dispose(): Promise<void> {
    return this.store.dispose();
  }

  /** A page that is there saves too, and says what went wrong. */
  private async keepStems(session: Session): Promise<void> {
    await this.store.keepStems(session).catch((error: unknown) => this.options.onFailure(error));
    this.unnamed.sweep();
  }

  private handleOf(dir: string): string {
    return this.options.handles.put({ path: dir, name: basename(dir) });
  }

  private earlier(session: string, page: string | undefined): ProjectEntry | null {
    const { sessions, unnamed } = this.options;
    const { sha256 } = sessions.store.get(session).song.content;
    const [newest] = projectsIn(unnamed)
      .map(titleOf)
      .filter(({ song, dir }) => {
        const holder = this.store.holderOf(dir);
        if (song !== sha256 || holder === session) return false;
        return holder === undefined || (page !== undefined && !sessions.isWrittenElsewhere(holder, page));
      })
      .sort((a, b) => b.changedAt - a.changedAt);
    return newest ? this.entry(newest) : null;
  }

  private entry({ dir, ...known }: KnownProject): ProjectEntry {
    const { name, changedAt, seconds, stems, picture, title, artist } = known;
    const holder = this.store.holderOf(dir);
    const { sessions } = this.options;
    const running = holder !== undefined && runningIn(sessions.store.get(holder)) !== null;
    return {
      ...{ handle: this.handleOf(dir), name, changedAt, named: !this.unnamed.holds(dir), running },
      ...{ seconds, stems, picture, title, artist, cover: this.cover(dir) },
    };
  }

  private cover(dir: string): string | null {
    const path = coverOf(dir);
    if (!existsSync(path)) return null;
    const handle = this.options.handles.put({ path, name: 'cover' });
    this.options.sessions.offer(handle, { path, name: 'cover' });
    return handle;
  }

  private room(): UnnamedRoom {
    const { bytes, limit, mayDelete, tooMany } = this.unnamed.space();
    return { bytes, limit, mayDelete, tooMany: tooMany.map(({ name }) => name) };
  }

  private async save(args: CommandArgs<'saveProject'>): Promise<ProjectCommandResults['saveProject']> {
    const { sessions, handles, library, recent } = this.options;
    sessions.checkWriter(args.session, args.page);
    const session = sessions.store.get(args.session);
    const { unnamed, copy, folder, name: called = session.name } = args;
    const newDir = (): string =>
      unnamed
        ? this.unnamed.newDir(called)
        : newProjectDir(folder === null ? library : handles.get(folder).path, called);
    const saved = await this.store.save(session, args, { newDir, copy, unnamed });
    this.stemSteps.made(session.id, args.history.done);
    const { name, savedAt } = saved.state;
    if (saved.created !== null && !unnamed) recent.add(saved.created, name);
    if (saved.created !== null && unnamed) this.unnamed.sweep();
    const project = this.handleOf(this.store.folderOf(session.id) ?? '');
    return { name, savedAt, sequence: saved.sequence, named: saved.named, project };
  }

  private async rename({
    project,
    name,
  }: CommandArgs<'renameProject'>): Promise<ProjectCommandResults['renameProject']> {
    const { handles, library, recent } = this.options;
    const dir = handles.get(project).path;
    await this.store.rename(dir, name);
    if (!this.unnamed.holds(dir) || this.store.holderOf(dir) !== undefined) {
      return { project: this.entry(titleOf(dir)) };
    }
    // With a name it is one of the host's own projects, which never go by themselves.
    const target = newProjectDir(library, name);
    rmdirSync(target);
    renameSync(dir, target);
    recent.add(target, name);
    return { project: this.entry(titleOf(target)) };
  }

  private async open(args: CommandArgs<'openProject'>): Promise<OpenedProject> {
    const { handles, sessions, recent } = this.options;
    const dir = handles.get(args.project).path;
    const upload = args.upload === undefined ? undefined : sessions.uploads.hold(args.upload);
    const chosen =
      upload?.file.path ?? (args.source === undefined ? undefined : handles.get(args.source).path);
    const { page, take } = args;
    const isHeld = (id: string): boolean =>
      !take && page !== undefined && sessions.isWrittenElsewhere(id, page);
    const holder = this.store.holderOf(dir);
    if (holder !== undefined && page !== undefined && !isHeld(holder)) {
      upload?.release();
      return this.handOver(holder, page);
    }
    const opened = await this.store.openFolder(dir, chosen, isHeld).catch((error: unknown) => {
      // The wrong song, or a project that is open elsewhere: a person may decide and ask again.
      upload?.release('keep');
      throw error;
    });
    const { session, folder, drawn, recovery, interrupted } = opened;
    if (upload) sessions.keepUpload(session.id, upload.release);
    const { name, savedAt, document, history, view, sequence } = folder.file;
    const named = !this.unnamed.holds(dir);
    if (named) recent.add(dir, name);
    const info = sessions.store.describe(session);
    return {
      ...{ info, name, savedAt, named, project: args.project, document, history, view, sequence },
      ...{ drawn, recovery, running: null, interrupted },
    };
  }

  /** A song that is open here goes on as it is, with its separation, in the page that asks. */
  private async handOver(id: string, page: string): Promise<OpenedProject> {
    const { sessions } = this.options;
    sessions.handTo(id, page);
    const session = sessions.store.get(id);
    await this.keeping.left(session);
    const { missing, ...kept } = (await this.kept(id))!;
    return {
      ...{ ...kept, info: sessions.store.describe(session), running: runningIn(session), interrupted: null },
      recovery: { applied: 0, lost: 0, previous: false, missing },
    };
  }
}
