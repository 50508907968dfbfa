import type { WireError } from '../../src-main/common/base/errors.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import type { Notice } from './notices.js';
import type { Settings } from './settings.svelte.js';
import type { LoadSong } from './song-project.js';

/** What of the page opening files needs. */
interface OpeningPage {
  readonly client: EngineClient;
  readonly settings: Pick<Settings, 't'>;
  readonly error: WireError | null;
  notice: Notice | null;
  open(name: string | null, load: LoadSong): Promise<void>;
}

/** Opens a file: as the unnamed project that it is already, if it was opened before, and says so. */
export async function openSong(
  app: OpeningPage,
  name: string | null,
  load: () => Promise<SessionInfo>,
): Promise<void> {
  const { client, settings } = app;
  let again = false;
  await app.open(name, async () => {
    const info = await load();
    const { project } = await client.earlierProject({ session: info.session });
    if (!project) return info;
    const opened = await client.openProject({ project: project.handle });
    await client.closeSession({ session: info.session });
    again = true;
    return opened;
  });
  // An interrupted separation asks first.
  if (!again || app.error || app.notice) return;
  app.notice = {
    ...{ text: settings.t('project.reopened'), brief: true },
    action: { text: settings.t('project.startAgain'), run: () => void app.open(name, load) },
  };
}
