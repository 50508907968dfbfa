import type { SessionInfo, TrackInfo } from '../../src-main/common/contract/session.js';
import { removedStem, type EditRecord } from '../../src-main/common/document/records.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { fetchMask } from '../api/data.js';
import type { SongDocument } from './document.svelte.js';
import type { EditArea } from './edit-area.js';
import type { Listening } from './listening.svelte.js';
import type { SongView } from './view.svelte.js';

/** The song whose edits these are. */
interface EditedSong {
  readonly info: Pick<SessionInfo, 'session' | 'sampleRate'>;
  readonly document: SongDocument;
  readonly view: SongView;
  readonly tracks: readonly TrackInfo[];
  readonly current: TrackInfo;
  readonly listening: Listening;
}

/** The lanes that an edit has to do with: all but the source's, which shows every edit. */
export function lanesOf({ sources, target, kind }: EditRecord): readonly string[] {
  const away = kind === 'move' || kind === 'copy' ? [] : [removedStem];
  return [...sources, ...(target === null ? away : [target])];
}

/** Where an edit acts. All frequencies are no band. */
export function areaOfEdit({ start, end, low, high }: EditRecord, sampleRate: number): EditArea {
  const all = low <= 0 && high >= sampleRate / 2;
  return { start, end, band: all ? null : { low, high } };
}

/** The edits as things on the picture, one of which can be chosen. */
export class ShownEdits {
  /** All of them have their outlines; else only the one that is chosen. */
  all = $state(false);
  private wanted = $state.raw<{ readonly id: string; readonly lane: string } | null>(null);
  /** Masks of edits that have been looked at, by their hash. */
  private readonly masks = new Map<string, Promise<TileMask>>();

  constructor(private readonly song: EditedSong) {}

  /** The edit that is chosen, with the lane in which it was; null also when it is there no more. */
  get chosen(): { readonly edit: EditRecord; readonly lane: string } | null {
    const { wanted } = this;
    const edit = this.song.document.edits.find(({ id }) => id === wanted?.id);
    return wanted && edit ? { edit, lane: wanted.lane } : null;
  }

  /** The edits whose outlines a lane shows, in the order in which they apply. */
  in(lane: string): readonly EditRecord[] {
    const { edits } = this.song.document;
    const id = this.chosen?.edit.id;
    return edits.filter((edit) => (this.all || edit.id === id) && this.belongs(edit, lane));
  }

  /** Chooses an edit, in the lane that is meant if it has to do with it, and brings it on screen and into view in its list. */
  choose(edit: EditRecord): void {
    const { current, tracks, view } = this.song;
    const lanes = [current.id, ...lanesOf(edit)].filter((id) => tracks.some((track) => track.id === id));
    this.wanted = { id: edit.id, lane: lanes.find((id) => this.belongs(edit, id)) ?? 'source' };
    view.show(edit.start);
    view.panels.shown = 'edits';
  }

  /** Chooses what is at a place of a lane: the latest edit, or below the one that is chosen the next; false for nothing. */
  chooseAt(lane: string, frame: number, hertz: number | null): boolean {
    const { edits } = this.song.document;
    const here = edits.filter(
      (edit) =>
        this.belongs(edit, lane) &&
        frame >= edit.start &&
        frame < edit.end &&
        (hertz === null || (hertz >= edit.low && hertz <= edit.high)),
    );
    const at = here.findIndex(({ id }) => id === this.wanted?.id);
    const next = at > 0 ? here[at - 1] : here.at(-1);
    if (!next) return false;
    this.wanted = { id: next.id, lane };
    this.song.view.panels.shown = 'edits';
    return true;
  }

  /** Chooses the edit before (−1) or after (1) the one that is chosen, round and round. */
  step(by: -1 | 1): void {
    const { edits } = this.song.document;
    if (edits.length === 0) return;
    const at = edits.findIndex(({ id }) => id === this.wanted?.id);
    const next = at < 0 ? (by > 0 ? 0 : edits.length - 1) : (at + by + edits.length) % edits.length;
    this.choose(edits[next]);
  }

  /** Chooses none; false when none was. */
  leave(): boolean {
    const { chosen } = this;
    this.wanted = null;
    return chosen !== null;
  }

  /** Selects where an edit acts. */
  reselect(edit: EditRecord): void {
    const { view, info } = this.song;
    view.hold(areaOfEdit(edit, info.sampleRate));
    view.show(edit.start);
  }

  /** Plays what an edit has taken, where it is now, over and over; or goes back to the mix. */
  async listen(edit: EditRecord): Promise<void> {
    const { listening, tracks } = this.song;
    if (listening.stop()) return;
    const filled = edit.kind === 'heal' || edit.kind === 'clone';
    const gone = edit.kind === 'attenuate' ? removedStem : edit.target;
    const place = edit.enabled && !filled ? gone : edit.sources[0];
    const track = tracks.find(({ id }) => id === place)?.id ?? edit.sources[0];
    await listening.start(track, await this.maskOf(edit), 1);
  }

  /** The mask of an edit. Rejects with typed errors when the engine has it no more. */
  maskOf({ mask }: EditRecord): Promise<TileMask> {
    const known = this.masks.get(mask);
    if (known) return known;
    const fetched = fetchMask(this.song.info.session, mask).then((bytes) => TileMask.decode(bytes));
    fetched.catch(() => this.masks.delete(mask));
    this.masks.set(mask, fetched);
    return fetched;
  }

  private belongs(edit: EditRecord, lane: string): boolean {
    return lane === 'source' || lanesOf(edit).includes(lane);
  }
}
