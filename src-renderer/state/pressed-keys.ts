import type { KeyPress } from './keys.js';

/**
 * A press with the digit in the place of what its key gives with Shift, or without it on a French keyboard; null for
 * any other key. `code` is the place of the key.
 */
export function asDigit<Press extends KeyPress>(event: Press, code: string): KeyPress | null {
  const digit = /^Digit([1-9])$/.exec(code)?.[1];
  const { ctrlKey, metaKey, altKey, shiftKey } = event;
  return digit === undefined ? null : { key: digit, ctrlKey, metaKey, altKey, shiftKey };
}

const notTyped = ['checkbox', 'radio', 'range', 'button', 'file'];

/** Whether one types into it: what was typed is taken when it is left, at the latest. */
export function isField(target: EventTarget | null): target is HTMLInputElement | HTMLTextAreaElement {
  if (target instanceof HTMLInputElement) return !notTyped.includes(target.type);
  return target instanceof HTMLTextAreaElement;
}

/**
 * Keys that a focused control needs for itself: typing in fields, arrows on sliders and lists, Space on buttons. A digit
 * over a value is meant for the value, though not every control takes it: it must not lead to another page. What is
 * pressed with Ctrl or Alt is nothing that is typed.
 */
export function controlWants(
  target: EventTarget | null,
  { key, ctrlKey: ctrl, altKey: alt }: Pick<KeyPress, 'key' | 'ctrlKey' | 'altKey'>,
): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (!ctrl && !alt && /^\d$/.test(key) && target.matches('input, [aria-valuenow]')) return true;
  if (target instanceof HTMLInputElement && target.type === 'range')
    return /^(Arrow|Home|End|Page)/.test(key);
  if (target instanceof HTMLInputElement && !['checkbox', 'radio'].includes(target.type)) return true;
  if (target instanceof HTMLSelectElement) return !ctrl;
  const pressed = target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement;
  const ticked = target instanceof HTMLInputElement;
  return (pressed || ticked) && (key === ' ' || key === 'Enter' || (ticked && key.startsWith('Arrow')));
}
