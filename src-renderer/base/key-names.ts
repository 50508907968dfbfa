import { createSubscriber } from 'svelte/reactivity';

/** Keys that have words, by what they are called in code and in English. */
export const namedKeys = [
  ...(['Ctrl', 'Alt', 'Shift', 'Space', 'Enter', 'Delete', 'Esc'] as const),
  ...(['Home', 'End', 'PageUp', 'PageDown'] as const),
] as const;
export type NamedKey = (typeof namedKeys)[number];

/** What is printed on the keys of a Mac, where the Command key counts as Ctrl. */
const macSigns: Partial<Record<NamedKey, string>> = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧' };
/** The order in which a Mac's menus have them. */
const macOrder: readonly string[] = ['Alt', 'Shift', 'Ctrl'];

let words: (key: NamedKey) => string = (key) => key;
let mac = false;
let changed = (): void => undefined;

/** What is shown with keys is written anew when their names change. */
const follow = createSubscriber((update) => {
  changed = update;
  return () => (changed = () => undefined);
});

/** What keys are called from now on. */
export function setKeyNames(names: (key: NamedKey) => string, isMac: boolean): void {
  words = names;
  mac = isMac;
  changed();
}

function wordOf(key: string): string {
  return namedKeys.some((known) => known === key) ? words(key as NamedKey) : key;
}

/** A combination as it is on this keyboard, in the language of the page: `Strg+Umschalt+E`, `⇧⌘E`. */
export function keyWords(shown: string): string {
  follow();
  const held = /^(?:(?:Ctrl|Alt|Shift)\+)*/.exec(shown)?.[0] ?? '';
  const modifiers = held.split('+').slice(0, -1);
  const key = wordOf(shown.slice(held.length));
  if (!mac) return [...modifiers.map(wordOf), key].join('+');
  const signs = macOrder.filter((one) => modifiers.includes(one)).map((one) => macSigns[one as NamedKey]);
  return `${signs.join('')}${key}`;
}
