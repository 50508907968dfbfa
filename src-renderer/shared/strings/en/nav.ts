/** Names of the pages. */
export const nav = {
  'nav.label': 'Pages',
  'nav.editor': 'Editor',
  'nav.batch': 'Batch',
  'nav.models': 'Models',
  'nav.settings': 'Settings',
  'nav.diagnostics': 'Diagnostics',
  'nav.lab': 'Lab',

  'shortcut.page.editor': 'Editor',
  'shortcut.page.batch': 'Batch',
  'shortcut.page.models': 'Models',
  'shortcut.page.settings': 'Settings',
  'shortcut.page.diagnostics': 'Diagnostics',
  'shortcut.page.lab': 'Lab',
} as const;
