import type { Language } from '../common/contract/languages.js';
import { de } from './texts/de.js';
import { en } from './texts/en.js';
import type { ShellTexts } from './texts/shell-texts.js';

/** The shell's texts in every language; the page has its own. */
export const shellTexts: Readonly<Record<Language, ShellTexts>> = { en, de };
