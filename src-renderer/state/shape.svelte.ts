import type { EngineClient } from '../../src-main/common/contract/client.js';
import { toUnbraidError } from '../../src-main/common/base/errors.js';
import { UnansweredError } from '../api/transport.js';
import type { EditReport, SessionInfo, ShapeEvent } from '../../src-main/common/contract/session.js';
import { trackId } from '../../src-main/common/document/records.js';
import { presetShape, type CleanValues, type ShapePreset } from '../../src-main/common/jobs/shapes.js';
import { removedTrack } from '../../src-main/common/separation/edits/edit.js';
import type { SongDocument } from './document.svelte.js';
import type { TrackPlayback } from './track-playback.js';

/** What clean and full need of the song they belong to. */
export interface ShapePort {
  readonly session: string;
  /** Names of the stems there are. */
  stems(): readonly string[];
  /** Frame that is heard. */
  position(): number;
  apply(clean: CleanValues, at: number): Promise<EditReport>;
  adopt(report: EditReport): void;
  /** Samples of all stems are others in this range. */
  refresh(range: { readonly start: number; readonly count: number }): void;
  fail(error: unknown): void;
}

/**
 * How clean or full each stem is: values of the document, which the engine renders. While a slider moves, the engine
 * gets the newest values as soon as it has shown what the last ones sound like, and gives up the rest of those.
 */
export class StemShape {
  private sent = '{}';
  private told: () => void = () => undefined;
  private sending = false;
  /** No answer came to the newest values. */
  private unanswered = false;
  /** Counts the separations. */
  private generation = 0;

  constructor(
    private readonly document: SongDocument,
    private readonly port: ShapePort,
  ) {}

  /** −1 full … 0 as separated … 1 clean. */
  value(stem: string): number {
    return this.document.track(stem).clean ?? 0;
  }

  /** One gesture until it ends. */
  set(stem: string, value: number): void {
    this.document.update('step.clean', stem, { clean: value === 0 ? undefined : value }, `clean ${stem}`);
  }

  applyPreset(preset: ShapePreset): void {
    const values = presetShape(preset);
    this.document.step({ text: `step.shape.${preset}` }, (tx) => {
      for (const stem of this.port.stems()) tx.update('track', trackId(stem), { clean: values[stem] });
    });
  }

  /** The stems were made again: they are as separated. */
  forget(): void {
    this.generation++;
    this.sent = '{}';
  }

  receive({ shaped, start, count }: ShapeEvent): void {
    if (shaped !== this.port.session) return;
    this.port.refresh({ start, count });
    this.told();
  }

  /** Sends again what did not come through. */
  async again(): Promise<void> {
    if (this.unanswered) this.sent = '';
    this.unanswered = false;
    await this.sync();
  }

  /** Brings the engine to what the document says; an effect of the view calls it when tracks change. */
  async sync(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let wanted = this.wanted(); wanted.key !== this.sent; wanted = this.wanted()) {
        this.sent = wanted.key;
        const heard = new Promise<void>((resolve) => (this.told = resolve));
        await Promise.race([heard, this.send(wanted.values)]);
      }
    } finally {
      this.sending = false;
    }
  }

  private async send(values: CleanValues): Promise<void> {
    const { generation } = this;
    try {
      const report = await this.port.apply(values, this.port.position());
      if (generation === this.generation) this.port.adopt(report);
    } catch (error) {
      this.unanswered = error instanceof UnansweredError;
      // Newer values, or newer stems, took the place of these.
      if (toUnbraidError(error).code !== 'cancelled' && generation === this.generation) this.port.fail(error);
    }
  }

  private wanted(): { readonly values: CleanValues; readonly key: string } {
    const named = this.port.stems().map((stem) => [stem, this.value(stem)] as const);
    const values = Object.fromEntries(named.filter(([, value]) => value !== 0));
    return { values, key: JSON.stringify(values) };
  }
}

/** The parts of a song that are shaped. */
interface ShapedSong {
  readonly info: SessionInfo;
  readonly separated: boolean;
  readonly document: SongDocument;
  readonly player: { readonly position: number };
  readonly playback: TrackPlayback;
}

export function songShape(
  song: ShapedSong,
  client: EngineClient,
  adopt: (report: EditReport) => void,
  fail: (error: unknown) => void,
): StemShape {
  const { session } = song.info;
  const tracks = (): string[] => (song.separated ? song.info.tracks : []).slice(1).map(({ id }) => id);
  return new StemShape(song.document, {
    session,
    stems: () => tracks().filter((stem) => stem !== removedTrack),
    position: () => Math.round(song.player.position),
    apply: (clean, at) => client.shapeSession({ session, clean: { ...clean }, at }),
    adopt,
    refresh: (range) => song.playback.refresh(Object.fromEntries(tracks().map((stem) => [stem, [range]]))),
    fail,
  });
}
