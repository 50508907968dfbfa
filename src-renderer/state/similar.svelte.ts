import { toUnbraidError, type UnbraidError } from '../../src-main/common/base/errors.js';
import type { SimilarPlace } from '../../src-main/common/contract/masks.js';
import { maskGrid } from '../../src-main/common/separation/edits/tile-mask.js';
import { boundsOf } from './edit-area.js';
import type { PlacedEdit } from './edit-request.js';
import { editsOf, maskOf, stepOf, type Place } from './verb-edits.js';
import type { CurrentVerb, VerbsSong } from './verbs-song.js';

/** Places that are like what was selected, in one lane. */
interface Found {
  readonly lane: string;
  readonly place: Place;
  /** From left to right. */
  readonly similar: readonly SimilarPlace[];
}

/** The same hit or note elsewhere: a list to listen to, to go to, and to do the last edit to. */
export class SimilarPlaces {
  /** The least correlation of what is found, percent. */
  least = $state(70);
  found = $state.raw<Found | null>(null);
  /** Those of the list that an edit is applied to, by how much later they are. */
  taken = $state.raw<ReadonlySet<number>>(new Set());
  busy = $state(false);
  error = $state.raw<UnbraidError | null>(null);

  constructor(
    private readonly song: VerbsSong,
    private readonly verbs: CurrentVerb,
  ) {}

  /** Looks in the lane that is meant for what is like the selection. */
  async find(): Promise<void> {
    const { place, how } = this.verbs;
    if (!place || this.busy) return;
    this.busy = true;
    this.error = null;
    const lane = this.song.current.id;
    try {
      const { repairs } = this.song.finder;
      const places = await repairs.similar(lane, maskOf(place, how), this.least / 100);
      this.found = { lane, place, similar: [...places].sort((a, b) => a.later - b.later) };
      this.taken = new Set(places.map(({ later }) => later));
    } catch (error) {
      this.error = toUnbraidError(error);
    } finally {
      this.busy = false;
    }
  }

  close(): void {
    this.found = null;
    this.error = null;
  }

  take(later: number, on: boolean): void {
    const next = new Set(this.taken);
    if (on) next.add(later);
    else next.delete(later);
    this.taken = next;
  }

  /** Where a place begins, frames of the song. */
  startOf({ later }: SimilarPlace): number {
    return (this.found?.place.area.start ?? 0) + later;
  }

  /** Makes a place the selection, and shows it. */
  goTo({ later }: SimilarPlace): void {
    if (!this.found) return;
    const { view } = this.song;
    const { area, painted } = this.shifted(later);
    if (painted) view.painted.change(() => painted.clone());
    else view.hold(area);
    view.show(area.start);
    this.song.selectedTrack = this.found.lane;
  }

  /** Plays a place alone, over and over; the same again goes back to the mix. */
  async listen({ later }: SimilarPlace): Promise<void> {
    const { found, song, verbs } = this;
    if (!found || song.listening.stop()) return;
    const { strength, phase } = verbs.how;
    await song.listening.start(found.lane, maskOf(this.shifted(later), verbs.how), strength, phase);
  }

  /** Does the last thing that was done to a selection to all places that are taken, as one step. */
  async applyToAll(): Promise<void> {
    const { found, verbs, song } = this;
    const verb = verbs.last;
    if (!found || !verb || song.edits.busy) return;
    const how = { ...verbs.howIn(found.lane), shift: verbs.lastShift };
    const places = found.similar.filter(({ later }) => this.taken.has(later));
    await song.edits.addAll(stepOf(verb, how.sources), async () => {
      const edits: PlacedEdit[] = [];
      for (const { later } of places)
        edits.push(...(await editsOf(verb, this.shifted(later), how, song.finder.repairs)));
      return edits;
    });
  }

  /** The place that was selected, so many frames later. */
  private shifted(later: number): Place {
    const { area, painted } = this.found!.place;
    const { length, sampleRate } = this.song.view;
    const inSong = (frame: number): number => Math.min(Math.max(frame + later, 0), length);
    const mask = painted?.later(later / maskGrid.hop);
    const moved = { ...area, start: inSong(area.start), end: inSong(area.end) };
    return { area: (mask && boundsOf(mask, length, sampleRate)) ?? moved, painted: mask };
  }
}
