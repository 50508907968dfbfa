import { describe, expect, it } from 'vitest';
import type { WireError } from '../../../src-main/common/base/errors.js';
import { languageIds } from '../../../src-main/common/contract/languages.js';
import { failureLine, failureWords } from '../../../src-renderer/shared/failure-words.js';
import type { TextKey } from '../../../src-renderer/shared/strings/en/index.js';
import { textsOf } from '../../../src-renderer/shared/strings/languages.js';

const page = (language: (typeof languageIds)[number]) => ({
  language,
  t: (key: TextKey): string => textsOf[language][key],
});

const full: WireError = {
  code: 'disk-full',
  message: 'The disk has 3 MiB free, and 300 MiB are needed',
  file: '/models',
  hint: 'Free some space.',
};

describe('failures', () => {
  it('are what the engine says on an English page', () => {
    expect(failureWords(full, page('en'))).toEqual({ what: full.message, engine: null, hint: full.hint });
    expect(failureLine(full, page('en'))).toBe(`${full.message}. ${full.hint}`);
    expect(failureLine({ code: 'internal', message: 'Broken.' }, page('en'))).toBe('Broken.');
  });

  it.each(languageIds.filter((id) => id !== 'en'))('are called by their code in %s', (language) => {
    const words = failureWords(full, page(language));
    expect(words.what).toBe(textsOf[language]['failure.disk-full']);
    expect(words.what).not.toBe(textsOf.en['failure.disk-full']);
    // Names and numbers are in the engine's own words.
    expect(words).toMatchObject({ engine: `${full.message}. ${full.hint}`, hint: null });
    expect(failureLine(full, page(language))).toBe(`${words.what} (${words.engine})`);
  });

  it('that the page has in its own language stay as they are', () => {
    const message = textsOf.de['app.noSharedMemory'];
    const own: WireError = { code: 'device-unavailable', message, hint: 'Tipp' };
    expect(failureWords(own, page('de'))).toEqual({ what: message, engine: null, hint: 'Tipp' });
  });
});
