import { readWarning, type WarningCode, type WarningValues } from '../../src-main/common/jobs/warnings.js';
import { decimal } from './figures.js';

/**
 * A warning of the engine in the language of a page, which has a text for each code; a report's begins with the id of its
 * system. What is no such warning, like a note on a file, stays as it is.
 */
export function warningWords(
  text: string,
  words: (code: WarningCode, values: WarningValues) => string,
): string {
  const known = readWarning(text);
  if (known) {
    const { why } = known.values;
    const values = { ...shown(known.values), ...(why !== undefined && { why: warningWords(why, words) }) };
    return words(known.code, values);
  }
  const [, system, rest] = /^(\S+): (.+)$/s.exec(text) ?? [];
  return rest !== undefined && readWarning(rest) ? `${system}: ${warningWords(rest, words)}` : text;
}

/** Decimals with the comma or point of the page. */
function shown(values: WarningValues): WarningValues {
  const figure = (value: string): string => {
    const digits = /^-?\d+\.(\d+)$/.exec(value)?.[1].length;
    return digits === undefined ? value : decimal(Number(value), digits).replace('-', '−');
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, figure(value)]));
}
