import type { WireError } from '../../src-main/common/base/errors.js';
import type { OpenedProject, ProjectEntry, ProjectRecovery } from '../../src-main/common/contract/project.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
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
  fail(error: unknown): void;
}

/** Opens and saves projects. */
export class ProjectsController {
  /** What opening the project had to put right; null once it was read. */
  recovery = $state.raw<ProjectRecovery | null>(null);
  /** The project whose song is not where it was, for the dialog `lostSong`. */
  lost = $state.raw<{ readonly project: ProjectEntry; readonly error: WireError } | null>(null);

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

  /** Saves the song as a project; where the system has dialogs, a new one goes into a folder that is chosen. */
  async save(copy = false): Promise<void> {
    const { song, host, client } = this.app;
    if (!song || song.project.saving) return;
    let folder: string | null = null;
    if (host.native && (copy || song.project.saved === null)) {
      const chosen = await client.chooseFolder({}).catch((error: unknown) => this.app.fail(error));
      if (!chosen?.folder) return;
      folder = chosen.folder.handle;
    }
    if (await song.project.save(copy, folder)) void host.refresh();
  }
}
