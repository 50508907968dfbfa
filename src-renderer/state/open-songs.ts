import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { OpenedProject } from '../../src-main/common/contract/project.js';
import type { ClaimEvent, SessionInfo } from '../../src-main/common/contract/session.js';
import type { Notice } from './notices.js';
import type { PageClaim } from './page-claim.js';
import type { Settings } from './settings.svelte.js';
import type { SongController } from './song.svelte.js';

/** What of the page taking songs up needs. */
export interface OpenSongsPort {
  readonly client: EngineClient;
  readonly pageClaim: PageClaim;
  readonly screen: { readonly screen: string };
  readonly dialog: unknown;
  readonly song: SongController | null;
  readonly settings: Pick<Settings, 't'>;
  notice: Notice | null;
  open(name: string, load: () => Promise<SessionInfo | OpenedProject>): Promise<void>;
  fail(error: unknown): void;
}

/** Which page of a host writes which song: songs are taken up after a reload, and taken over from other windows. */
export class OpenSongs {
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
    const { info, writer, project, running } = claimed;
    if (!writer) {
      const { t } = app.settings;
      app.notice = {
        text: t('app.openElsewhere', { name: info.name }),
        action: { text: t('projects.takeOver'), run: () => void this.resume(true) },
      };
      return;
    }
    const recovery = { applied: 0, lost: 0, previous: false, missing: [] };
    await app.open(info.name, () => Promise.resolve(project ? { info, ...project, recovery } : info));
    if (running) await app.song?.separation.follow(running.job, running.doneFrames).catch(app.fail);
  }

  /** Another page has taken this song over: here it can only be looked at. */
  receive({ claim, page }: ClaimEvent): void {
    const { client, pageClaim, settings, song, fail } = this.app;
    if (claim !== song?.info.session || page === pageClaim.id) return;
    const { t } = settings;
    const takeBack = (): void =>
      void client.claimSession({ session: claim, page: pageClaim.id, take: true }).catch(fail);
    this.app.notice = { text: t('app.takenOver'), action: { text: t('app.takeBack'), run: takeBack } };
  }
}
