import type { SeparatorSummary } from '../../src-main/common/contract/commands.js';
import type { SeparationSettingsInput } from '../../src-main/common/jobs/settings.js';

export type Residual = NonNullable<SeparationSettingsInput['residual']>;
export const residuals: readonly Residual[] = ['fold', 'spread', 'stem'];

/** What the next separation is to be; lasts from song to song. */
export class SeparationChoice {
  /** Null until someone chooses. */
  id = $state<string | null>(null);
  /** A stem that is wanted with only the rest beside it; empty for all stems. */
  twoStem = $state('');
  residual = $state<Residual>('fold');

  /** The chosen separator; before a choice the engine's own default, which is the best everywhere. */
  model(models: readonly SeparatorSummary[]): SeparatorSummary | undefined {
    return (
      models.find(({ id }) => id === this.id) ?? models.find(({ id }) => id === 'classic-4') ?? models[0]
    );
  }

  settings(models: readonly SeparatorSummary[]): SeparationSettingsInput {
    const model = this.model(models);
    const two = model?.stems.includes(this.twoStem) ? { twoStem: this.twoStem } : {};
    return { model: model?.id, residual: this.residual, ...two };
  }
}
