import { copyFileSync, existsSync } from 'node:fs';
import type { Session } from '../session/session.js';
import type { SessionStore } from '../session/session-store.js';
import { coverOf, titleOf, writeTitle, type ProjectFacts } from './project-list.js';

/** Parts of a song's outline in lists. */
const pictureParts = 96;

/** Writes what lists show of a project: at once without a picture, then with one, if it is still `there`. */
export function describeSong(
  sessions: SessionStore,
  session: Session,
  dir: string,
  name: string,
  there: () => boolean,
): void {
  const { frames, sampleRate } = session.song.decoded.ref;
  const { picture } = titleOf(dir);
  const stems = session.state.stems.map((stem) => stem.name);
  const facts: ProjectFacts = {
    ...{ seconds: frames / sampleRate, stems, picture },
    ...{ title: session.info.tags['title'] ?? '', artist: session.info.tags['artist'] ?? '' },
    song: session.song.content.sha256,
  };
  writeTitle(dir, name, facts);
  void keepCover(sessions, session, dir, there).catch(() => undefined);
  if (picture.length > 0) return;
  const request = { session: session.id, track: 'source', columns: Math.min(pictureParts, frames) };
  void session
    .job(undefined, async () => {
      const peaks = await sessions.peaks(request);
      if (there()) writeTitle(dir, titleOf(dir).name, { ...facts, picture: outline(peaks) });
    })
    .catch(() => undefined);
}

/** Puts the song's cover beside its project; a list without it is no harm. */
async function keepCover(
  sessions: SessionStore,
  session: Session,
  dir: string,
  there: () => boolean,
): Promise<void> {
  if (existsSync(coverOf(dir))) return;
  const file = await sessions.cover(session);
  if (file !== null && there()) copyFileSync(file, coverOf(dir));
}

/** Peaks [parts][minimum, maximum] as 0 … 255 of the largest. */
function outline(peaks: Float32Array): number[] {
  const largest = Array.from({ length: peaks.length / 2 }, (_, i) =>
    Math.max(Math.abs(peaks[2 * i]), Math.abs(peaks[2 * i + 1])),
  );
  const top = Math.max(...largest, 1e-9);
  return largest.map((peak) => Math.round((255 * peak) / top));
}
