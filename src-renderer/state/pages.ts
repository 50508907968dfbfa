/** The pages of the window, in the order of the navigation; a key from 1 up leads to each. */
export const pages = ['editor', 'batch', 'models', 'settings', 'diagnostics'] as const;
export type PageName = (typeof pages)[number];
