import { basename } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import type { CommandArgs, Endpoints } from '../../common/contract/commands.js';
import type {
  ClaimedSession,
  OpenedProject,
  ProjectCommandResults,
  ProjectEntry,
} from '../../common/contract/project.js';
import { collectProject, unpackProject } from '../project/collect.js';
import { isProject } from '../project/folder/project-folder.js';
import { listProjects, newProjectDir, titleOf, type KnownProject } from '../project/project-list.js';
import { ProjectStore } from '../project/project-store.js';
import type { RecentFiles } from '../state/recent-files.js';
import type { HandleTable } from './handles.js';
import type { HostServices } from './host-services.js';
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
}

/** The part of the contract that deals with projects. */
export class ProjectsApi implements Disposable {
  private readonly store: ProjectStore;

  constructor(private readonly options: ProjectsApiOptions) {
    const { version, sessions } = options;
    this.store = new ProjectStore({
      version,
      now: Date.now,
      sessions: () => sessions.store,
      isTemporary: (path) => sessions.isTemporary(path),
    });
  }

  readonly endpoints: Pick<Endpoints, keyof ProjectCommandResults> = {
    projects: () => {
      const { library, recent } = this.options;
      return Promise.resolve({ projects: listProjects(library, recent).map((known) => this.entry(known)) });
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
      const { path, name } = sessions.upload(upload);
      try {
        return { project: this.entry(titleOf(await unpackProject(path, name, library))) };
      } finally {
        sessions.dropUpload(upload);
      }
    },
    appendJournal: async ({ session, page, changes }) => {
      this.options.sessions.checkWriter(session, page);
      return { sequence: await this.store.append(this.options.sessions.store.get(session), changes) };
    },
    openProject: (args) => this.open(args),
  };

  /** What the project of a session holds now; null for a song without a project. */
  async kept(session: string): Promise<ClaimedSession['project']> {
    const file = await this.store.fileOf(session);
    if (!file) return null;
    const { name, savedAt, document, history, view, sequence } = file;
    return { name, savedAt, document, history, view, sequence };
  }

  dispose(): Promise<void> {
    return this.store.dispose();
  }

  private entry({ dir, name, savedAt }: KnownProject): ProjectEntry {
    return { handle: this.options.handles.put({ path: dir, name: basename(dir) }), name, savedAt };
  }

  private async save(args: CommandArgs<'saveProject'>): Promise<ProjectCommandResults['saveProject']> {
    const { sessions, handles, library, recent } = this.options;
    sessions.checkWriter(args.session, args.page);
    const session = sessions.store.get(args.session);
    const parent = args.folder === null ? library : handles.get(args.folder).path;
    const saved = await this.store.save(session, args, () => newProjectDir(parent, session.name), args.copy);
    const { name, savedAt } = saved.state;
    if (saved.created !== null) recent.add(saved.created, name);
    return { name, savedAt, sequence: saved.sequence };
  }

  private async open(args: CommandArgs<'openProject'>): Promise<OpenedProject> {
    const { handles, sessions, recent } = this.options;
    const dir = handles.get(args.project).path;
    const chosen =
      args.upload !== undefined
        ? sessions.upload(args.upload).path
        : args.source !== undefined
          ? handles.get(args.source).path
          : undefined;
    const { page, take } = args;
    const isHeld = (id: string): boolean =>
      !take && page !== undefined && sessions.isWrittenElsewhere(id, page);
    const { session, folder, recovery } = await this.store.openFolder(dir, chosen, isHeld);
    if (args.upload !== undefined) sessions.keepUpload(session.id, args.upload);
    const { name, savedAt, document, history, view, sequence } = folder.file;
    recent.add(dir, name);
    const info = sessions.store.describe(session);
    return { info, name, savedAt, document, history, view, sequence, recovery };
  }
}
