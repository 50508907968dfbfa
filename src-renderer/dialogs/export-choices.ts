import { applyTemplate, checkTemplate, type TemplateValues } from '../../src-main/common/jobs/naming.js';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import type { SeparationSettings } from '../../src-main/common/jobs/settings.js';

export type ExportFormat = SeparationSettings['format'];
export type ExportDepth = NonNullable<SeparationSettings['depth']>;

/** Formats a person chooses from, most used first, with the ending of their files. */
export const exportFormats: readonly {
  readonly format: ExportFormat;
  readonly label: string;
  readonly ext: string;
}[] = [
  { format: 'wav', label: 'WAV', ext: 'wav' },
  { format: 'flac', label: 'FLAC', ext: 'flac' },
  { format: 'aiff', label: 'AIFF', ext: 'aiff' },
  { format: 'alac', label: 'ALAC (.m4a)', ext: 'm4a' },
  { format: 'mp3', label: 'MP3', ext: 'mp3' },
  { format: 'aac', label: 'AAC (.m4a)', ext: 'm4a' },
  { format: 'opus', label: 'Opus', ext: 'opus' },
  { format: 'vorbis', label: 'Ogg Vorbis', ext: 'ogg' },
  { format: 'stem.mp4', label: 'Stem file (.stem.mp4)', ext: 'stem.mp4' },
];

/** Sample formats that a format can hold; none where it is lossy. */
export function depthsOf(format: ExportFormat): readonly ExportDepth[] {
  if (format === 'wav' || format === 'aiff') return ['16', '24', '32f'];
  if (format === 'flac' || format === 'alac' || format.startsWith('stem.')) return ['16', '24'];
  return [];
}

/** One line for each file the template makes, or the reason why it makes none. */
export function previewNames(
  template: string,
  info: Pick<SessionInfo, 'name' | 'tags' | 'separation'>,
  stems: readonly string[],
  ext: string,
): { readonly names: readonly string[]; readonly problem: string | null } {
  try {
    checkTemplate(template);
  } catch (error) {
    return { names: [], problem: error instanceof Error ? error.message : String(error) };
  }
  const known: TemplateValues = { ...info.tags, name: info.name, model: info.separation?.model };
  const names = stems.map((stem) => applyTemplate(template, { ...known, stem, ext }).join('/'));
  return { names, problem: null };
}
