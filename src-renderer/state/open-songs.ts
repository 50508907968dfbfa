import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { ClaimedSession } from '../../src-main/common/contract/project.js';
import type { ClaimEvent, SessionInfo } from '../../src-main/common/contract/session.js';
import { Scope, type End } from '../base/scope.js';
import { dropDraft, readDraft, writeDraft } from './draft.js';
import type { Notice } from './notices.js';
import type { PageClaim } from './page-claim.js';
import type { Settings } from './settings.svelte.js';
import type { OpenedSong } from './song-project.js';
import type { SongController } from './song.svelte.js';

/** How long a person may go on working before the draft is written, ms. */
const draftMs = 400;

/** What of the page taking songs up needs. */
export interface OpenSongsPort {
  readonly client: EngineClient;
  readonly pageClaim: PageClaim;
  readonly screen: { readonly screen: string };
  readonly dialog: unknown;
  readonly song: SongController | null;
  readonly settings: Pick<Settings, 't'>;
  notice: Notice | null;
  open(name: string, load: () => Promise<SessionInfo | OpenedSong>): Promise<void>;
  fail(error: unknown): void;
}

/** Which page of a host writes which song: songs are taken up after a reload, and taken over from other windows. */
export class OpenSongs {
  private draft: Scope | undefined;

  constructor(private readonly app: OpenSongsPort) {}

  /** Takes up the song that this tab had open before it was reloaded; its jobs go on. */
  async resume(take = false): Promise<void> {
    const { app } = this;
    const { client, pageClaim } = app;
    const session = pageClaim.remembered;
    if (session === null || app.screen.screen !== 'welcome') return;
    const claimed = await client.claimSession({ session, page: pageClaim.id, take }).catch(() => undefined);
    if (!claimed) return pageClaim.remember(null);
    // Meanwhile the person was asked something: a song that opens by itself must not close that dialog.
    if (app.screen.screen !== 'welcome' || app.dialog !== null) return;
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

  /** Opens a song that the host has open already, with the document it has by now. */
  private async takeUp({ info, project, running }: ClaimedSession): Promise<void> {
    const { app } = this;
    const recovery = { applied: 0, lost: 0, previous: false, missing: [] };
    const opened: OpenedSong | null = project ? { info, ...project, recovery } : readDraft(info);
    await app.open(info.name, () => Promise.resolve(opened ?? info));
    if (running) await app.song?.separation.follow(running.job, running.doneFrames).catch(app.fail);
  }

  /** Keeps the document of a song that is no project for a reload of this page. */
  keepDraft({ document, info, project }: SongController): void {
    this.draft?.dispose();
    const scope = (this.draft = new Scope());
    let soon: End = () => undefined;
    const write = (): void => {
      if (project.saved === null) writeDraft(info, document.snapshot(), document.marks());
      else dropDraft();
    };
    scope.add(
      document.listen(() => {
        soon();
        soon = scope.timer(write, draftMs);
      }),
    );
    scope.listen(window, 'pagehide', () => (soon(), write()));
  }

  /** Another page has taken this song over: here it can only be looked at. */
  receive({ claim, page }: ClaimEvent): void {
    const { client, pageClaim, settings, song, fail } = this.app;
    if (claim !== song?.info.session || page === pageClaim.id) return;
    const { t } = settings;
    // The other page may have changed it: what it is by now is opened, not what was here.
    const takeBack = (): void =>
      void client
        .claimSession({ session: claim, page: pageClaim.id, take: true })
        .then((claimed) => this.takeUp(claimed))
        .catch(fail);
    this.app.notice = { text: t('app.takenOver'), action: { text: t('app.takeBack'), run: takeBack } };
  }
}
