import { UnbraidError, toUnbraidError } from '../../src-main/common/base/errors.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { CommandInput } from '../../src-main/common/contract/commands.js';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import { intersect, subtract, union } from '../../src-main/common/separation/edits/selection.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { fetchMask, uploadFile } from '../api/data.js';
import { repairPort, type RepairPort } from './repair-port.js';
import type { SentMasks } from './sent-masks.js';
import type { SongView } from './view.svelte.js';

/** What is found joins what is painted, is taken out of it, is all that stays of it, or takes its place. */
export const combinations = ['add', 'subtract', 'intersect', 'replace'] as const;
export type Combination = (typeof combinations)[number];

const combine: Readonly<Record<Combination, (painted: TileMask, found: TileMask) => TileMask>> = {
  add: union,
  subtract,
  intersect,
  replace: (_, found) => found,
};

/** The combination that held keys ask for; null when none is held. */
export function heldCombination({
  shiftKey,
  altKey,
}: Pick<MouseEvent, 'shiftKey' | 'altKey'>): Combination | null {
  if (shiftKey && altKey) return 'intersect';
  return shiftKey ? 'add' : altKey ? 'subtract' : null;
}

type Search = CommandInput<'pickMask'>['pick'];

/** Selections that come from the engine: by a wand, where a stem dominates, out of files. They become painted ones. */
export class SelectionFinder {
  /** Levels below the place the wand is put on that still belong to it, dB. */
  below = $state(20);
  /** Share of the power that makes a stem dominant, 0 … 1. */
  share = $state(0.6);
  combination = $state<Combination>('add');
  /** Searches that are under way or waiting. */
  waiting = $state(0);
  /** The last search found nothing. */
  nothing = $state(false);
  error = $state.raw<UnbraidError | null>(null);
  /** What repairs find in the sound. */
  readonly repairs: RepairPort;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly client: EngineClient,
    private readonly info: Pick<SessionInfo, 'session'>,
    private readonly view: SongView,
    masks: SentMasks,
  ) {
    this.repairs = repairPort(client, info, masks);
  }

  /** Puts the wand on a place, frames and Hz; inside of the selection, where the place is in it. */
  wand(track: string, frame: number, hertz: number, how: Combination = this.combination): Promise<void> {
    const { selection, selectedBand: band } = this.view;
    const inTime = selection && frame >= selection.start && frame < selection.end;
    const inBand = inTime && band && hertz >= band.low && hertz <= band.high;
    return this.find({ kind: 'wand', track, frame: Math.round(frame), hertz, below: this.below }, how, {
      time: Boolean(inTime),
      band: Boolean(inBand),
    });
  }

  /** Puts the wand on the lane's cursor, by keys. */
  wandAtCursor(): Promise<void> {
    const { cursor } = this.view;
    return cursor?.track ? this.wand(cursor.track, cursor.frame, cursor.hertz) : Promise.resolve();
  }

  /** Takes the bins a stem dominates, in the selection if there is one, else in the song. */
  byStem(track: string): Promise<void> {
    const within = { time: true, band: true };
    return this.find({ kind: 'stem', track, share: this.share }, this.combination, within);
  }

  /** One search after the other, in the order they were asked for. */
  private find(
    pick: Search,
    how: Combination,
    within: { readonly time: boolean; readonly band: boolean },
  ): Promise<void> {
    const { selection, selectedBand } = this.view;
    const request = {
      ...{ session: this.info.session, pick },
      ...(within.time &&
        selection && { range: { start: selection.start, count: selection.end - selection.start } }),
      ...(within.band && selectedBand && { band: { low: selectedBand.low, high: selectedBand.high } }),
    };
    return this.queue(how, (job) => this.client.pickMask({ ...request, job }));
  }

  /**
   * Takes a mask out of a .npy or .png file, in the place of what is painted; a .json file describes its STFT. It
   * runs under the job's name, by which it is watched and cancelled.
   */
  fromFiles(files: readonly File[], job: string = crypto.randomUUID()): Promise<void> {
    const { session } = this.info;
    return this.queue('replace', async () => {
      const side = files.find(({ name }) => /\.json$/i.test(name));
      const file = files.find((one) => one !== side);
      if (!file || files.length > (side ? 2 : 1))
        throw new UnbraidError('invalid-argument', 'Only one mask can be imported at a time', {
          hint: 'Choose a .npy or .png file, and its .json file if there is one.',
        });
      const upload = await uploadFile(file);
      const beside = side && { side: await uploadFile(side) };
      return this.client.importMask({ job, session, upload, ...beside });
    });
  }

  private queue(how: Combination, ask: (job: string) => Promise<{ readonly mask: string }>): Promise<void> {
    this.waiting++;
    this.last = this.last.then(() => this.take(how, ask)).finally(() => this.waiting--);
    return this.last;
  }

  private async take(
    how: Combination,
    ask: (job: string) => Promise<{ readonly mask: string }>,
  ): Promise<void> {
    this.error = null;
    try {
      const { mask } = await ask(crypto.randomUUID());
      const found = TileMask.decode(await fetchMask(this.info.session, mask));
      this.nothing = found.empty;
      this.view.painted.change((painted) => combine[how](painted, found));
    } catch (error) {
      const failure = toUnbraidError(error);
      if (failure.code !== 'cancelled') this.error = failure;
    }
  }
}
