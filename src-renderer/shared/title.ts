import type { TrackInfo } from '../../src-main/common/contract/session.js';
import { decimal } from '../base/figures.js';
import { warningWords } from '../base/warnings.js';
import type { TextKey } from './strings/en/index.js';
import { lab } from './strings/en/lab.js';
import { nmf } from './strings/en/nmf.js';
import { separators } from './strings/en/separators.js';
import { stems } from './strings/en/stems.js';

type Words = (key: TextKey, values?: Readonly<Record<string, string>>) => string;

/** Texts with a value in them, which no stem is called by. */
const patterns: readonly string[] = ['stem.without', 'stem.component'];

/** A stem in the language of the page; one that has no word there goes by its own name. */
export function stemTitle(name: string, t: Words): string {
  // What is left when one stem of several is separated.
  const without = /^no-(.+)$/.exec(name);
  if (without) return t('stem.without', { name: stemTitle(without[1], t) });
  const component = /^component-(\d+)$/.exec(name);
  if (component) return t('stem.component', { number: component[1] });
  const key = `stem.${name}`;
  return !patterns.includes(key) && Object.hasOwn(stems, key) ? t(key as keyof typeof stems) : name;
}

/** A separator as far as it is named on the page. */
interface Named {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly removable: boolean;
}

/** The words for a separator that came with Unbraid; a person's own goes by what its manifest says. */
function ownWords({ id, removable }: Named, part: 'name' | 'about', t: Words): string | undefined {
  const key = `separator.${id}.${part}`;
  return !removable && Object.hasOwn(separators, key) ? t(key as keyof typeof separators) : undefined;
}

export function separatorTitle(separator: Named, t: Words): string {
  return ownWords(separator, 'name', t) ?? separator.name;
}

export function separatorAbout(separator: Named, t: Words): string {
  return ownWords(separator, 'about', t) ?? separator.description;
}

/** What an option is called whose value is a number. */
const labels: Readonly<Record<string, TextKey>> = {
  hop: 'lab.control.hop',
  exponent: 'lab.control.exponent',
  components: 'nmf.components',
  iterations: 'nmf.iterations',
  seed: 'nmf.seed',
};

/** What a person chose behind the name of a separator: the method of the bench goes before its other settings. */
function optionWords(key: string, value: string, t: Words): string {
  const text = `lab.${key === 'window' ? 'option' : key === 'levels' ? 'representation' : key}.${value}`;
  if (Object.hasOwn(lab, text)) return t(text as keyof typeof lab);
  const ofNmf = `nmf.${key}.${value}`;
  if (Object.hasOwn(nmf, ofNmf)) return t(ofNmf as keyof typeof nmf);
  if (key === 'length') return `${value} ${t('lab.samples')}`;
  const digits = (value.split('.')[1] ?? '').length;
  const number = value !== '' && Number.isFinite(Number(value)) ? decimal(Number(value), digits) : value;
  return `${Object.hasOwn(labels, key) ? t(labels[key]) : key}: ${number}`;
}

/**
 * What made stems, by the id that the engine was asked for: the separator's name, and in a few words the options that
 * stand behind it. A separator that is not there any more goes by its id.
 */
export function madeBy(id: string, separators: readonly Named[], t: Words): string {
  const [name, ...options] = id.split(':');
  const known = separators.find((separator) => separator.id === id || separator.id === name);
  if (!known) return id;
  const title = separatorTitle(known, t);
  if (known.id === id || options.length === 0) return title;
  const chosen = options.map((option) => option.split('=') as [string, string?]);
  return `${title}: ${chosen.map(([key, value = '']) => optionWords(key, value, t)).join(' · ')}`;
}

const kinds = ['ensemble', 'chain', 'model', 'classic'] as const;

/** Networks first, and the one that is used by itself before all others; classic methods and studies in the end. */
export function inOrder<
  T extends { readonly id: string; readonly kind: (typeof kinds)[number]; readonly study: boolean },
>(separators: readonly T[], preferred: string | undefined): readonly T[] {
  const rank = ({ id, kind, study }: T): number => {
    if (id === preferred) return -1;
    return study ? kinds.length : kinds.indexOf(kind);
  };
  return [...separators].sort((a, b) => rank(a) - rank(b));
}

/** What a track is called until a person names it. */
export function ownTitle({ name, kind }: Pick<TrackInfo, 'name' | 'kind'>, t: Words): string {
  return kind === 'source' ? t('tracks.source') : stemTitle(name, t);
}

/** What a track is called on the page: as a person named it, else its own name in their language. */
export function trackTitle(
  list: { readonly givenName: (id: string) => string | null },
  track: Pick<TrackInfo, 'id' | 'name' | 'kind'>,
  t: Words,
): string {
  return list.givenName(track.id) ?? ownTitle(track, t);
}

/** A warning of the engine in the language of the page. */
export const warningTitle = (text: string, t: Words): string =>
  warningWords(text, (code, values) => t(`warning.${code}`, values));
