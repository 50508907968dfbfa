/** Keys as German keyboards have them. */
export const keys = {
  'key.Ctrl': 'Strg',
  'key.Alt': 'Alt',
  'key.Shift': 'Umschalt',
  'key.Space': 'Leertaste',
  'key.Enter': 'Enter',
  'key.Delete': 'Entf',
  'key.Esc': 'Esc',
  'key.Home': 'Pos1',
  'key.End': 'Ende',
  'key.PageUp': 'Bild auf',
  'key.PageDown': 'Bild ab',
} as const;
