import fc from '../../../support/fc.js';
import { describe, expect, it } from 'vitest';
import {
  applyTemplate,
  checkTemplate,
  collisionKey,
  defaultTemplate,
  distinctNames,
  sanitiseName,
  sanitiseValue,
  type TemplateValues,
} from '../../../../src-main/common/jobs/naming.js';

const bytes = (text: string): number => Buffer.byteLength(text);
const song: TemplateValues = { name: 'Song', stem: 'vocals', ext: 'wav' };
/** Anything a tag may hold, unpaired surrogates and control characters too. */
const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((c) => String.fromCharCode(c)),
  maxLength: 300,
});
const controls = fc.string({
  unit: fc.integer({ min: 0, max: 0x9f }).map((c) => String.fromCharCode(c)),
  maxLength: 12,
});
const nastyText = fc.oneof(
  anyText,
  controls,
  fc.constantFrom(
    '..',
    '../..',
    '/',
    '\\',
    '\0',
    'CON',
    'nul.txt',
    '...',
    ' ',
    '',
    'a:b',
    '🎵'.repeat(90),
    'C:\\x',
    '.',
  ),
);

/** What must hold for one part of a path on every common file system. */
function expectSafePart(part: string): void {
  expect(part).not.toMatch(/[/\\<>:"|?*]|\p{Cc}/u);
  expect(part).not.toMatch(/^\.|[. ]$|^$/);
  expect(part).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
  expect(part).not.toMatch(/\p{Surrogate}/u);
  expect(bytes(part)).toBeLessThanOrEqual(240);
}

describe('a template', () => {
  it('fills every field, and its slashes make folders', () => {
    const values = {
      ...song,
      artist: 'Ada',
      album: 'One',
      title: 'Two',
      track: '03',
      year: '1999',
      model: 'hpss',
    };
    expect(applyTemplate('{artist}/{year} {album}/{track} {title} [{stem}] {model}.{ext}', values)).toEqual([
      'Ada',
      '1999 One',
      '03 Two [vocals] hpss.wav',
    ]);
    expect(applyTemplate(defaultTemplate, song)).toEqual(['Song', 'Song [vocals].wav']);
  });

  it('puts something in place of what a song does not say', () => {
    expect(applyTemplate('{artist}/{title} {year} {genre} {stem}.{ext}', song)).toEqual([
      'Unknown artist',
      'Song unknown year unknown genre vocals.wav',
    ]);
    expect(
      applyTemplate('{artist} {year} {stem}', { ...song, album_artist: 'All', date: '1987-05' }),
    ).toEqual(['All 1987 vocals']);
    expect(applyTemplate('{artist} {stem}', { ...song, artist: ' \n' })).toEqual(['Unknown artist vocals']);
  });

  it.each([
    ['{nmae} {stem}', /unknown field \{nmae\}/],
    ['{} {stem}', /unknown field \{\}/],
    ['{name}.{ext}', /\{stem\}/],
  ])('%s is refused', (template, message) => {
    expect(() => checkTemplate(template)).toThrow(message);
    expect(() => checkTemplate(template)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });

  it.each([
    ['../../etc/passwd', '..-..-etc-passwd'],
    ['a/b\\c', 'a-b-c'],
    ['nul\0byte', 'nul byte'],
    ['12:30 "live" <x>|?*', '12_30 _live_ _x____'],
    ['two\nlines\ttab', 'two lines tab'],
    ['Ø 🎵', 'Ø 🎵'],
    ['e\u0301', 'é'],
    ['\ud800 half', '\ufffd half'],
    ['half \udc00', 'half \ufffd'],
    ['C1 \u0080 and \u009f', 'C1 and'],
    ['next\u0085line', 'next line'],
    ['delete\u007f', 'delete'],
  ])('the value %j is written as %j', (value, safe) => {
    expect(sanitiseValue(value)).toBe(safe);
  });

  it.each([
    ['..', '_'],
    ['.hidden', '_hidden'],
    ['', '_'],
    ['CON', '_CON'],
    ['con.wav', '_con.wav'],
    ['lpt1', '_lpt1'],
    ['console', 'console'],
    ['Song...', 'Song'],
    ['Song. .', 'Song'],
    ['a\u0080b', 'a b'],
    ['12:30?', '12_30_'],
  ])('the name %j becomes %j', (name, safe) => {
    expect(sanitiseName(name)).toBe(safe);
  });

  it('never makes a part that climbs, hides, ends in a dot or cannot be written, whatever the values are', () => {
    const templates = fc.constantFrom(
      defaultTemplate,
      '{artist}/{album}/{title} {stem}.{ext}',
      '../{title}/{stem}',
      '/{title}.{stem}',
      '{title}: \u0081{stem}',
    );
    fc.assert(
      fc.property(
        templates,
        nastyText,
        nastyText,
        nastyText,
        controls,
        (template, artist, title, name, stem) => {
          const parts = applyTemplate(template, {
            artist,
            album: artist,
            title,
            name,
            stem,
            ext: 'wav',
          });
          expect(parts.length).toBeGreaterThan(0);
          parts.forEach(expectSafePart);
        },
      ),
    );
  });

  it('keeps stem and ending of names that must be cut, wherever the template has them', () => {
    const name = '🎵'.repeat(100);
    for (const template of ['{name} [{stem}].{ext}', '{name}{stem}.{ext}', '{stem}, {name}, {name}.{ext}']) {
      const [part] = applyTemplate(template, { name, stem: 'vocals', ext: 'stem.mp4' });
      expect(part).toContain('vocals');
      expect(part).toMatch(/\.stem\.mp4$/);
      expectSafePart(part);
      expect(bytes(part)).toBeGreaterThan(200);
    }
  });

  it('keeps the number that tells songs apart when it cuts', () => {
    const [first, second] = ['', ' (2)'].map((tail) =>
      applyTemplate('{name} {stem}', { ...song, name: 'x'.repeat(300) + tail }),
    );
    expect(second[0]).toMatch(/x \(2\) vocals$/);
    expect(second).not.toEqual(first);
  });
});

describe('names of several songs', () => {
  it('say the ending where only that differs', () => {
    expect(distinctNames(['a.wav', 'a.flac', 'b.wav'])).toEqual(['a (wav)', 'a (flac)', 'b']);
  });

  it('are numbered where even the ending is the same', () => {
    expect(distinctNames(['a.wav', 'a.wav'])).toEqual(['a (wav)', 'a (wav) (2)']);
    expect(distinctNames(['a', 'a'])).toEqual(['a', 'a (2)']);
    expect(distinctNames(['a.wav', 'a.flac', 'a (wav).mp3'])[2]).toBe('a (wav)');
  });

  it('differ by more than case and Unicode normalisation', () => {
    for (const pair of [
      ['Song.wav', 'song.wav'],
      ['caf\u00e9.wav', 'cafe\u0301.wav'],
      ['a:b.wav', 'a?b.wav'],
      ['.wav', '_wav'],
    ]) {
      const keys = distinctNames(pair).map((name) => collisionKey([sanitiseName(sanitiseValue(name))]));
      expect(new Set(keys).size).toBe(2);
    }
  });

  it('do not depend on the order of the files', () => {
    const files = ['a.wav', 'a.flac', 'A.wav', 'a (wav).mp3', 'b.ogg', 'a.WAV'];
    const byName = (list: readonly string[]): Record<string, string> =>
      Object.fromEntries(distinctNames(list).map((name, i) => [list[i], name]));
    expect(byName([...files].reverse())).toEqual(byName(files));
  });

  it('are distinct and not empty for any set of files, as names of folders and of files', () => {
    const fileName = fc.oneof(
      nastyText,
      fc.constantFrom(
        'a.wav',
        'A.WAV',
        'a.flac',
        'a (wav).mp3',
        '.wav',
        ' .wav',
        `${'x'.repeat(250)}1`,
        `${'x'.repeat(250)}2`,
      ),
      fc
        .tuple(nastyText, fc.constantFrom('.wav', '.flac', `.${'e'.repeat(200)}`))
        .map(([base, ext]) => base + ext),
    );
    fc.assert(
      fc.property(fc.array(fileName, { maxLength: 12 }), (files) => {
        const names = distinctNames(files);
        const made = names.map((name) =>
          applyTemplate(defaultTemplate, { name, stem: 'vocals', ext: 'stem.mp4' }),
        );
        for (const depth of [0, 1]) {
          const keys = made.map((parts) => collisionKey([parts[depth]]));
          expect(new Set(keys).size).toBe(files.length);
        }
        for (const name of names) expect(sanitiseValue(name)).not.toBe('');
      }),
      { numRuns: 300 },
    );
  });
});
