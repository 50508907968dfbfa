import { z } from 'zod';
import type { SeparatorSummary } from '../../src-main/common/contract/models.js';
import type { OpenableFile } from '../../src-main/common/contract/host.js';
import { canShape, presetShape, shapePresets, type ShapePreset } from '../../src-main/common/jobs/shapes.js';
import { piecesOf, type StemParents } from '../../src-main/common/jobs/stem-pieces.js';
import { queueProducts, productStem, type QueueProduct } from '../../src-main/common/jobs/queue.js';
import type { Preferences } from './preferences.svelte.js';
import type { QueueChoice } from './queue.svelte.js';
import { outputFormats } from '../../src-main/common/jobs/formats.js';
import { settingsSchema, type Device, type PhaseWay } from '../../src-main/common/jobs/settings.js';
import { hasSegments, separatorOf } from './choice.svelte.js';
import {
  componentChoice,
  type ComponentChoice,
} from '../../src-main/common/separation/classic/component-options.js';
import { idWithOptions, withOptions } from './method-options.js';

/** What the batch makes: a product of the queue, some of the stems, or one stem alone (`only:drums`). */
export type BatchMake = QueueProduct | 'some' | `only:${string}`;

/** What is known of a separator's stems. */
export interface Separable {
  readonly stems: readonly string[];
  readonly parents?: StemParents;
}

/** What a separator with these stems can make. */
export function makesOf({ stems, parents }: Separable): BatchMake[] {
  const products = queueProducts.filter((product) => {
    const needed = productStem(product);
    return needed === null || piecesOf(needed, stems, parents).length > 0;
  });
  const some: BatchMake[] = stems.length > 2 ? ['some'] : [];
  return [...products, ...some, ...stems.map((stem): BatchMake => `only:${stem}`)];
}

/** Presets of clean and full that fit a separator with these stems. */
export function shapesOf({ stems, parents }: Separable): ShapePreset[] {
  return shapePresets.filter((preset) => canShape(preset, stems, parents));
}

const storageKey = 'unbraid-batch-choice';

const count = z.number().nullable().catch(null);
/** What outlives a reload, like the songs that are ready; a field that does not fit is what it is at first. */
const keptSchema = z.object({
  separator: z.string().nullable().catch(null),
  make: z.string().catch('stems') as unknown as z.ZodType<BatchMake>,
  unwanted: z.array(z.string()).catch([]),
  shape: z.enum(shapePresets).catch('balanced'),
  ...{ overlap: count, shifts: count, segment: count, wiener: count },
  phase: settingsSchema.shape.phase.unwrap().nullable().catch(null),
  nmf: componentChoice.catch({}),
  averaging: z.array(z.enum(['polarity', 'channels'])).catch([]),
  device: settingsSchema.shape.device.unwrap().nullable().catch(null),
  format: z.enum(outputFormats).nullable().catch(null),
  template: z.string().nullable().catch(null),
});

type Kept = z.output<typeof keptSchema>;

/** What the next songs of the batch become; null where the preferences hold. */
export class BatchChoice {
  separator = $state<string | null>(null);
  make = $state<BatchMake>('stems');
  /** Stems that are not written when `make` is `some`. */
  unwanted = $state.raw<readonly string[]>([]);
  shape = $state<ShapePreset>('balanced');
  /** As those of `SeparationChoice`. */
  overlap = $state<number | null>(null);
  shifts = $state<number | null>(null);
  /** Seconds of a segment, where the model takes any; null keeps its own. */
  segment = $state<number | null>(null);
  wiener = $state<number | null>(null);
  phase = $state<PhaseWay | null>(null);
  nmf = $state.raw<ComponentChoice>({});
  averaging = $state.raw<readonly ('polarity' | 'channels')[]>([]);
  device = $state<Device | null>(null);
  format = $state<Preferences['format'] | null>(null);
  template = $state<string | null>(null);
  /** Where results go; null keeps them for downloads. */
  output = $state.raw<OpenableFile | null>(null);

  constructor(private readonly preferences: Preferences) {
    try {
      Object.assign(this, keptSchema.parse(JSON.parse(sessionStorage.getItem(storageKey) ?? '{}')));
    } catch {
      // Without storage, or with a text of somebody else's, the choice is the first one.
    }
  }

  /** Keeps the choice for this tab. */
  keep(): void {
    const kept = JSON.stringify(
      Object.fromEntries(Object.keys(keptSchema.shape).map((key) => [key, this[key as keyof Kept]])),
    );
    try {
      sessionStorage.setItem(storageKey, kept);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }

  model(models: readonly SeparatorSummary[]): SeparatorSummary | undefined {
    const model = separatorOf(models, this.separator ?? this.preferences.separator);
    return model && withOptions(model, this.nmf);
  }

  wanted({ stems }: SeparatorSummary): readonly string[] {
    return stems.filter((stem) => !this.unwanted.includes(stem));
  }

  want(stem: string, on: boolean): void {
    const others = this.unwanted.filter((name) => name !== stem);
    this.unwanted = on ? others : [...others, stem];
  }

  /** The stems that are written; null for what the product has. An empty choice counts as no choice. */
  private written(make: BatchMake, model: SeparatorSummary | undefined): readonly string[] | null {
    if (make.startsWith('only:')) return [make.slice('only:'.length)];
    const some = make === 'some' && model ? this.wanted(model) : [];
    return some.length > 0 ? some : null;
  }

  /** As the engine takes it; what the separator cannot make is all its stems. */
  toAdd(models: readonly SeparatorSummary[]): QueueChoice {
    const model = this.model(models);
    const make = model && makesOf(model).includes(this.make) ? this.make : 'stems';
    const written = this.written(make, model);
    const { format, template, device } = this.preferences;
    const shape =
      model && shapesOf(model).includes(this.shape) && this.shape !== 'balanced' ? this.shape : null;
    return {
      output: this.output?.handle ?? null,
      product: written === null && make !== 'some' ? (make as QueueProduct) : 'stems',
      settings: {
        model: idWithOptions(model, this.nmf),
        device: model?.kind === 'classic' ? 'auto' : (this.device ?? device),
        ...(this.overlap !== null && { overlap: this.overlap }),
        // Classic methods give the same whatever is done to the song.
        ...(this.shifts !== null && model?.kind !== 'classic' && { shifts: this.shifts }),
        ...(this.wiener !== null && { wiener: this.wiener }),
        ...(this.phase !== null && { phase: this.phase }),
        ...(this.segment !== null && hasSegments(model) && { segment: this.segment }),
        ...(this.averaging.length > 0 && model?.kind !== 'classic' && { averaging: [...this.averaging] }),
        format: this.format ?? format,
        template: this.template ?? template,
        ...(shape !== null && { clean: { ...presetShape(shape) } }),
        ...(written !== null && { stems: [...written] }),
      },
    };
  }
}
