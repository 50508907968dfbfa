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
    format = new Intl.NumberFormat(locale, {
      ...both,
      useGrouping: false,
      // What rounds to zero has no minus.
      signDisplay: 'negative',
    });
    formats.set(key, format);
  }
  return format.format(value);
}

/** The decimal sign of the page's language. */
export function decimalSign(): string {
  return decimal(0.5, 1).replace(/\d/g, '');
}

/** A number as it is typed: with as many digits as it has, two at most, and the decimal sign of the page's language. */
export function typedNumber(value: number): string {
  const fraction = String(Math.round(value * 100) / 100).split('.')[1] ?? '';
  return decimal(value, fraction.length);
}

/** Reads a number with a point or a comma, and any minus sign; NaN for anything else. */
export function readNumber(text: string): number {
  const plain = text.trim().replace(/^[−–]/, '-').replace(',', '.');
  return /^-?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : Number.NaN;
}
