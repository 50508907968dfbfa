import type { TrackInfo } from '../../src-main/common/contract/session.js';
import { removedStem, type EditRecord } from '../../src-main/common/document/records.js';
import { maskGrid, type TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { areaMask, type EditArea } from './edit-area.js';
import { SimilarPlaces } from './similar.svelte.js';
import { editsOf, sameVerb, stepOf, type Place, type Verb, type VerbHow } from './verb-edits.js';
import type { VerbsSong } from './verbs-song.js';

export { sameVerb, type Verb };

/** What is selected, in the lane that is meant, and what can be done with it. */
export class SelectionVerbs {
  /** Percent of what the mask covers. */
  strength = $state(100);
  /** Undefined for the phase of the source itself. */
  phase = $state.raw<EditRecord['phase']>(undefined);
  /** Soft rims of a selected range; what is painted has its own. */
  featherMs = $state(20);
  featherHz = $state(40);
  /** How much quieter `attenuate` makes it, dB. */
  attenuationDb = $state(6);
  /** How much of what other stems dominate `debleed` moves to them. */
  bleedPercent = $state(50);
  /** Multiples of the fundamental that a clone takes along, itself among them. */
  overtones = $state(8);
  /** The last thing that was done found nothing to do. */
  nothing = $state(false);
  /** The choice made last; null before the first. */
  private chosen = $state.raw<Verb | null>(null);
  /** How far the last clone was from its patch, frames of the song. */
  lastShift = 0;
  readonly similar: SimilarPlaces;

  constructor(private readonly song: VerbsSong) {
    this.similar = new SimilarPlaces(song, this);
  }

  /** What was done last; null before the first. */
  get last(): Verb | null {
    return this.chosen;
  }

  /** What was done last before a reload. */
  takeUp(last: Verb | null): void {
    this.chosen = last;
  }

  /** The stems that edits can take from and give to. */
  get stems(): readonly TrackInfo[] {
    return this.song.tracks.filter(({ kind, id }) => kind === 'stem' && id !== removedStem);
  }

  /** What an edit acts on: what is painted, else what is selected. */
  get area(): EditArea | null {
    const { painted, selection, selectedBand: band } = this.song.view;
    return painted.area ?? (selection && { ...selection, band });
  }

  get feather(): { readonly seconds: number; readonly hertz: number } {
    return { seconds: this.featherMs / 1000, hertz: this.featherHz };
  }

  /** Makes the mask of what is selected; null when nothing is. */
  get mask(): (() => TileMask) | null {
    const { area, feather } = this;
    const { painted, sampleRate } = this.song.view;
    return area && (() => (painted.area ? painted.mask : areaMask(area, sampleRate, feather)));
  }

  /** The stems that a lane stands for: itself, or all of them for the source's. */
  sourcesOf(lane: string): string[] {
    const stems = this.stems.map(({ id }) => id);
    if (stems.includes(lane)) return [lane];
    return lane === 'source' ? stems : [];
  }

  /** The stems that what is selected can go to. */
  get targets(): readonly TrackInfo[] {
    const { id } = this.song.current;
    return this.sourcesOf(id).length > 0 ? this.stems.filter((stem) => stem.id !== id) : [];
  }

  /** Whether something is selected that can be worked on; what is asked for during an edit is done after it. */
  get ready(): boolean {
    const { view, current } = this.song;
    return this.area !== null && this.sourcesOf(current.id).length > 0 && !view.painted.working;
  }

  /** What Enter does: the choice made last where it fits, else moving to the first stem there is. */
  get usual(): Verb | null {
    const { chosen, targets } = this;
    if (chosen && (!('target' in chosen) || targets.some(({ id }) => id === chosen.target))) return chosen;
    return targets.length > 0 ? { kind: 'move', target: targets[0].id } : null;
  }

  /** Does it to what is selected in the lane that is meant, as one step. */
  async apply(verb: Verb | null = this.usual, shift = this.how.shift): Promise<void> {
    const { place, song } = this;
    const how = { ...this.how, shift };
    if (!verb || !place || !this.ready) return;
    this.chosen = verb;
    this.nothing = false;
    if (verb.kind === 'clone') this.lastShift = how.shift;
    await song.edits.addAll(stepOf(verb, how.sources), async () => {
      const edits = await editsOf(verb, place, how, song.finder.repairs);
      this.nothing = edits.length === 0;
      return edits;
    });
  }

  /** Moves all of a stem to another one, as one step: an empty lane stays. */
  async moveAll(from: string, target: string): Promise<void> {
    const { view, edits, finder } = this.song;
    const { length, sampleRate } = view;
    const feather = { seconds: 0, hertz: 0 };
    const area = { start: 0, end: length, band: null };
    // Frames beyond the end reach into the song, too. Masks have none before its start: a fade of 20 ms stays there.
    const painted = areaMask({ ...area, end: length + maskGrid.nFft }, sampleRate, feather);
    const verb = { kind: 'move', target } as const;
    const how = { ...this.howIn(from), sources: [from], strength: 1, phase: undefined, feather };
    await edits.addAll(stepOf(verb, how.sources), () =>
      editsOf(verb, { area, painted }, how, finder.repairs),
    );
  }

  /** Clones to where the pointer is, if it is over a lane and not over what is selected; else to the playhead. */
  clone(): Promise<void> {
    const { area } = this;
    const { hover } = this.song.view;
    const outside = area && hover && (hover.frame < area.start || hover.frame > area.end);
    return this.apply({ kind: 'clone' }, outside ? hover.frame - area.start : undefined);
  }

  /** What is selected, as it is now; null for nothing. */
  get place(): Place | null {
    const { area } = this;
    const { painted } = this.song.view;
    return area && { area, ...(painted.area && { painted: painted.mask.clone() }) };
  }

  /** How things are done to the lane that is meant. */
  get how(): VerbHow {
    return this.howIn(this.song.current.id);
  }

  /** How things are done to a lane. */
  howIn(lane: string): VerbHow {
    const { feather, phase, attenuationDb, overtones, area, song } = this;
    const { length, sampleRate } = song.view;
    const shift = Math.round(song.player.position) - (area?.start ?? 0);
    return {
      ...{ sources: this.sourcesOf(lane), strength: this.strength / 100, phase, feather },
      ...{ attenuationDb, bleedAmount: this.bleedPercent / 100, length, sampleRate },
      ...{ shift, overtones, lane },
    };
  }

  /** Plays what is selected alone, over and over, or goes back to the mix. */
  listen(): void {
    const { listening, current } = this.song;
    if (listening.stop() || !this.mask) return;
    void listening.start(current.id, this.mask(), this.strength / 100, this.phase);
  }
}
