import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  bitRatesOf,
  depthsOf,
  exactSettings,
  exportFormats,
  previewNames,
} from '../../../src-renderer/shared/export/export-choices.js';
import * as format from '../../../src-renderer/shared/format.js';
import { decimal, readNumber, setFigures, typedNumber } from '../../../src-renderer/base/figures.js';
import { texts as en, type TextKey } from '../../../src-renderer/shared/strings/en/index.js';
import { fillText } from '../../../src-renderer/shared/strings/fill.js';
import { textsOf } from '../../../src-renderer/shared/strings/languages.js';
import { heldPeak, meterFill, nextLevel, noPeak } from '../../../src-renderer/shared/ballistics.js';
import { stepWords } from '../../../src-renderer/tracks/step-words.js';
import {
  inOrder,
  madeBy,
  separatorAbout,
  separatorTitle,
  stemTitle,
  trackTitle,
} from '../../../src-renderer/shared/title.js';
import { colourDistance, trackColours } from '../../../src-renderer/picture/colours.js';
import {
  languageIds,
  languageOf,
  languages,
  nextLanguage,
  type Language,
} from '../../../src-main/common/contract/languages.js';
import { listSeparators } from '../../../src-main/node/inference/model-store.js';
import { settingsSchema } from '../../../src-main/common/jobs/settings.js';

describe('texts', () => {
  it.each(languageIds)('have the same keys and values in every language (%s)', (language) => {
    const texts = textsOf[language];
    expect(Object.keys(texts).sort()).toEqual(Object.keys(en).sort());
    const values = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
    for (const [key, text] of Object.entries(en)) {
      const translated = texts[key as TextKey];
      expect([key, values(translated), translated.trim() === '']).toEqual([key, values(text), false]);
    }
  });

  it('are words of their language: no two have most of their texts in common', () => {
    const long = (Object.keys(en) as TextKey[]).filter((key) => en[key].length > 12);
    for (const [i, one] of languageIds.entries()) {
      for (const other of languageIds.slice(i + 1)) {
        const same = long.filter((key) => textsOf[one][key] === textsOf[other][key]);
        expect([one, other, same.length < long.length / 10]).toEqual([one, other, true]);
      }
    }
  });

  it('are those of the locale, else English; and the key goes round all of them', () => {
    const locales = ['fr-CA', 'ja', 'de_AT', 'EN-us', 'pt', 'jam', ''];
    expect(locales.map(languageOf)).toEqual(['fr', 'ja', 'de', 'en', 'en', 'en', 'en']);
    const round: Language[] = [];
    for (let at: Language = 'en'; !round.includes(at); at = nextLanguage(at)) round.push(at);
    expect(round).toEqual(Object.keys(languages));
    expect(nextLanguage(round.at(-1)!)).toBe('en');
  });

  it('write and read numbers with the decimal sign of the language', () => {
    expect([0.5, 6, -0.25, 1.005].map(typedNumber)).toEqual(['0.5', '6', '-0.25', '1']);
    setFigures('de');
    expect([0.5, 1234.5].map(typedNumber)).toEqual(['0,5', '1234,5']);
    setFigures('en');
    expect(['0,5', ' −6 ', '.25', '1.'].map(readNumber)).toEqual([0.5, -6, 0.25, 1]);
    expect(['', 'six', '1.2.3', '1e3'].map(readNumber)).toEqual([NaN, NaN, NaN, NaN]);
  });

  it('name the stems they know; a given name and the names of other models stay', () => {
    const inFrench = (key: TextKey, values?: Readonly<Record<string, string>>): string =>
      fillText(textsOf.fr[key], values);
    const names = ['vocals', 'no-drums', 'no-kazoo', 'kazoo', 'toString', 'without', 'no-'];
    const shown = names.map((name) => stemTitle(name, inFrench));
    expect(shown).toEqual(['voix', 'sans batterie', 'sans kazoo', 'kazoo', 'toString', 'without', 'no-']);
    const vocals = { id: 'vocals', name: 'vocals', kind: 'stem' } as const;
    expect(trackTitle({ givenName: () => 'drums' }, vocals, inFrench)).toBe('drums');
    // In English the names on the page are those in files.
    const inEnglish = (key: TextKey, values?: Record<string, string>): string => fillText(en[key], values);
    expect(names.map((name) => stemTitle(name, inEnglish))).toEqual(names);
    const components = ['component-12', 'component', 'component-x'];
    expect(components.map((name) => stemTitle(name, inFrench))).toEqual([
      'composante 12',
      ...components.slice(1),
    ]);
  });

  it('name every stem of the separators that come with Unbraid', () => {
    const { separators } = listSeparators(join(tmpdir(), 'unbraid-no-models'));
    const known = new Set(Object.keys(en));
    const names = new Set(separators.flatMap(({ stems }) => stems));
    expect([...names].filter((name) => !known.has(`stem.${name}`) && !/^component-\d+$/.test(name))).toEqual(
      [],
    );
  });

  it('show a sample rate with the decimal sign of the language', () => {
    setFigures('de');
    expect([44_100, 48_000, 11_025].map(format.kilohertz)).toEqual(['44,1 kHz', '48 kHz', '11,025 kHz']);
    setFigures('en');
    expect(format.kilohertz(44_100)).toBe('44.1 kHz');
  });

  it('name what made stems, with its options in a few words; what is not there any more goes by its id', () => {
    const t =
      (language: Language) =>
      (key: TextKey): string =>
        textsOf[language][key];
    const { separators } = listSeparators(join(tmpdir(), 'unbraid-no-models'));
    const named = separators.map((one) => ({ ...one, removable: false }));
    const bench =
      'bench:method=hpss:window=sqrt-hann:length=1024:hop=0.125:levels=power:mask=ratio:exponent=2';
    setFigures('en');
    expect(madeBy(bench, named, t('en'))).toBe(
      'Bench of the Lab: HPSS (harmonic, percussive) · Square root of Hann · 1024 samples · ' +
        'Hop, of the window: 0.125 · Power · Ratio with exponent · Exponent: 2',
    );
    expect(madeBy('nmf:components=12:divergence=is:start=nndsvd:grouping=kmeans', named, t('en'))).toBe(
      'NMF: Components: 12 · Itakura-Saito · NNDSVD · clusters (k-means)',
    );
    expect(madeBy('nmf-components:iterations=40:seed=7', named, t('de'))).toBe(
      'NMF-Komponenten: Iterationen: 40 · Startwert (Seed): 7',
    );
    const own = { id: 'own', name: 'Mine', description: '', removable: true };
    expect(madeBy('own:steps=3:style=odd', [own], t('en'))).toBe('Mine: steps: 3 · style: odd');
    expect(madeBy('own', [own], t('en'))).toBe('Mine');
    expect(madeBy('gone:steps=3', [own], t('en'))).toBe('gone:steps=3');
  });

  it('name the separators that came with Unbraid, in the words of their manifests; a person’s own stay', () => {
    const t = (language: Language) => (key: TextKey) => textsOf[language][key];
    const { separators } = listSeparators(join(tmpdir(), 'unbraid-no-models'));
    for (const { id, name, description } of separators) {
      const one = { id, name, description, removable: false };
      expect(en).toHaveProperty([`separator.${id}.name`]);
      expect([separatorTitle(one, t('en')), separatorAbout(one, t('en'))]).toEqual([name, description]);
      expect(separatorAbout(one, t('ja'))).not.toBe(description);
      const own = { ...one, name: 'Mine', description: 'own', removable: true };
      expect([separatorTitle(own, t('de')), separatorAbout(own, t('de'))]).toEqual(['Mine', 'own']);
    }
    expect(Object.keys(en).filter((key) => key.startsWith('separator.'))).toHaveLength(2 * separators.length);
  });

  it('put the chosen separator first, then networks, classic methods, and studies last', () => {
    const kinds = ['classic', 'model', 'chain', 'classic', 'ensemble', 'model', 'model'] as const;
    const list = kinds.map((kind, i) => ({ id: String(i), kind, study: i === 1 }));
    expect(inOrder(list, '5').map(({ id }) => id)).toEqual(['5', '4', '2', '6', '0', '3', '1']);
    expect(inOrder(list, '3').map(({ id }) => id)).toEqual(['3', '4', '2', '5', '6', '0', '1']);
  });

  it('name the steps of a history; one of a newer page has a general name', () => {
    const song = { list: { givenName: (id: string) => (id === 'vocals' ? 'Anna' : null) } };
    const inEnglish = (key: TextKey, values?: Record<string, string>): string => fillText(en[key], values);
    const words = (text: string, stem?: string): string => stepWords(song, { text, stem }, inEnglish);
    expect(words('step.mute', 'vocals')).toBe('Mute Anna');
    expect(words('step.mute', 'drums')).toBe('Mute drums');
    expect(words('step.reset')).toBe('Reset mixer');
    expect([words('step.unheard-of', 'vocals'), words('step.toString')]).toEqual(['step', 'step']);
    expect(textsOf.de['step.other']).toBe('Schritt');
  });

  it('take values by name, and show a name that has none', () => {
    expect(fillText('{a} of {b}', { a: 0 })).toBe('0 of {b}');
  });
});

describe('numbers as people read them', () => {
  it('times are cut, not rounded, and read back', () => {
    expect(format.formatTime(59.9999)).toBe('0:59.999');
    expect(format.formatTime(3723.5, 1)).toBe('1:02:03.5');
    expect(format.formatTime((44_100 * 1.001) / 44_100)).toBe('0:01.001');
    expect(format.parseTime('1:02:03,5')).toBe(3723.5);
    expect(format.parseTime('83.25')).toBe(83.25);
    for (const wrong of ['', 'x', '1:', '-5', '1:2:3:4']) expect(format.parseTime(wrong)).toBeNull();
  });

  it('notes are the nearest of the equal temperament', () => {
    expect(format.noteName(440)).toBe('A4');
    expect(format.noteName(261.6256)).toBe('C4');
    expect(format.noteName(450)).toBe('A4 +39 ct');
    expect(format.noteName(27.5 * 2 ** (-1 / 12))).toBe('G♯0');
    expect(format.noteName(0)).toBe('');
  });

  it('levels carry a sign, an exact sum has a word', () => {
    expect(format.formatDb(-23.44)).toBe('−23.4');
    expect(format.formatDb(-0.01)).toBe('0.0');
    expect(format.formatDb(3)).toBe('+3.0');
    expect(format.formatDb(-Infinity)).toBe('−∞');
    expect(format.formatNull(-999, 'bit-exact')).toBe('bit-exact');
    expect(format.formatNull(-158.21, 'bit-exact')).toBe('−158.2 dB');
  });

  it('frequencies and sizes choose their unit', () => {
    expect([52.31, 440, 999.6, 12_345].map(format.formatHertz)).toEqual([
      '52.3 Hz',
      '440 Hz',
      '1.00 kHz',
      '12.35 kHz',
    ]);
    expect([100, 2048, 3 << 20].map(format.formatBytes)).toEqual(['100 B', '2 KiB', '3.0 MiB']);
  });
});

describe('meters', () => {
  it('rise at once, fall 24 dB a second, and end at the floor', () => {
    expect(nextLevel(-60, 1, 0.01)).toBe(0);
    expect(nextLevel(0, 0, 0.5)).toBe(-12);
    expect(nextLevel(-50, 0, 1)).toBe(-60);
    // A peak is held for a second and a half, then falls like the level.
    const held = heldPeak(noPeak, -6, 0);
    expect(heldPeak(held, -30, 1.4).db).toBe(-6);
    expect(heldPeak(heldPeak(held, -30, 1.4), -30, 0.6).db).toBe(-6 - 24 * 0.5);
    expect(heldPeak(heldPeak(held, -30, 1.4), -3, 0.1)).toEqual({ db: -3, seconds: 0 });
    expect(heldPeak(held, -8, 60).db).toBe(-8);
    expect([meterFill(-60), meterFill(-30), meterFill(3)]).toEqual([0, 0.5, 1]);
  });
});

describe('export choices', () => {
  const info = { name: 'Song: one', tags: { artist: 'A/B' }, separation: null };

  it('offer only formats the engine knows', () => {
    for (const entry of exportFormats)
      expect(settingsSchema.shape.format.safeParse(entry.format).success).toBe(true);
    expect(depthsOf('flac')).toEqual(['16', '24']);
    expect(depthsOf('aiff')).toEqual(['16', '24', '32f']);
    expect(depthsOf('mp3')).toEqual([]);
  });

  it('preview the very names that the files get: numbers of two digits, the year of a date', () => {
    const tagged = { ...info, tags: { track: '3/12', disc: '1', date: '1999-05-01', title: 'T' } };
    const { names } = previewNames('{year}/{disc}-{track} {title} {stem}.{ext}', tagged, ['bass'], 'aac');
    expect(names).toEqual(['1999/01-03 T bass.m4a']);
  });

  it('preview the names the template makes', () => {
    const { names } = previewNames('{artist}/{name} [{stem}].{ext}', info, ['vocals', 'bass'], 'wav');
    expect(names).toEqual(['A-B/Song_ one [vocals].wav', 'A-B/Song_ one [bass].wav']);
  });

  it('preview one name where one file holds all stems', () => {
    const names = (template: string): readonly string[] =>
      previewNames(template, info, ['vocals', 'bass'], 'stem.mp4').names;
    expect(names('{name}/{name} [{stem}].{ext}')).toEqual(['Song_ one/Song_ one.stem.mp4']);
    expect(names('{stem}.{ext}')).toEqual(['Song_ one.stem.mp4']);
  });

  it('say of a format only what it can hold', () => {
    const details = { depth: '24', bitRate: '192000', lufs: '-14' };
    expect(exactSettings('wav', details)).toEqual({ depth: '24', loudness: { lufs: -14 } });
    expect(exactSettings('mp3', details)).toEqual({ bitRate: 192_000, loudness: { lufs: -14 } });
    expect(exactSettings('opus', { ...details, lufs: '' })).toEqual({});
    for (const format of exportFormats) {
      for (const rate of bitRatesOf(format.format))
        expect(settingsSchema.shape.bitRate.safeParse(rate).success).toBe(true);
    }
  });

  it('say why a template makes none', () => {
    expect(previewNames('{name}.{ext}', info, ['vocals'], 'wav').problem).toContain('{stem}');
    expect(previewNames('{nme} {stem}', info, ['vocals'], 'wav').problem).toContain('{nme}');
  });
});

describe('colours of tracks', () => {
  it('stay with known stems wherever they are, and differ for the others', () => {
    const known = trackColours(['source', 'bass', 'constructor', 'vocals']);
    expect([known[0], known[1], known[3]]).toEqual(['#B8B8B8', '#D55E00', '#56B4E9']);
    expect(known[2]).toMatch(/^#/);
  });

  it.each([
    [['vocals', 'drums', 'bass', 'guitar', 'piano', 'other', 'removed']],
    [
      [
        'lead',
        'backing',
        'kick',
        'snare',
        'toms',
        'hihat',
        'cymbals',
        'bass',
        'guitar',
        'piano',
        'other',
        'removed',
      ],
    ],
    [['vocals', 'accompaniment', 'drums', 'bass', 'other', 'no-vocals', 'rest', 'removed']],
    [['lead', 'backing', 'dry', 'reverb', 'noise', 'instrumental', 'residual', 'removed']],
    [['left', 'right', 'centre', 'sides', 'harmonic', 'percussive', 'removed']],
  ])('look different in one song: %s', (names) => {
    const colours = trackColours(['source', ...names]);
    const pairs = colours.flatMap((one, i) =>
      colours.slice(i + 1).map((other) => colourDistance(one, other)),
    );
    expect(Math.min(...pairs)).toBeGreaterThan(0.08);
  });
});

describe('figures', () => {
  it('have the decimal sign of the page’s language', () => {
    setFigures('de-DE');
    try {
      expect(format.formatDb(-1.5)).toBe('−1,5');
      expect(format.formatDb(-0.04)).toBe('0,0');
      expect([decimal(-0.004, 2), decimal(-0.006, 2), typedNumber(-0.001)]).toEqual(['0,00', '-0,01', '0']);
      expect(format.formatTime(83.5)).toBe('1:23,500');
      expect(format.parseTime(format.formatTime(83.5))).toBe(83.5);
      expect(format.formatHertz(12_340)).toBe('12,34 kHz');
      expect(format.formatBytes(1536 * 1024)).toBe('1,5 MiB');
    } finally {
      setFigures('en');
    }
    expect(format.formatDb(-1.5)).toBe('−1.5');
  });
});
