import type { WireError } from '../../src-main/common/base/errors.js';
import type {
  OpenedProject,
  ProjectEntry,
  ProjectRecovery,
  UnnamedRoom,
} from '../../src-main/common/contract/project.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import { decimal } from '../base/figures.js';
import type { Notice } from './notices.js';
import type { HostController } from './host.svelte.js';
import type { Settings } from './settings.svelte.js';
import type { SongController } from './song.svelte.js';

/** What of the page opening and saving need. */
export interface ProjectsPort {
  readonly client: EngineClient;
  readonly host: HostController;
  readonly song: SongController | null;
  error: WireError | null;
  notice: Notice | null;
  readonly settings: Pick<Settings, 't'>;
  open(name: string, load: () => Promise<OpenedProject>): Promise<void>;
  showLost(): void;
  /** Asks what the song is to be called, to save it, or a copy of it. */
  askName(copy: boolean): void;
  fail(error: unknown): void;
}

/** Opens and saves projects. */
export class ProjectsController {
  /** What opening the project had to put right; null once it was read. */
  recovery = $state.raw<ProjectRecovery | null>(null);
  /** The project whose song is not where it was, for the dialog `lostSong`. */
  lost = $state.raw<{ readonly project: ProjectEntry; readonly error: WireError } | null>(null);

  /** What unnamed songs take; null until the host has said it. */
  room = $state.raw<UnnamedRoom | null>(null);

  constructor(private readonly app: ProjectsPort) {}

  /**
   * Opens a project; `song` is its song, when that is not where the project says. One that another window has is
   * offered to be taken over.
   */
  async open(
    project: ProjectEntry,
    song?: { source: string } | { upload: string },
    takeOver = false,
  ): Promise<void> {
    const { app } = this;
    // While it loads, the page shows no song.
    const before = app.song;
    await app.open(project.name, async (): Promise<OpenedProject> => {
      await before?.project.flush();
      return app.client.openProject({ project: project.handle, ...song, take: takeOver });
    });
    const { error } = app;
    if (error?.code === 'project-open') {
      const { t } = app.settings;
      app.error = null;
      app.notice = {
        text: t('projects.openElsewhere', { name: project.name }),
        action: { text: t('projects.takeOver'), run: () => void this.open(project, song, true) },
      };
      return;
    }
    if (error?.code !== 'source-moved' && error?.code !== 'source-changed') return;
    this.lost = { project, error };
    app.error = null;
    app.showLost();
  }

  /**
   * Saves the song under its name. A new one goes into a folder that is chosen where the system has dialogs; elsewhere
   * it gets the name that is typed.
   */
  async save(copy = false, name?: string): Promise<void> {
    const { song, host, client } = this.app;
    if (!song || song.project.saving) return;
    const isNew = copy || song.project.saved?.named !== true;
    if (isNew && host.info !== null && !host.native && name === undefined) return this.app.askName(copy);
    let folder: string | null = null;
    if (host.native && isNew) {
      const chosen = await client.chooseFolder({}).catch((error: unknown) => this.app.fail(error));
      if (!chosen?.folder) return;
      folder = chosen.folder.handle;
    }
    if (await song.project.save({ copy, folder, ...(name !== undefined && { name }) })) void host.refresh();
  }

  /** Gives a project another name, in the list. */
  async rename({ handle }: ProjectEntry, name: string): Promise<void> {
    await this.change(() => this.app.client.renameProject({ project: handle, name }));
  }

  /** Deletes a project for good; whoever calls has asked. */
  async remove({ handle }: ProjectEntry): Promise<void> {
    await this.change(() => this.app.client.deleteProject({ project: handle }));
  }

  /** Changes the room for unnamed songs, bytes, or whether the oldest may go by themselves. */
  async setRoom(change: { readonly limit?: number; readonly mayDelete?: boolean }): Promise<void> {
    await this.change(async () => (this.room = await this.app.client.setUnnamedSpace(change)));
  }

  /** Asks once whether the oldest unnamed songs may go, when they take more than they may. */
  async checkRoom(): Promise<void> {
    const { app } = this;
    this.room = await app.client.unnamedSpace({}).catch(() => null);
    const { room } = this;
    if (!room || room.mayDelete !== null || room.tooMany.length === 0) return;
    const { t } = app.settings;
    app.notice = {
      text: t('room.full', {
        limit: `${decimal(room.limit / 2 ** 30, 1)} GiB`,
        names: room.tooMany.join(', '),
      }),
      action: { text: t('room.delete'), run: () => void this.setRoom({ mayDelete: true }) },
    };
  }

  private async change(work: () => Promise<unknown>): Promise<void> {
    await work().catch((error: unknown) => this.app.fail(error));
    await this.app.host.refresh();
  }
}
