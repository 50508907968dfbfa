/** Keys as French keyboards have them. */
export const keys = {
  'key.Ctrl': 'Ctrl',
  'key.Alt': 'Alt',
  'key.Shift': 'Maj',
  'key.Space': 'Espace',
  'key.Enter': 'Entrée',
  'key.Delete': 'Suppr',
  'key.Esc': 'Échap',
  'key.Home': 'Début',
  'key.End': 'Fin',
  'key.PageUp': 'Page préc.',
  'key.PageDown': 'Page suiv.',
} as const;
