/** The pages of the window, in the order of the navigation; a key from 1 up leads to each. */
export const pages = ['editor', 'batch', 'models', 'settings', 'diagnostics', 'lab'] as const;
export type PageName = (typeof pages)[number];

const storageKey = 'unbraid-page';

/** The page that this tab showed before it was loaded anew. */
export function keptPage(): PageName {
  const kept = sessionStorage.getItem(storageKey);
  return pages.find((page) => page === kept) ?? 'editor';
}

export function keepPage(page: PageName): void {
  sessionStorage.setItem(storageKey, page);
}
