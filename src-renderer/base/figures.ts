import { createSubscriber } from 'svelte/reactivity';

let locale = 'en';
let changed = (): void => undefined;

/** What is shown with these figures is written anew when the locale changes. */
const follow = createSubscriber((update) => {
  changed = update;
  return () => (changed = () => undefined);
});

const formats = new Map<string, Intl.NumberFormat>();

/** How figures are written from now on: a language tag. */
export function setFigures(tag: string): void {
  locale = tag;
  changed();
}

/** A number with so many digits after the decimal sign of the page's language; thousands are not grouped. */
export function decimal(value: number, digits: number): string {
  follow();
  const key = `${locale} ${digits}`;
  let format = formats.get(key);
  if (!format) {
    const both = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    format = new Intl.NumberFormat(locale, { ...both, useGrouping: false });
    formats.set(key, format);
  }
  return format.format(value);
}

/** The decimal sign of the page's language. */
export function decimalSign(): string {
  return decimal(0.5, 1).replace(/\d/g, '');
}
