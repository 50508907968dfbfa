import type { TrackInfo } from '../../src-main/common/contract/session.js';

/** What a track is called on the page: as a person named it, else its stem's name, else "source" in their language. */
export function trackTitle(
  list: { readonly givenName: (id: string) => string | null },
  { id, name, kind }: Pick<TrackInfo, 'id' | 'name' | 'kind'>,
  t: (key: 'tracks.source') => string,
): string {
  return list.givenName(id) ?? (kind === 'source' ? t('tracks.source') : name);
}
