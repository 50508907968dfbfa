/** The part of a keyboard event that counts. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** A key with what is held, as text: `ctrl+shift+e`. Signs that need Shift to be typed do not name it. */
export type KeyCombo = string;

/** What keys of a shortcut there are, as it is written down in the list of shortcuts. */
export interface KeyBinding {
  /** Values of `KeyboardEvent.key`, letters in lower case. */
  readonly keys: readonly string[];
  readonly ctrl?: boolean | undefined;
  readonly alt?: boolean | undefined;
  /** Left out: with and without Shift; the action gets to know which. */
  readonly shift?: boolean | undefined;
}

const modifiers = new Set(['control', 'shift', 'alt', 'meta', 'altgraph', 'capslock', 'dead']);

/** Whether Shift counts by itself: for letters and named keys, not where it only makes another sign. */
function shiftCounts(key: string): boolean {
  return key.length > 1 || key === ' ' || key.toLowerCase() !== key.toUpperCase();
}

/** The combination that was pressed; null while only Ctrl, Alt or Shift is. The Command key counts as Ctrl. */
export function comboOf(event: KeyPress): KeyCombo | null {
  const key = event.key.toLowerCase();
  if (modifiers.has(key)) return null;
  const held = [
    ...(event.ctrlKey || event.metaKey ? ['ctrl'] : []),
    ...(event.altKey ? ['alt'] : []),
    ...(event.shiftKey && shiftCounts(key) ? ['shift'] : []),
  ];
  return [...held, key].join('+');
}

/**
 * The binding that a combination stands for; with `anyShift`, Shift is left to the action if the combination lacks
 * it.
 */
export function bindingOf(combo: KeyCombo, anyShift: boolean): KeyBinding {
  const match = /^(ctrl\+)?(alt\+)?(shift\+)?(.+)$/s.exec(combo);
  if (!match) return { keys: [] };
  const [, ctrl, alt, shift, key] = match;
  const free = shift === undefined && (anyShift || !shiftCounts(key));
  return {
    keys: [key],
    ctrl: ctrl !== undefined,
    alt: alt !== undefined,
    ...(!free && { shift: shift !== undefined }),
  };
}

/** Whether a press is one of a binding's. */
export function pressed(binding: KeyBinding, event: KeyPress): boolean {
  return (
    binding.keys.includes(event.key.toLowerCase()) &&
    (binding.ctrl ?? false) === (event.ctrlKey || event.metaKey) &&
    (binding.alt ?? false) === event.altKey &&
    (binding.shift === undefined || binding.shift === event.shiftKey)
  );
}

/** Whether one press could be both. */
export function overlap(a: KeyBinding, b: KeyBinding): boolean {
  return (
    a.keys.some((key) => b.keys.includes(key)) &&
    (a.ctrl ?? false) === (b.ctrl ?? false) &&
    (a.alt ?? false) === (b.alt ?? false) &&
    (a.shift === undefined || b.shift === undefined || a.shift === b.shift)
  );
}

const shownKeys: Readonly<Record<string, string>> = {
  ' ': 'Space',
  arrowleft: '←',
  arrowright: '→',
  arrowup: '↑',
  arrowdown: '↓',
  escape: 'Esc',
  pageup: 'PageUp',
  pagedown: 'PageDown',
  '-': '−',
};

/** A combination as people read it: `Ctrl+Shift+E`. */
export function shownCombo(combo: KeyCombo): string {
  const { keys, ctrl, alt, shift } = bindingOf(combo, false);
  const [key = ''] = keys;
  const name = shownKeys[key] ?? key.charAt(0).toUpperCase() + key.slice(1);
  return [...(ctrl ? ['Ctrl'] : []), ...(alt ? ['Alt'] : []), ...(shift ? ['Shift'] : []), name].join('+');
}
