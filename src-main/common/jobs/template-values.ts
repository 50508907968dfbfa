import { endingOf, type OutputFormat } from './formats.js';
import type { TemplateValues } from './naming.js';

/** What a naming template can say about a song; `tags` are the source's. The same for a preview as for the files. */
export function templateValues(
  tags: Readonly<Record<string, string>>,
  name: string,
  model: string | undefined,
  format: OutputFormat,
): TemplateValues {
  // "3/12" is the third of twelve.
  const number = (text: string | undefined): string | undefined =>
    text?.split('/')[0].trim().padStart(2, '0');
  return {
    name,
    ...(model !== undefined && { model }),
    ext: endingOf(format),
    artist: tags['artist'],
    album_artist: tags['album_artist'],
    album: tags['album'],
    title: tags['title'],
    track: number(tags['track']),
    disc: number(tags['disc']),
    date: tags['date'],
    year: /\d{4}/.exec(tags['date'] ?? '')?.[0],
    genre: tags['genre'],
  };
}
