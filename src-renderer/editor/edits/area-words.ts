import type { Settings } from '../../state/settings.svelte.js';
import type { EditArea } from '../../state/edit-area.js';
import { formatTime } from '../../shared/format.js';

/** An area in words: from when to when, and which frequencies. */
export function areaWords({ start, end, band }: EditArea, sampleRate: number, t: Settings['t']): string {
  const words = band ? `${Math.round(band.low)}–${Math.round(band.high)} Hz` : t('edits.allFrequencies');
  return t('edits.area', {
    from: formatTime(start / sampleRate, 2),
    to: formatTime(end / sampleRate, 2),
    band: words,
  });
}
