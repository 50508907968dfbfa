import { languageOf, type Language } from '../../src-main/common/contract/languages.js';
import { comparedTitle } from '../shared/strings/compared.js';
import { fillText } from '../shared/strings/fill.js';
import { stems as deStems } from '../shared/strings/de/stems.js';
import { stems as enStems } from '../shared/strings/en/stems.js';
import { stems as frStems } from '../shared/strings/fr/stems.js';
import { stems as jaStems } from '../shared/strings/ja/stems.js';
import { de } from './texts/de.js';
import { en, type ReportText, type ReportTexts } from './texts/en.js';
import { fr } from './texts/fr.js';
import { ja } from './texts/ja.js';

const texts: Readonly<Record<Language, ReportTexts>> = { en, de, fr, ja };
const stems: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  ...{ en: enStems, de: deStems, fr: frStems, ja: jaStems },
};

/** What a report says in one language. */
export interface Words {
  (key: ReportText, values?: Readonly<Record<string, string | number>>): string;
  /** A compared stem (`vocals`, `all but drums`, `bass + other`); in English, and where no word is known, as it is called. */
  readonly stem: (name: string) => string;
}

/** The words of a language tag; English where the app does not have that language. */
export function wordsOf(tag: string): Words {
  const language = languageOf(tag);
  const t = (key: ReportText, values = {}): string => fillText(texts[language][key], values);
  const known = stems[language];
  const own = (name: string): string => (Object.hasOwn(known, `stem.${name}`) ? known[`stem.${name}`] : name);
  const stem = (name: string): string =>
    language === 'en' ? name : comparedTitle(name, own, (but) => t('score.allBut', { name: but }));
  return Object.assign(t, { stem });
}
