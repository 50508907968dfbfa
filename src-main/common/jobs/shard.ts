/** One of several runs that divide a folder among them: `index` from 1 to `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/**
 * Whether a song belongs to a shard: by a hash of its place (FNV-1a over UTF-16 units, 32 bits), so that files that come or go meanwhile
 * move no other song to another shard.
 */
export function inShard(place: string, { index, count }: Shard): boolean {
  let hash = 0x811c9dc5;
  for (let i = 0; i < place.length; i++) hash = Math.imul(hash ^ place.charCodeAt(i), 0x01000193) >>> 0;
  // The low bits of FNV follow the last letters; the mix spreads all bits over the remainder.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  return ((hash ^ (hash >>> 13)) >>> 0) % count === index - 1;
}
