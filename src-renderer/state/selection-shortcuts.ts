import { onSong, type Shortcut } from './shortcut.js';
import { findSimilar, separateHere } from './selection-actions.js';

/** Digits, and what a Mac makes of them with its Option key: they stand for the stems one can move to. */
const stemKeys = [...'123456789', ...'¡™£¢∞§¶•ª'];

/** Keys that select, and that do something with what is selected. */
export const selectionShortcuts: readonly Shortcut[] = [
  {
    keys: ['['],
    shown: '[',
    text: 'shortcut.selStart',
    run: onSong(({ view, player }) => {
      if (view.sizedTool) return view.painted.resize(1 / 1.25);
      const end = view.selection?.end ?? view.length;
      view.select(player.position, player.position < end ? end : view.length);
    }),
  },
  {
    keys: [']'],
    shown: ']',
    text: 'shortcut.selEnd',
    run: onSong(({ view, player }) => {
      if (view.sizedTool) return view.painted.resize(1.25);
      const start = view.selection?.start ?? 0;
      view.select(player.position > start ? start : 0, player.position);
    }),
  },
  {
    keys: ['escape'],
    shown: 'Esc',
    text: 'shortcut.escape',
    run: onSong(({ listening, shownEdits, view }) => listening.stop() || shownEdits.leave() || view.escape()),
  },
  {
    keys: ['a'],
    ctrl: true,
    shift: true,
    shown: 'Ctrl+Shift+A',
    text: 'shortcut.selNone',
    run: onSong(({ view }) => view.clearSelection()),
  },
  {
    keys: ['a'],
    ctrl: true,
    shift: false,
    shown: 'Ctrl+A',
    text: 'shortcut.selAll',
    run: onSong(({ view }) => view.selectAll()),
  },
  {
    keys: ['enter'],
    shown: 'Enter',
    text: 'shortcut.again',
    run: onSong(({ verbs }) => void verbs.apply()),
  },
  {
    keys: stemKeys,
    alt: true,
    shown: 'Alt+1 … 9',
    text: 'shortcut.moveTo',
    run: (_, song, __, key) => {
      const target = song?.verbs.targets[stemKeys.indexOf(key) % 9];
      if (song && target) void song.verbs.apply({ kind: 'move', target: target.id });
    },
  },
  {
    keys: ['delete', 'backspace'],
    shift: false,
    shown: 'Delete',
    text: 'shortcut.takeAway',
    run: onSong(({ edits, shownEdits, verbs }) => {
      // With nothing selected it is the edit that is chosen that goes.
      if (!verbs.area && shownEdits.chosen) edits.remove(shownEdits.chosen.edit);
      else void verbs.apply({ kind: 'takeAway' });
    }),
  },
  {
    keys: ['delete', 'backspace'],
    shift: true,
    shown: 'Shift+Delete',
    text: 'shortcut.attenuate',
    run: onSong(({ verbs }) => void verbs.apply({ kind: 'attenuate' })),
  },
  {
    keys: ['x'],
    shift: false,
    shown: 'X',
    text: 'shortcut.healTime',
    run: onSong(({ verbs }) => void verbs.apply({ kind: 'healTime' })),
  },
  {
    keys: ['x'],
    shift: true,
    shown: 'Shift+X',
    text: 'shortcut.healBand',
    run: onSong(({ verbs }) => void verbs.apply({ kind: 'healBand' })),
  },
  {
    keys: ['v'],
    shift: true,
    shown: 'Shift+V',
    text: 'shortcut.showEdits',
    run: onSong(({ shownEdits }) => (shownEdits.all = !shownEdits.all)),
  },
  {
    keys: ['arrowup'],
    ctrl: true,
    shown: 'Ctrl+↑',
    text: 'shortcut.editBefore',
    run: onSong(({ shownEdits }) => shownEdits.step(-1)),
  },
  {
    keys: ['arrowdown'],
    ctrl: true,
    shown: 'Ctrl+↓',
    text: 'shortcut.editAfter',
    run: onSong(({ shownEdits }) => shownEdits.step(1)),
  },
  {
    keys: ['v'],
    shift: false,
    shown: 'V',
    text: 'shortcut.clone',
    run: onSong(({ verbs }) => void verbs.clone()),
  },
  {
    keys: ['j'],
    shown: 'J',
    text: 'shortcut.similar',
    run: (app, song) => song && findSimilar(app, song),
  },
  {
    keys: ['y'],
    shown: 'Y',
    text: 'shortcut.debleed',
    run: onSong(({ verbs }) => void verbs.apply({ kind: 'debleed' })),
  },
  { keys: ['i'], shown: 'I', text: 'shortcut.listen', run: onSong(({ verbs }) => verbs.listen()) },
  {
    keys: ['enter'],
    ctrl: true,
    shown: 'Ctrl+Enter',
    text: 'shortcut.separateHere',
    run: (app, song) => song && separateHere(app, song),
  },
  {
    keys: ['e'],
    shift: true,
    shown: 'Shift+E',
    text: 'shortcut.exportSelection',
    run: (app, song) => song?.verbs.area && (app.dialog = 'exportSelection'),
  },
  {
    keys: ['r'],
    shown: 'R',
    text: 'shortcut.rectangle',
    run: onSong(({ view }) => view.toggleTool('rectangle')),
  },
  {
    keys: ['n'],
    shift: true,
    shown: 'Shift+N',
    text: 'shortcut.snap',
    run: ({ preferences }) => preferences.set({ snap: { ...preferences.snap, on: !preferences.snap.on } }),
  },
  {
    keys: ['n', '˜'],
    alt: true,
    shown: 'Alt+N',
    text: 'shortcut.snapNow',
    run: ({ preferences }, song) => void song?.snapping.now(song.current.id, preferences.snap.to),
  },
  {
    keys: ['b'],
    shift: false,
    shown: 'B',
    text: 'shortcut.brush',
    run: onSong(({ view }) => view.toggleTool('brush')),
  },
  {
    keys: ['e'],
    shift: false,
    shown: 'E',
    text: 'shortcut.eraser',
    run: onSong(({ view }) => view.toggleTool('eraser')),
  },
  { keys: ['q'], shown: 'Q', text: 'shortcut.lasso', run: onSong(({ view }) => view.toggleTool('lasso')) },
  {
    keys: ['h'],
    shown: 'H',
    text: 'shortcut.harmonic',
    run: onSong(({ view }) => view.toggleTool('harmonic')),
  },
  { keys: ['g'], shown: 'G', text: 'shortcut.wand', run: onSong(({ view }) => view.toggleTool('wand')) },
  {
    keys: ['d'],
    shown: 'D',
    text: 'shortcut.dab',
    run: ({ settings }, song, shift) => {
      if (song?.view.tool === 'wand') void song.finder.wandAtCursor();
      else song?.view.dab(settings.axis, shift);
    },
  },
];
