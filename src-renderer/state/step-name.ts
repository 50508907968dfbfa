import type { StepName as StoredName } from '../../src-main/common/document/history-schema.js';
import type { TextKey } from '../shared/strings/en/index.js';

/** What a step of this page is called; those of a stored history may have texts of a newer one. */
export interface StepName extends StoredName {
  readonly text: Extract<TextKey, `step.${string}`>;
}
