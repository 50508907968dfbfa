import type { ComponentProps } from 'svelte';
import type NumberRows from '../../shared/NumberRows.svelte';
import type { TextKey } from '../../shared/strings/en/index.js';

/** The fields for the soft edges of what is selected; what is painted has its own. */
export function edgeRows(
  verbs: { featherMs: number; featherHz: number },
  t: (key: TextKey) => string,
): ComponentProps<typeof NumberRows>['rows'] {
  return [
    {
      ...{ label: t('edits.featherTime'), value: verbs.featherMs, min: 0, max: 1000, step: 5, unit: 'ms' },
      onchange: (ms) => (verbs.featherMs = ms),
    },
    {
      ...{ label: t('edits.featherBand'), value: verbs.featherHz, min: 0, max: 2000, step: 10, unit: 'Hz' },
      onchange: (hertz) => (verbs.featherHz = hertz),
    },
  ];
}
