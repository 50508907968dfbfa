import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { languageIds } from '../../../src-main/common/contract/languages.js';
import { textsOf } from '../../../src-renderer/shared/strings/languages.js';

const source = readFileSync(new URL('../../../src-main/common/base/errors.ts', import.meta.url), 'utf8');
const union = /export type ErrorCode =([^;]+);/.exec(source)![1];
const codes = [...union.matchAll(/'([a-z-]+)'/g)].map(([, code]) => code);

describe('every code of an error', () => {
  it.each(languageIds)('has words in %s, and there are no words without a code', (language) => {
    expect(codes.length).toBeGreaterThan(30);
    const texts: Readonly<Record<string, string>> = textsOf[language];
    const worded = Object.keys(texts).filter((key) => key.startsWith('failure.'));
    expect(worded.sort()).toEqual(codes.map((code) => `failure.${code}`).sort());
    for (const key of worded) {
      expect(texts[key].trim()).not.toBe('');
      if (language !== 'en')
        expect([key, texts[key]]).not.toEqual([key, textsOf.en[key as 'failure.internal']]);
    }
  });
});
