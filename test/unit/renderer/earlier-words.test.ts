import { describe, expect, it } from 'vitest';
import type { EarlierStems } from '../../../src-main/common/contract/session.js';
import { settingsSchema, type SeparationSettingsInput } from '../../../src-main/common/jobs/settings.js';
import { earlierWords } from '../../../src-renderer/jobs/earlier-words.js';
import { fillText } from '../../../src-renderer/shared/strings/fill.js';
import { textsOf } from '../../../src-renderer/shared/strings/languages.js';
import type { Settings } from '../../../src-renderer/state/settings.svelte.js';

const t = ((key: keyof typeof textsOf.en, values?: Record<string, string | number>) =>
  fillText(textsOf.en[key], values)) as Settings['t'];
const now = new Date(2026, 10, 30, 14, 5).getTime();

function set(settings: SeparationSettingsInput, at?: number): EarlierStems {
  const facts = { provider: 'cpu', nullDb: -999, seconds: 1, range: null, warnings: [] };
  return {
    ...{ id: '', stems: ['vocals', 'drums'], bytes: 3 << 20, settings: settingsSchema.parse(settings) },
    separation: { ...facts, model: 'mine', ...(at !== undefined && { at }) },
  };
}
const words = (...sets: EarlierStems[]): ReturnType<typeof earlierWords> =>
  earlierWords(sets, [], { t, locale: 'en-GB' }, now);

describe('earlier stems in words', () => {
  it('have the settings that were chosen, and nothing of what is usual', () => {
    const chosen = { overlap: 0.25, shifts: 2, averaging: ['polarity' as const], residual: 'stem' as const };
    const names = words(set({}), set(chosen), set({ stems: ['vocals'], wiener: 0, phase: 'misi' })).map(
      ({ name }) => name,
    );
    expect(names).toEqual([
      'mine',
      'mine · overlap 25 % · shifted passes: 2 · inverted polarity · residual as its own track',
      'mine · Wiener passes: 0 · phase: MISI · vocals, drums',
    ]);
  });

  it('have the time of today, or the date with it; older ones have their size only', () => {
    const day = 24 * 3600 * 1000;
    const [today, earlier, unknown] = words(set({}, now), set({}, now - day), set({}));
    expect(today).toEqual({ name: 'mine', detail: '14:05 · 3.0 MiB', label: 'mine, 14:05' });
    expect(earlier.detail).toBe('29 Nov 2026, 14:05 · 3.0 MiB');
    expect(unknown).toEqual({ name: 'mine', detail: '3.0 MiB', label: 'mine' });
    // Without others of the name it needs no time to be told apart.
    expect(words(set({}, now))[0].label).toBe('mine');
  });
});
