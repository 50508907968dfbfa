import type { QueueEntry } from '../../src-main/common/contract/queue.js';
import type { AppController } from './app.svelte.js';
import { openSong } from './earlier-song.js';

/** Opens the source of a finished row in the editor; the next separation begins with the separator of the row. */
export async function openQueued(
  app: AppController,
  { id, name, state }: Pick<QueueEntry, 'id' | 'name' | 'state'>,
): Promise<void> {
  const before = app.song;
  await openSong(app, name, () => app.client.queueOpen({ entry: id }));
  const { song } = app;
  // One that was separated in the editor before goes on with what it has.
  if (!song || song === before || song.separated || !('result' in state)) return;
  app.choice.begin({ session: song.info.session, separation: state.result });
}
