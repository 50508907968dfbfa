import { z } from 'zod';
import { checkTemplate, defaultTemplate } from '../../src-main/common/jobs/naming.js';
import { outputFormats } from '../../src-main/common/jobs/formats.js';
import { Scope } from '../base/scope.js';
import { snapKinds } from './snap-places.js';
import { settingsSchema } from '../../src-main/common/jobs/settings.js';

const storageKey = 'unbraid.preferences';

/** Seconds. */
export const longestPreRoll = 10;

/** What was exported last, and how. */
const exportSchema = z.object({
  what: z.string(),
  format: z.enum(outputFormats),
  details: z.object({ depth: z.string(), bitRate: z.string(), lufs: z.string() }),
});

/** Every field falls back to its default separately: a wrong one must not spoil the others. */
const storedSchema = z.object({
  separator: z.string().min(1).nullable().catch(null),
  awaited: z.string().min(1).nullable().catch(null),
  device: settingsSchema.shape.device.catch('auto'),
  format: z.enum(outputFormats).catch('wav'),
  template: z.string().min(1).catch(defaultTemplate),
  calm: z.boolean().catch(false),
  toured: z.boolean().catch(false),
  keys: z.record(z.string(), z.string().min(1)).catch({}),
  exported: exportSchema.nullable().catch(null),
  snap: z
    .object({ on: z.boolean(), to: z.array(z.enum(snapKinds)) })
    .catch({ on: false, to: [...snapKinds] }),
  beats: z.boolean().catch(true),
  preRolls: z.boolean().catch(false),
  preRoll: z.number().min(0).max(longestPreRoll).catch(2),
  output: z
    .object({ id: z.string().min(1), label: z.string() })
    .nullable()
    .catch(null),
});
type Stored = z.output<typeof storedSchema>;

function stored(): Stored {
  try {
    return storedSchema.parse(JSON.parse(localStorage.getItem(storageKey) ?? '{}'));
  } catch {
    return storedSchema.parse({});
  }
}

/** What separations and exports begin with, and what a person has changed about the page itself; kept. */
export class Preferences {
  /** Id of the separator that is chosen at first; null is the engine's own default. */
  separator = $state<string | null>(null);
  /** Id of the model that takes its place once it has come; choosing another one ends that. */
  awaited = $state<string | null>(null);
  device = $state<Stored['device']>('auto');
  format = $state<Stored['format']>('wav');
  template = $state(defaultTemplate);
  /** The next export begins like the last one; null before the first, and when another format is preferred since. */
  exported = $state.raw<Stored['exported']>(null);
  /** No motion, whatever the system says. */
  calm = $state(false);
  /** The tour of the first start was done or left. */
  toured = $state(false);
  /** Key combinations a person chose, by the shortcut's text. */
  keys = $state.raw<Readonly<Record<string, string>>>({});
  /** Beats are drawn, where they are known. */
  beats = $state(true);
  /** Playing begins so many seconds before, when it does. */
  preRolls = $state(false);
  preRoll = $state(2);
  /** Where sound goes; null is the system's own output. */
  output = $state.raw<Stored['output']>(null);

  /** Whether the edges of selections snap, and to what. */
  snap = $state.raw<Stored['snap']>({ on: false, to: [...snapKinds] });

  /** As long as the page. */
  private readonly scope = new Scope();

  constructor() {
    Object.assign(this, stored());
    this.apply();
    // Another tab has changed them: it must not be undone by the next change here.
    this.scope.listen(window, 'storage', ({ key }) => {
      if (key !== storageKey) return;
      Object.assign(this, stored());
      this.showCalm();
    });
  }

  /** Changes some and keeps them; a template that makes no names is not taken. */
  set(change: Partial<Stored>): void {
    if (change.template !== undefined) {
      try {
        checkTemplate(change.template);
      } catch {
        return;
      }
    }
    const { format, separator } = change;
    if (format !== undefined) this.exported = null;
    if (separator !== undefined) this.awaited = null;
    Object.assign(this, change);
    this.apply();
  }

  private apply(): void {
    this.showCalm();
    const { separator, awaited, device, format, template, calm, toured, keys, output, exported, snap } = this;
    const { preRolls, preRoll, beats } = this;
    try {
      const kept: Stored = {
        ...{ separator, awaited, device, format, template, calm, toured, keys, output, exported, snap },
        ...{ preRolls, preRoll, beats },
      };
      localStorage.setItem(storageKey, JSON.stringify(kept));
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }

  private showCalm(): void {
    document.documentElement.toggleAttribute('data-calm', this.calm);
  }
}
