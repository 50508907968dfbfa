import { toUnbraidError, type WireError } from '../../src-main/common/base/errors.js';
import { Scope } from '../base/scope.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { ClaimedSession, ProjectEntry } from '../../src-main/common/contract/project.js';
import type { ClaimEvent, SessionInfo } from '../../src-main/common/contract/session.js';
import { Elsewhere } from './elsewhere.svelte.js';
import type { HostController } from './host.svelte.js';
import { moveLane } from './kept-drawing.js';
import { keepView } from './kept-view.js';
import type { Notice } from './notices.js';
import type { PageClaim } from './page-claim.js';
import type { SavedProject } from './project-port.js';
import type { Screen } from './screen.js';
import type { Settings } from './settings.svelte.js';
import type { OpenedSong } from './song-project.js';
import type { SongController } from './song.svelte.js';

/** What of the page taking songs up needs. */
export interface OpenSongsPort {
  readonly client: EngineClient;
  readonly pageClaim: PageClaim;
  screen: Screen;
  readonly host: Pick<HostController, 'refresh'>;
  readonly dialog: unknown;
  readonly song: SongController | null;
  readonly settings: Pick<Settings, 't'>;
  notice: Notice | null;
  error: WireError | null;
  open(name: string, load: () => Promise<SessionInfo | OpenedSong>, losing?: boolean): Promise<void>;
  readonly openProject: (project: ProjectEntry) => Promise<void>;
  fail(error: unknown): void;
}

/** Pause before a song is looked for again in a host that was started anew, ms. */
const retakeMs = 3000;

/** Which page of a host writes which song: songs are taken up after a reload, and taken over from other windows. */
export class OpenSongs {
  /** The song of before a reload is being opened: the page that was shown stays. */
  resuming = false;
  readonly elsewhere = new Elsewhere();
  private readonly scope = new Scope();

  constructor(private readonly app: OpenSongsPort) {}

  /** The song that is open is kept at another place from now on. */
  readonly moved = ({ project }: SavedProject): void => this.app.pageClaim.rememberProject(project);

  /** Takes up the song that this tab had open before it was reloaded, or the host started anew; its jobs go on. */
  async resume(take = false): Promise<void> {
    this.resuming = !take;
    await this.takeUpAgain(take).finally(() => (this.resuming = false));
  }

  private async takeUpAgain(take: boolean): Promise<void> {
    const { app } = this;
    const { client, pageClaim } = app;
    const session = pageClaim.remembered;
    if (app.screen.screen !== 'welcome') return;
    await pageClaim.leaveBefore();
    const claimed =
      session === null
        ? undefined
        : await client.claimSession({ session, page: pageClaim.id, take }).catch(() => undefined);
    // Meanwhile the person was asked something: a song that opens by itself must not close that dialog.
    if (app.screen.screen !== 'welcome' || app.dialog !== null) return;
    if (!claimed) return this.reopen();
    if (!claimed.writer) {
      const { t } = app.settings;
      app.notice = {
        text: t('app.openElsewhere', { name: claimed.info.name }),
        action: { text: t('projects.takeOver'), run: () => void this.resume(true) },
      };
      return;
    }
    await this.takeUp(claimed);
  }

  /** The host does not have the song open any more: its project does. */
  private async reopen(): Promise<void> {
    const { client, pageClaim, openProject } = this.app;
    const handle = pageClaim.rememberedProject;
    pageClaim.remember(null);
    pageClaim.rememberProject(null);
    if (handle === null) return;
    const known = await client.projects({}).catch(() => undefined);
    const project = known?.projects.find((entry) => entry.handle === handle);
    if (project) await openProject(project);
  }

  /** The host was started anew: the song goes on there, with what could not be kept while it was away. */
  async retake(): Promise<void> {
    const { app } = this;
    const { client, pageClaim, song } = app;
    const again = (): unknown => this.scope.timer(() => void this.retake(), retakeMs);
    if (app.screen.screen === 'loading') return void again();
    const place = song?.project.saved;
    if (!song || !place) return;
    const load = async (): Promise<OpenedSong> => {
      // The list makes the handle known.
      await client.projects({});
      const opened = await client.openProject({ project: place.project });
      const { session } = opened.info;
      await client.claimSession({ session, page: pageClaim.id });
      moveLane(song.info.session, session);
      keepView(song, session);
      song.drawn.keep(session);
      if (!(await song.project.keepIn(session))) return opened;
      return { ...(await client.openProject({ project: place.project })), interrupted: opened.interrupted };
    };
    await app.open(place.name, load, true);
    // The page still shows what it has; without room on the disk, for one, it cannot go on yet.
    if (app.song === song) again();
  }

  /** Something did not come through, and the host answers again: what is open between the two is settled. */
  async settle(): Promise<void> {
    const { song } = this.app;
    if (!song) return;
    // What is kept names its masks.
    await song.masks.sendWaiting(song.info.session).catch(() => undefined);
    await song.project.flush();
    // Who cannot tell now is asked when the host answers next.
    await song.separation.check().catch(() => undefined);
    if (this.app.song === song) await Promise.all([song.edits.again(), song.shape.again()]);
  }

  /** Opens a song that the host has open already, with the document it has by now. */
  private async takeUp({ info, project, running }: ClaimedSession): Promise<void> {
    const { app } = this;
    const recovery = { applied: 0, lost: 0, previous: false, missing: project?.missing ?? [] };
    const opened: OpenedSong | null = project && { info, ...project, recovery, running, interrupted: null };
    await app.open(info.name, () => Promise.resolve(opened ?? info));
    if (!opened && running)
      await app.song?.separation.follow(running.job, running.doneFrames).catch(app.fail);
  }

  /** Leaves the song, which is kept, for the welcome page; a separation of it goes on. */
  async home(losing = false): Promise<void> {
    const { song, pageClaim, host } = this.app;
    if (!song || (!losing && !(await this.allKept(() => void this.home(true))))) return;
    song.player.pause();
    this.app.screen = { screen: 'welcome' };
    pageClaim.remember(null);
    pageClaim.rememberProject(null);
    await song.dispose();
    await host.refresh();
  }

  /** Whether nothing of the open song would be lost without it; else the person is asked, and may go on. */
  async allKept(goOn: () => void): Promise<boolean> {
    const { song, settings } = this.app;
    song?.drawn.keep();
    await song?.project.flush();
    if (!song?.project.unkept) return true;
    const { t } = settings;
    const reason = song.project.problem?.message ?? '';
    // The header says what went wrong; its card would hide the question.
    this.app.error = null;
    this.app.notice = {
      text: t('project.wouldLose', { reason }),
      action: { text: t('project.loseIt'), run: goOn },
    };
    return false;
  }

  /** A separation of a song that was opened goes on, or is offered. */
  goOn({ running, interrupted }: OpenedSong): void {
    const { app } = this;
    const { song } = app;
    const { t } = app.settings;
    if (running) void song?.separation.follow(running.job, running.doneFrames).catch(app.fail);
    if (!interrupted || !song) return;
    const { settings, range } = interrupted;
    const part = range && { start: range.start, end: range.start + range.count };
    app.notice = {
      text: t('project.interrupted'),
      action: { text: t('project.separateOn'), run: () => void song.separation.start(settings, part) },
    };
  }

  /** Another page has taken this song over: here it can only be looked at. */
  receive({ claim, page }: ClaimEvent): void {
    const { pageClaim, song } = this.app;
    if (claim === song?.info.session && page !== pageClaim.id) this.lookAt(song);
  }

  /** Something of the open song failed; a change may have come to a host before the news that another page has it. */
  readonly failed = (error: unknown): void => {
    const { song, fail } = this.app;
    if (!song || toUnbraidError(error).code !== 'session-elsewhere') return fail(error);
    if (this.elsewhere.of(song)) return;
    song.document.takeBack();
    this.lookAt(song);
  };

  private lookAt(song: SongController): void {
    const { client, pageClaim, settings, fail } = this.app;
    const { session } = song.info;
    // The other page may have changed it: what it is by now is opened, not what was here.
    const takeBack = (): void => {
      this.app.notice = null;
      keepView(song);
      song.drawn.keep();
      void client
        .claimSession({ session, page: pageClaim.id, take: true })
        .then((claimed) => this.takeUp(claimed))
        .catch(fail);
    };
    const say = (): void => {
      const { t } = settings;
      this.app.error = null;
      this.app.notice = { text: t('app.takenOver'), action: { text: t('app.takeBack'), run: takeBack } };
    };
    this.elsewhere.look(song, takeBack, say);
  }
}
