import type { SeparatorSummary } from '../../src-main/common/contract/models.js';
import {
  defaultSeparator,
  type Device,
  type PhaseWay,
  type SeparationSettingsInput,
} from '../../src-main/common/jobs/settings.js';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import type { ComponentChoice } from '../../src-main/common/separation/classic/component-options.js';
import { idWithOptions, readOptions, withOptions } from './method-options.js';
import type { Preferences } from './preferences.svelte.js';

export type Residual = NonNullable<SeparationSettingsInput['residual']>;
export const residuals: readonly Residual[] = ['fold', 'spread', 'stem'];

/** The separator with this id; else the engine's own default, which is the best everywhere. */
export function separatorOf(
  models: readonly SeparatorSummary[],
  id: string | null,
): SeparatorSummary | undefined {
  // Options stand behind the name.
  const name = id?.split(':')[0];
  return (
    models.find((entry) => entry.id === name) ??
    models.find((entry) => entry.id === defaultSeparator) ??
    models[0]
  );
}

/** Whether the length of a separator's segments may be chosen: that of its graph, which may refuse. */
export function hasSegments(model: SeparatorSummary | undefined): boolean {
  return model?.kind === 'model';
}

/** A song as far as a choice begins with it: `model` is the id of what it was separated with. */
interface BegunSong extends Pick<SessionInfo, 'session'> {
  readonly separation: { readonly model: string } | null;
}

const storageKey = 'unbraid-song-separator';

/** What a choice is made of, besides the separator. */
type Chosen = Pick<
  SeparationChoice,
  'unwanted' | 'residual' | 'overlap' | 'shifts' | 'segment' | 'wiener' | 'phase' | 'nmf' | 'averaging'
>;

/** As a song begins. */
const fresh: Chosen = {
  ...{ unwanted: [], residual: 'fold', averaging: [], nmf: {} },
  ...{ overlap: null, shifts: null, segment: null, wiener: null, phase: null },
};

/** What was chosen for a song before this tab was loaded anew. */
function kept(session: string): Partial<Chosen> & { readonly id?: string | null } {
  const stored = sessionStorage.getItem(storageKey) ?? '{}';
  const { of, ...chosen } = JSON.parse(stored) as { readonly of?: string };
  return of === session ? chosen : {};
}

/** The settings of the next separation of the open song. */
export class SeparationChoice {
  private chosen = $state<string | null>(null);
  private session = '';
  /** Stems that are not wanted by themselves: together they are one track. */
  unwanted = $state.raw<readonly string[]>([]);
  residual = $state<Residual>('fold');
  /** Null until someone chooses. */
  device = $state<Device | null>(null);
  /** Overlap of neighbouring segments, 0 … 0.95; null keeps the separator's own. */
  overlap = $state<number | null>(null);
  /** Runs with the song shifted, whose mean is taken; null keeps the separator's own. */
  shifts = $state<number | null>(null);
  /** Seconds of a segment, where the model takes any; null keeps its own. */
  segment = $state<number | null>(null);

  /** Passes of the Wiener filter; null for what the model brings. */
  wiener = $state<number | null>(null);
  /** Where the phases of the stems come from; null for the separator's own. */
  phase = $state<PhaseWay | null>(null);
  /** Options of NMF; those that are left out are as the method has them. */
  nmf = $state.raw<ComponentChoice>({});
  /** Other ways to hear each segment, whose mean is taken. */
  averaging = $state.raw<readonly ('polarity' | 'channels')[]>([]);

  constructor(private readonly preferences: Preferences) {}

  /** Begins anew with a song: with what was chosen for it in this tab before a reload, else with what it was separated with. */
  begin({ session, separation }: BegunSong): void {
    this.session = session;
    const { id, ...chosen } = kept(session);
    this.chosen = id ?? separation?.model ?? null;
    Object.assign(this, fresh, { nmf: readOptions(this.chosen) }, chosen);
  }

  /** Keeps the choice for when this tab is loaded anew; an effect of the view calls it. */
  keep(): void {
    const { session: of, chosen: id, unwanted, residual, averaging, nmf } = this;
    const { overlap, shifts, segment, wiener, phase } = this;
    const numbers = { overlap, shifts, segment, wiener };
    const kept = { of, id, unwanted, residual, averaging, nmf, phase, ...numbers };
    sessionStorage.setItem(storageKey, JSON.stringify(kept));
  }

  /** The separator that was chosen for this song; null until someone chooses. */
  get id(): string | null {
    return this.chosen;
  }

  set id(id: string | null) {
    this.chosen = id;
  }

  /** The chosen separator; before a choice the preferred one. */
  model(models: readonly SeparatorSummary[]): SeparatorSummary | undefined {
    const model = separatorOf(models, this.id ?? this.preferences.separator);
    return model && withOptions(model, this.nmf, this.id);
  }

  /** Those of a separator's stems that are wanted by themselves. */
  wanted({ stems }: SeparatorSummary): readonly string[] {
    // Of two stems each is what the other leaves.
    return stems.length > 2 ? stems.filter((stem) => !this.unwanted.includes(stem)) : stems;
  }

  want(stem: string, on: boolean): void {
    const others = this.unwanted.filter((name) => name !== stem);
    this.unwanted = on ? others : [...others, stem];
  }

  settings(models: readonly SeparatorSummary[]): SeparationSettingsInput & { readonly device: Device } {
    const model = this.model(models);
    const wanted = model ? this.wanted(model) : [];
    const device = model?.kind === 'classic' ? 'auto' : (this.device ?? this.preferences.device);
    return {
      model: idWithOptions(model, this.nmf, this.id),
      // A chain's recipe says which stem takes the residual.
      residual: model?.kind === 'chain' ? 'fold' : this.residual,
      device,
      ...(wanted.length > 0 && wanted.length < model!.stems.length && { stems: [...wanted] }),
      ...(this.overlap !== null && { overlap: this.overlap }),
      // Classic methods give the same whatever the song is shifted by.
      ...(this.averaging.length > 0 && model?.kind !== 'classic' && { averaging: [...this.averaging] }),
      ...(this.shifts !== null && model?.kind !== 'classic' && { shifts: this.shifts }),
      ...(this.wiener !== null && { wiener: this.wiener }),
      ...(this.phase !== null && { phase: this.phase }),
      ...(this.segment !== null && hasSegments(model) && { segment: this.segment }),
    };
  }
}
