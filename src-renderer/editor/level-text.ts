import { formatDb } from '../shared/format.js';
import type { TextKey } from '../shared/strings/en/index.js';

/** A level in words: null is the floor of the tiles, undefined is not known yet. */
export function levelText(db: number | null | undefined, t: (key: TextKey) => string): string {
  if (db === undefined) return t('cursor.pending');
  return db === null ? t('cursor.quiet') : `${formatDb(db)} dB`;
}
