/** Keys as Japanese keyboards have them. */
export const keys = {
  'key.Ctrl': 'Ctrl',
  'key.Alt': 'Alt',
  'key.Shift': 'Shift',
  'key.Space': 'スペース',
  'key.Enter': 'Enter',
  'key.Delete': 'Delete',
  'key.Esc': 'Esc',
  'key.Home': 'Home',
  'key.End': 'End',
  'key.PageUp': 'PageUp',
  'key.PageDown': 'PageDown',
} as const;
