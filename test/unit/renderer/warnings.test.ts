import { afterEach, describe, expect, it } from 'vitest';
import { warning } from '../../../src-main/common/jobs/warnings.js';
import { setFigures } from '../../../src-renderer/base/figures.js';
import { warningWords } from '../../../src-renderer/base/warnings.js';
import { de } from '../../../src-renderer/report/texts/de.js';
import { fillText } from '../../../src-renderer/shared/strings/fill.js';

describe('warnings of the engine on a page', () => {
  const german = (text: string): string =>
    warningWords(text, (code, values) => fillText(de[`warning.${code}`], values));
  afterEach(() => setFigures('en'));

  it('they are in its language, with its decimals, also after the id of a system', () => {
    setFigures('de');
    const pieces = warning('in-pieces', { model: 'umx', count: '3' });
    expect(german(pieces)).toMatch(/^Der Song ist zu lang für umx: .* in 3 Stücken getrennt$/);
    expect(german(`umx: ${pieces}`)).toBe(`umx: ${german(pieces)}`);
    const lowered = warning('lowered', { decibels: '-1.50' });
    expect(german(lowered)).toContain('um −1,50 dB');
    // The values of one are no warning of their own.
    const ended = warning('process-ended', { message: 'signal 9', count: '1' });
    expect(german(`nmf:components=4: ${ended}`)).toMatch(/^nmf:components=4: Ein Rechenprozess .*signal 9/);
  });

  it('says why a device is not used, by itself and within a warning', () => {
    setFigures('de');
    expect(german(warning('not-installed', {}))).toBe('nicht installiert');
    const why = warning('slower', { times: '2.5' });
    expect(german(why)).toBe('braucht 2,5-mal so lange wie die CPU');
    const probe = warning('failed-probe', { message: 'device lost' });
    const text = warning('not-used', { provider: 'webgpu', why: probe });
    expect(german(text)).toBe('webgpu wird nicht benutzt: beim Test fehlgeschlagen (device lost)');
    expect(german(`umx: ${text}`)).toBe(`umx: ${german(text)}`);
  });

  it('what is no such warning stays as it is', () => {
    for (const text of [
      'umx: The file is cut',
      'The file is damaged or cut: its last frame is not all there',
    ])
      expect(german(text)).toBe(text);
  });
});
