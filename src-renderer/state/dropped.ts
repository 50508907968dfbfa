import type { DroppedItem } from './dropped-files.js';
import type { AppController } from './app.svelte.js';

/**
 * Takes what was dropped on the window. On the batch page, and where a folder is among it, all goes to the batch;
 * else the first file opens, and the others are offered to the batch. A notice says what has happened.
 */
export function takeDropped(app: AppController, items: readonly DroppedItem[]): void {
  const { t } = app.settings;
  const toBatch = (taken: readonly DroppedItem[]): void => {
    app.page = 'batch';
    void app.queue.addDropped(taken, app.batch.toAdd(app.models));
  };
  if (app.page === 'batch') return toBatch(items);
  const folder = items.find(({ entry }) => entry?.isDirectory);
  if (folder) {
    app.notice = { text: t('drop.folder', { name: folder.entry!.name }), brief: true };
    return toBatch(items);
  }
  const [first, ...others] = items.filter(({ file }) => file !== null);
  if (first) void app.openFile(first.file!);
  if (others.length === 0) return;
  app.notice = {
    text: t('drop.several', { name: first.file!.name, count: others.length }),
    action: { text: t('drop.toBatch'), run: () => toBatch(others) },
  };
}
