import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CodecClient } from '../audio/codec-client.js';
import type { Session } from './session.js';

/**
 * The file with the cover picture of a song, as it is in the song's file, made when it is first wanted; null without one
 * that a page may show (see `extractCover`). It goes with the session.
 */
export async function coverFile(session: Session, codec: Pick<CodecClient, 'cover'>): Promise<string | null> {
  if (!session.info.hasCover) return null;
  const file = join(session.song.dir, 'cover');
  if (existsSync(file)) return file;
  return session.job(undefined, async (signal) =>
    (await codec.cover(session.song.path, file, { signal })) ? file : null,
  );
}
