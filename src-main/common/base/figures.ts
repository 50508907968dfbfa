/** A number with so many digits after the point, as `toFixed` writes it, but nothing that rounds to zero has a minus. */
export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
}
