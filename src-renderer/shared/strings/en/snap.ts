/** Texts of what the edges of selections snap to. */
export const snap = {
  'snap.title': 'Snap selections',
  'snap.on': 'Snap the edges',
  'snap.to': 'Snap to',
  'snap.onset': 'Transients',
  'snap.beat': 'Beats',
  'snap.zero': 'Zero crossings',
  'snap.marker': 'Markers',
  'snap.edge': 'Edges of edits, loops, regions and the song',
  'snap.playhead': 'Playhead',
  'snap.hint.onset': 'transient',
  'snap.hint.beat': 'beat',
  'snap.hint.zero': 'zero crossing',
  'snap.hint.marker': 'marker',
  'snap.hint.edge': 'edge',
  'snap.hint.playhead': 'playhead',
  'snap.now': 'Snap this selection',
  'snap.help':
    'Hold Ctrl while dragging to place an edge freely. If nothing else is near, the edge snaps to a zero crossing.',
  'shortcut.snap': 'Snap the edges of selections or not',
  'shortcut.snapNow': 'Snap this selection to the nearest targets',
} as const;
