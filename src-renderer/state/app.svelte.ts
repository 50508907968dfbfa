import type { WireError } from '../../src-main/common/base/errors.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { EngineEvent } from '../../src-main/common/contract/commands.js';
import type { SeparatorSummary } from '../../src-main/common/contract/models.js';
import type { OpenableFile, PageCommand } from '../../src-main/common/contract/host.js';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import type { ProjectEntry } from '../../src-main/common/contract/project.js';
import type { Speeds } from '../../src-main/common/jobs/speed.js';
import { uploadFile } from '../api/data.js';
import { adoptFile, pageTransport } from '../api/bridge.js';
import { requireSharedMemory } from '../playback/sound.svelte.js';
import { BatchChoice } from './batch-choice.svelte.js';
import { Lab } from './lab.svelte.js';
import { SeparationChoice } from './choice.svelte.js';
import { OutputDevices } from './output-devices.svelte.js';
import { openSong } from './earlier-song.js';
import { Connection } from './connection.svelte.js';
import { Fetching } from './fetching.svelte.js';
import { HostController } from './host.svelte.js';
import { failureOf, type DialogName, type ModelFolder, type Notice } from './notices.js';
import { keptPage, type PageName } from './pages.js';
import { Preferences } from './preferences.svelte.js';
import { ProjectsController } from './projects.svelte.js';
import { QueueController } from './queue.svelte.js';
import { OpenSongs } from './open-songs.js';
import { PageClaim } from './page-claim.js';
import type { Screen } from './screen.js';
import { Settings } from './settings.svelte.js';
import { loadedSong, toldRecovery, type LoadSong } from './song-project.js';
import { SongController } from './song.svelte.js';
import { Trial } from './trial.svelte.js';

/** The page as a whole. */
export class AppController {
  screen = $state.raw<Screen>({ screen: 'welcome' });
  error = $state.raw<WireError | null>(null);
  /** Something to know that is not an error; a newer one replaces an older one. */
  notice = $state.raw<Notice | null>(null);
  dialog = $state<DialogName | null>(null);
  /** Which page is shown; the editor goes on behind the others. */
  page = $state<PageName>(keptPage());
  models = $state.raw<readonly SeparatorSummary[]>([]);
  /** The folder of a person's own models, and what is wrong in it. */
  modelFolder = $state.raw<ModelFolder>({ broken: [], path: '' });

  readonly settings = new Settings();
  readonly preferences = new Preferences();
  readonly choice = new SeparationChoice(this.preferences);
  /** What the batch page makes of the next songs. */
  readonly batch = new BatchChoice(this.preferences);
  speeds = $state.raw<Speeds>({});
  private readonly transport = pageTransport();
  readonly pageClaim = new PageClaim(this.transport);
  readonly client: EngineClient = this.pageClaim.client;
  readonly host: HostController;
  readonly fetching = new Fetching(this);
  readonly trial = new Trial(this);
  readonly lab = new Lab(this);
  readonly queue: QueueController;
  readonly projects = new ProjectsController(this);
  readonly songs = new OpenSongs(this);
  readonly connection = new Connection(this.transport, this.client, (restarted) => {
    if (restarted) void this.songs.retake();
    else void this.songs.settle();
  });
  readonly outputs: OutputDevices;
  /** Songs to choose one from, in the dialog `choose`. */
  offered = $state.raw<readonly OpenableFile[]>([]);
  /** Set by the view that owns the file chooser. */
  chooseFile: () => void = () => undefined;
  /** Set by the view that knows what each command does. */
  runMenu: (command: PageCommand) => void = () => undefined;

  constructor() {
    this.host = new HostController(this.client, this.fail);
    this.queue = new QueueController(this.client, this.fail);
    this.outputs = new OutputDevices(this.preferences, this.fail);
    this.client.subscribe((event) => this.receive(event));
    void this.host.takeOpened().then((files) => this.offer(files));
    void this.loadModels();
    void this.fetching.refresh();
    void this.loadSpeeds();
    void this.queue.refresh();
    void this.songs.resume();
  }

  get song(): SongController | null {
    return this.screen.screen === 'editor' ? this.screen.song : null;
  }

  /** Shows an error card; a newer error replaces an older one. Cancelling is not an error. */
  readonly fail = (error: unknown): void => {
    this.error = failureOf(error) ?? this.error;
  };

  /** Opens what was dropped or chosen: where it lies when this host can, else as an upload. */
  async openFile(file: File): Promise<void> {
    try {
      const files = await adoptFile(file);
      if (files.length > 0) return await this.offer(files);
    } catch (error) {
      return this.fail(error);
    }
    const load = async (): Promise<SessionInfo> => this.client.openUpload({ upload: await uploadFile(file) });
    return openSong(this, file.name, load);
  }

  openHandle({ handle, name }: OpenableFile): Promise<void> {
    return openSong(this, name, () => this.client.openHandle({ handle }));
  }

  /** Opens the one song there is, or lets the person choose. */
  async offer(files: readonly OpenableFile[]): Promise<void> {
    if (files.length === 1) return this.openHandle(files[0]);
    if (files.length === 0) return;
    this.offered = files;
    this.dialog = 'choose';
  }

  /** Asks for the separators again, and for the manifests that could not be read. */
  async loadModels(): Promise<void> {
    try {
      const { separators, broken, userFolder } = await this.client.models({});
      this.models = separators;
      this.modelFolder = { broken, path: userFolder };
    } catch (error) {
      this.fail(error);
    }
  }

  async loadSpeeds(): Promise<void> {
    // An estimate is a convenience; the page works without it.
    this.speeds = await this.client.speeds({}).catch(() => this.speeds);
  }

  readonly askName = (copy: boolean): void => void (this.dialog = copy ? 'saveAs' : 'save');

  readonly showLost = (): void => void (this.dialog = 'lostSong');

  openDemo(): Promise<void> {
    return openSong(this, null, () => this.client.openDemo({}));
  }

  /** A text for a bug report: the error, the versions and the end of the log. */
  async report(error: WireError): Promise<string> {
    const diagnostics = await this.client.diagnostics({}).catch(() => null);
    return JSON.stringify({ error, diagnostics, page: navigator.userAgent }, null, 2);
  }

  /** Fills the window with a song once `load` has it; `name` is shown until then. */
  async open(name: string | null, load: LoadSong, losing = false): Promise<void> {
    if (this.screen.screen === 'loading') return;
    const before = this.screen;
    if (!losing && !(await this.songs.allKept(() => void this.open(name, load, true)))) return;
    this.error = null;
    this.projects.recovery = null;
    this.dialog = null;
    if (before.screen === 'editor') before.song.player.pause();
    this.screen = { screen: 'loading', name };
    if (!this.songs.resuming) this.page = 'editor';
    try {
      requireSharedMemory(this.settings.t);
      const { info, opened } = loadedSong(await load());
      const hooks = { fail: this.songs.failed, moved: this.songs.moved };
      await this.client.claimSession({ session: info.session, page: this.pageClaim.id });
      const song = await SongController.open(info, this.client, hooks, opened);
      this.pageClaim.remember(info.session);
      this.choice.begin(info);
      if (before.screen === 'editor') {
        void before.song.dispose(before.song.info.session === info.session);
      }
      this.screen = { screen: 'editor', song };
      this.projects.recovery = opened ? toldRecovery(opened.recovery, song.drawn) : null;
      if (opened) this.songs.goOn(opened);
      void this.host.refresh();
      void this.projects.checkRoom();
    } catch (error) {
      this.screen = before;
      this.fail(error);
    }
  }

  readonly openProject = (project: ProjectEntry): Promise<void> => this.projects.open(project);

  private receive(event: EngineEvent): void {
    if ('session' in event) this.song?.receive(event);
    else if ('shaped' in event) this.song?.shape.receive(event);
    else if ('claim' in event) this.songs.receive(event);
    else if ('queue' in event) this.queue.receive(event);
    else if ('models' in event) this.fetching.receive(event);
    else if ('state' in event) {
      // A separation that is done was measured.
      if (event.state === 'done') void this.loadSpeeds();
      if (event.state !== 'started') void this.song?.separation.ended(event.job).catch(this.fail);
    } else if ('host' in event) {
      if (event.host === 'menu') this.runMenu(event.command);
      else void this.host.takeOpened().then((files) => this.offer(files));
    }
  }
}
