import type { Licence } from '../../src-main/common/models/catalogue.js';
import type { Settings } from '../state/settings.svelte.js';

/** The name of a licence; "unknown" in the language of the page. */
export function licenceName({ name }: Licence, t: Settings['t']): string {
  return name === 'unknown' ? t('licence.unknown') : name;
}

/** Who said so. */
export function licenceSource({ who }: Licence, t: Settings['t']): string {
  return who === null ? t('licence.nobody') : t('licence.who', { who });
}
