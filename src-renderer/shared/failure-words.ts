import type { WireError } from '../../src-main/common/base/errors.js';
import type { TextKey } from './strings/en/index.js';

/** What a page needs to speak of failures. */
interface Page {
  readonly language: string;
  readonly t: (key: TextKey) => string;
}

/** A failure in the language of a page. */
export interface FailureWords {
  readonly what: string;
  /** What the engine says itself, in English; null where that is `what`. */
  readonly engine: string | null;
  /** What can be done. */
  readonly hint: string | null;
}

/** Sentences end with a full stop. */
const sentence = (text: string): string => (/[.!?。]$/.test(text) ? text : `${text}.`);

/**
 * The engine speaks English. In another language a failure is called by its code, with the engine's own words below, which
 * have the names and numbers.
 */
export function failureWords({ code, message, hint }: WireError, { language, t }: Page): FailureWords {
  const own = message === t('app.noSharedMemory');
  if (own || language === 'en') return { what: message, engine: null, hint: hint ?? null };
  const engine = [message, hint ?? ''].filter((text) => text !== '').map(sentence);
  return { what: t(`failure.${code}`), engine: engine.join(' '), hint: null };
}

/** The same as one text, for where there is one line. */
export function failureLine(error: WireError, page: Page): string {
  const { what, engine, hint } = failureWords(error, page);
  const more = engine === null ? (hint ?? '') : `(${engine})`;
  return `${sentence(what)} ${more}`.trim();
}
