import { endingOf, isStemFile, type OutputFormat } from './formats.js';
import { applyTemplate, type TemplateValues } from './naming.js';

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

/**
 * Where stems go, as the parts of relative paths: a file for each of them, or one that holds all, whose name has no part for
 * a stem. Throws what `applyTemplate` throws.
 */
export function stemTargets(
  template: string,
  values: TemplateValues,
  stems: readonly string[],
  format: OutputFormat,
): string[][] {
  if (!isStemFile(format)) return stems.map((stem) => applyTemplate(template, { ...values, stem }));
  const whole = template.replace(/\s*[[(]?\{stem\}[\])]?/g, '').replace(/(^|\/)\.\{ext\}/, '$1{name}.{ext}');
  return [applyTemplate(whole, values)];
}
