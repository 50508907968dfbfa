/** The languages of the app, each by its own name. The page's texts lie in a folder of the same name. */
export const languages = { en: 'English', de: 'Deutsch', fr: 'Français', ja: '日本語' } as const;
export type Language = keyof typeof languages;

export const languageIds = Object.keys(languages) as [Language, ...Language[]];

/** The language of a locale like `fr-CA`; English if the app does not have that language. */
export function languageOf(locale: string): Language {
  const [primary] = locale.toLowerCase().split(/[-_]/);
  return languageIds.find((id) => id === primary) ?? 'en';
}

/** The next language of the list; after the last one, the first. */
export function nextLanguage(language: Language): Language {
  return languageIds[(languageIds.indexOf(language) + 1) % languageIds.length];
}
