import type { Language } from '../common/contract/languages.js';
import { de } from './texts/de.js';
import { en } from './texts/en.js';
import { fr } from './texts/fr.js';
import { ja } from './texts/ja.js';
import type { ShellTexts } from './texts/shell-texts.js';

/** The shell's texts in every language; the page has its own. */
export const shellTexts: Readonly<Record<Language, ShellTexts>> = { en, de, fr, ja };
