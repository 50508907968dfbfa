import type { SeparatorSummary } from '../../src-main/common/contract/commands.js';
import type { OpenableFile } from '../../src-main/common/contract/host.js';
import { queueProducts, productStem, type QueueProduct } from '../../src-main/common/jobs/queue.js';
import type { Preferences } from '../state/preferences.svelte.js';
import type { QueueChoice } from '../state/queue.svelte.js';
import { separatorOf } from './choice.svelte.js';

/** What the batch makes: a product of the queue, or one stem alone (`only:drums`). */
export type BatchMake = QueueProduct | `only:${string}`;

/** What a separator with these stems can make. */
export function makesOf(stems: readonly string[]): BatchMake[] {
  const products = queueProducts.filter((product) => {
    const needed = productStem(product);
    return needed === null || stems.includes(needed);
  });
  return [...products, ...stems.map((stem): BatchMake => `only:${stem}`)];
}

/** What the next songs of the batch become; null where the preferences hold. */
export class BatchChoice {
  separator = $state<string | null>(null);
  make = $state<BatchMake>('stems');
  format = $state<Preferences['format'] | null>(null);
  template = $state<string | null>(null);
  /** Where results go; null keeps them for downloads. */
  output = $state.raw<OpenableFile | null>(null);

  constructor(private readonly preferences: Preferences) {}

  model(models: readonly SeparatorSummary[]): SeparatorSummary | undefined {
    return separatorOf(models, this.separator ?? this.preferences.separator);
  }

  /** As the engine takes it; what the separator cannot make is all its stems. */
  toAdd(models: readonly SeparatorSummary[]): QueueChoice {
    const model = this.model(models);
    const make = model && makesOf(model.stems).includes(this.make) ? this.make : 'stems';
    const only = make.startsWith('only:') ? make.slice('only:'.length) : null;
    const { format, template, device } = this.preferences;
    return {
      output: this.output?.handle ?? null,
      product: only === null ? (make as QueueProduct) : 'stems',
      settings: {
        model: model?.id,
        device,
        format: this.format ?? format,
        template: this.template ?? template,
        ...(only !== null && { stems: [only] }),
      },
    };
  }
}
