/** One line of the command palette. */
export interface PaletteAction {
  readonly id: string;
  readonly words: string;
  readonly keys: string;
  /** Other words that people look for it by. */
  readonly also?: string;
  readonly run: () => void;
}

/**
 * How well typed letters fit a text: all of them in their order, better at the beginnings of words and next to each
 * other. 0 or more, the lower the better; null when one is missing.
 */
export function fuzzyCost(typed: string, text: string): number | null {
  const letters = typed.toLowerCase().replace(/\s+/g, '');
  const lower = text.toLowerCase();
  let cost = 0;
  let last = -1;
  for (const letter of letters) {
    const next = lower.indexOf(letter, last + 1);
    if (next < 0) return null;
    // A word that begins with the letter is meant rather than a letter within one.
    const word = lower.slice(last + 1).search(new RegExp(`(?<![\\p{L}\\p{N}])${escaped(letter)}`, 'u'));
    const at = next === last + 1 || word < 0 ? next : last + 1 + word;
    cost += at === last + 1 ? 0 : at === next && word < 0 ? 3 : 1;
    last = at;
  }
  return cost + text.length / 1000;
}

function escaped(letter: string): string {
  return letter.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** By its own words, or by others: each word that was typed begins one of those. */
function costOf(typed: string, { words, also = '' }: PaletteAction): number | null {
  const own = fuzzyCost(typed, words);
  const known = `${words} ${also}`.toLowerCase().split(/[\s（）()、,]+/u);
  const parts = typed.toLowerCase().trim().split(/\s+/u);
  const named = also !== '' && parts.every((part) => known.some((word) => word.startsWith(part)));
  // As good as the beginnings of a few words in a row.
  const other = named ? parts.length : null;
  if (own === null || other === null) return own ?? other;
  return Math.min(own, other);
}

/** The actions that fit, the best first; all of them in their order while nothing is typed. */
export function fitting(actions: readonly PaletteAction[], typed: string): PaletteAction[] {
  if (typed.trim() === '') return [...actions];
  return actions
    .map((action) => ({ action, cost: costOf(typed, action) }))
    .filter((entry): entry is { action: PaletteAction; cost: number } => entry.cost !== null)
    .sort((a, b) => a.cost - b.cost)
    .map(({ action }) => action);
}
