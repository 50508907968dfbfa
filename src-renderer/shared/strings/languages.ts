import { languageIds, type Language } from '../../../src-main/common/contract/languages.js';
import type { Texts } from './en/index.js';

/** One folder a language, found by listing. */
const found = import.meta.glob<{ readonly texts: Texts }>('./*/index.ts', { eager: true });

/** The page's texts in every language. */
export const textsOf = Object.fromEntries(
  languageIds.map((id) => [id, found[`./${id}/index.ts`].texts]),
) as Readonly<Record<Language, Texts>>;
