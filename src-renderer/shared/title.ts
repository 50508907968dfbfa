import type { TrackInfo } from '../../src-main/common/contract/session.js';
import type { TextKey } from './strings/en/index.js';
import { stems } from './strings/en/stems.js';

type Words = (key: TextKey, values?: Readonly<Record<string, string>>) => string;

/** A stem in the language of the page; one that has no word there goes by its own name. */
export function stemTitle(name: string, t: Words): string {
  // What is left when one stem of several is separated.
  const without = /^no-(.+)$/.exec(name);
  if (without) return t('stem.without', { name: stemTitle(without[1], t) });
  const key = `stem.${name}`;
  return key !== 'stem.without' && Object.hasOwn(stems, key) ? t(key as keyof typeof stems) : name;
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
